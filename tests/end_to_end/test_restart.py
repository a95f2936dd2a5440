"""kill -9 at any moment and a start: no page lost, none repeated, no clock reset."""

import json
import time

from harness import boot_now, until


def test_a_crash_between_levels_neither_repeats_a_page_nor_resets_a_clock(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    target.value = 93
    first = until(lambda: receivers.chats(), 10, "level 1 in chat")[0]
    daemon.settled()
    daemon.kill()
    daemon.start()
    second = until(lambda: receivers.events("trigger"), 15, "level 2 after a crash")[0]
    assert 4.5 <= second["boot"] - first["boot"] <= 8.5
    daemon.settled()
    daemon.kill()
    daemon.start()
    until(lambda: len(receivers.events("trigger")) >= 2, 15, "level 3 after another crash")
    third = receivers.events("trigger")[1]
    assert 9.5 <= third["boot"] - first["boot"] <= 14
    assert len(receivers.chats()) == 1, "level 1 was told twice"
    keys = [e["body"]["dedup_key"] for e in receivers.events("trigger")]
    assert len(keys) == len(set(keys)) == 2
    target.value = 5
    until(lambda: not receivers.open_alerts(), 15, "every key is resolved")
    assert len(daemon.incidents("--all")) == 1, "the incident is one and the same"


def test_a_page_that_was_not_answered_before_the_crash_comes_again_under_its_key(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    receivers.behave("timeout", "pagerduty")
    target.value = 93
    lost = until(lambda: receivers.requests("pagerduty"), 15, "an attempt at the pager")[0]
    daemon.kill()
    receivers.behave("ok")
    daemon.start()
    again = until(lambda: [e for e in receivers.events("trigger") if e["status"] == 202], 10,
                  "the page comes again")[0]
    assert again["body"]["dedup_key"] == lost["body"]["dedup_key"]


def test_a_page_that_was_acknowledged_while_under_way_does_not_ring_after_a_crash(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    receivers.behave("timeout", "pagerduty")
    target.value = 93
    until(lambda: receivers.requests("pagerduty"), 15, "an attempt at the pager")
    daemon.cli("ack", str(daemon.incidents()[0]["id"]), code=0)
    daemon.kill()
    receivers.behave("ok")
    daemon.start()
    until(lambda: receivers.events("acknowledge"), 10, "the pager may have got it, so it is told")
    target.asked_again(3)
    rings = [e for e in receivers.requests("pagerduty") if e["body"]["event_action"] == "trigger"]
    assert len(rings) == 1


def test_what_gets_well_while_tocsin_is_down_is_closed_and_wakes_nobody(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    target.value = 93
    until(lambda: receivers.chats(), 10, "level 1 in chat")
    daemon.settled()
    daemon.kill()
    target.value = 5
    due = receivers.chats()[0]["boot"] + 6
    until(lambda: boot_now() > due, 10, "level 2 falls due meanwhile")
    daemon.start()
    until(lambda: len(receivers.chats()) >= 2, 15, "the close in chat")
    assert receivers.events() == []


def test_an_acknowledgement_outlives_a_crash(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    target.value = 93
    until(lambda: receivers.chats(), 10, "level 1 in chat")
    daemon.cli("ack", str(daemon.incidents()[0]["id"]), code=0)
    daemon.kill()
    daemon.start()
    target.asked_again(8)  # level 2 would have fallen due
    assert receivers.events("trigger") == []


def test_it_stops_orderly_and_quickly(climbing):
    daemon = climbing.daemon
    began = time.monotonic()
    daemon.stop()
    assert time.monotonic() - began < 5
    assert daemon.process.returncode == 0
    assert not daemon.socket.exists()


def test_a_crash_does_not_shift_the_start_of_a_breach_that_waits_for_its_time(world):
    target, receivers, daemon = world.target, world.receivers, world.daemon
    daemon.configure(daemon.basics() + daemon.tuning() + daemon.tellers() + daemon.policy([(1, "0s", "chat")])
                     + daemon.rule('for = "9s"'))
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    target.value = 93
    until(lambda: daemon.named("rules", "GaugeHigh")["pending"], 10, "it is pending")
    began = next(at for at, value in target.answered if value == 93)
    since = json.loads(daemon.cli("alerts", "--json").stdout)[0]["breach_since"]
    target.asked_again(3)
    daemon.settled()
    daemon.kill()
    daemon.start()
    until(lambda: daemon.named("rules", "GaugeHigh")["last_evaluation"], 10, "it is judged again")
    assert json.loads(daemon.cli("alerts", "--json").stdout)[0]["breach_since"] == since
    told = until(lambda: receivers.chats(), 15, "level 1 in chat")[0]
    assert 8.5 <= told["boot"] - began <= 11.5, "its nine seconds count from before the crash"
