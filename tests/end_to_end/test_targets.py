"""Targets that misbehave are named for what they do, and never end the daemon."""

import pytest

from harness import until

KINDS = [
    ("stall", "timed_out"),
    ("garbage", "malformed"),
    ("html", "not_metrics"),
    ("error", "bad_status"),
]


@pytest.mark.parametrize("manner, outcome", KINDS)
def test_a_target_that_misbehaves_is_named(climbing, manner, outcome):
    daemon = climbing.daemon
    climbing.target.manner = manner
    shown = until(lambda: not (t := daemon.named("targets", "prometheus.app"))["answered"] and t, 10, manner)
    assert shown["outcome"].replace(" ", "_") == outcome, shown
    assert shown["detail"]
    assert daemon.named("rules", "GaugeHigh")["state"] == "inactive", "missing is neither breach nor health"
    climbing.target.manner = "well"
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "well again")


def test_an_endless_answer_is_cut_off_by_time_or_size(climbing):
    daemon = climbing.daemon
    climbing.target.manner = "endless"
    shown = until(lambda: not (t := daemon.named("targets", "prometheus.app"))["answered"] and t, 15, "cut off")
    assert shown["outcome"].replace(" ", "_") in ("timed_out", "too_large"), shown


def test_a_target_that_is_gone_is_refused(climbing):
    daemon = climbing.daemon
    climbing.target.close()
    shown = until(lambda: not (t := daemon.named("targets", "prometheus.app"))["answered"] and t, 10, "gone")
    assert shown["outcome"] == "refused", shown


def test_a_firing_alert_does_not_get_well_by_its_target_dying(climbing):
    daemon, receivers = climbing.daemon, climbing.receivers
    climbing.target.value = 93
    until(lambda: receivers.chats(), 10, "level 1 in chat")
    climbing.target.manner = "error"
    until(lambda: not daemon.named("targets", "prometheus.app")["answered"], 10, "the target is sick")
    until(lambda: receivers.events("trigger"), 15, "level 2 all the same")
    assert not receivers.events("resolve")
    assert len(receivers.chats()) == 1
