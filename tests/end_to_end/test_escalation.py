"""A real breach climbs from chat to the pager, is acknowledged, and is closed everywhere."""

import json
import re

from harness import until


def text_of(entry):
    return json.dumps(entry["body"], ensure_ascii=False)


def test_a_breach_climbs_is_told_with_its_figures_and_closes_everywhere(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    target.value = 93
    first = until(lambda: receivers.chats(), 10, "level 1 in chat")[0]
    breach = next(at for at, value in target.answered if value == 93)
    assert first["boot"] - breach < 4, "at once, if need be after the two seconds that recording may take"
    assert "93" in text_of(first) and "80" in text_of(first) and "end-to-end" in text_of(first)
    assert "zone a" in text_of(first)

    until(lambda: len(receivers.events("trigger")) >= 1, 15, "level 2 at the pager")
    second = receivers.events("trigger")[0]
    assert 4.5 <= second["boot"] - first["boot"] <= 7.5
    assert second["body"]["payload"]["severity"] == "critical"

    until(lambda: len(receivers.events("trigger")) >= 2, 15, "level 3 at the pager")
    third = receivers.events("trigger")[1]
    assert 9.5 <= third["boot"] - first["boot"] <= 13
    assert third["body"]["dedup_key"] != second["body"]["dedup_key"]
    assert "roll" in text_of(third).lower() or "hotfix" in text_of(third).lower()

    incident = daemon.incidents()[0]
    target.value = 5
    until(lambda: not receivers.open_alerts(), 15, "every key is resolved")
    until(lambda: not daemon.incidents(), 10, "the incident has closed")
    until(lambda: len(receivers.chats()) >= 2, 10, "the close in chat")
    resolved = {e["body"]["dedup_key"] for e in receivers.events("resolve")}
    assert resolved == {second["body"]["dedup_key"], third["body"]["dedup_key"]}
    assert len(receivers.chats()) == 2, "one open and one close, no more"
    assert receivers.problems() == []
    story = daemon.story(incident["id"])
    for word in ("level 1", "level 2", "level 3", "chat", "on-call"):
        assert word in story, story


def test_an_acknowledgement_stops_the_climb_and_reaches_the_pager(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    target.value = 93
    until(lambda: receivers.events("trigger"), 20, "level 2 at the pager")
    incident = daemon.incidents()[0]
    answer = daemon.cli("ack", str(incident["id"]), "--note", "on it", code=0)
    assert answer.stdout.strip()
    until(lambda: receivers.events("acknowledge"), 10, "the acknowledgement at the pager")
    assert receivers.events("acknowledge")[0]["body"]["dedup_key"] == \
        receivers.events("trigger")[0]["body"]["dedup_key"]
    shown = daemon.incidents()[0]
    assert "acknowledged" in json.dumps(shown)
    try:
        until(lambda: len(receivers.events("trigger")) > 1, 8, "")
    except AssertionError:
        pass
    assert len(receivers.events("trigger")) == 1, "level 3 rang although acknowledged"
    target.value = 5
    until(lambda: not receivers.open_alerts(), 15, "the key is resolved")


def test_an_acknowledgement_made_in_pagerduty_is_found(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    target.value = 93
    event = until(lambda: receivers.events("trigger"), 20, "level 2 at the pager")[0]
    receivers.acknowledge(event["body"]["dedup_key"], "Robin")
    until(lambda: "Robin" in json.dumps(daemon.incidents()), 10, "tocsin knows who has it")
    assert len(receivers.events("trigger")) == 1


def test_a_short_dip_below_the_threshold_is_told_to_nobody_twice(climbing):
    target, receivers = climbing.target, climbing.receivers
    target.value = 80  # a breach is strictly beyond
    until(lambda: any(value == 80 for _, value in target.answered[-2:]), 10, "two scrapes")
    until(lambda: len([1 for _, v in target.answered if v == 80]) >= 3, 10, "three scrapes")
    assert receivers.requests() == []


def test_secrets_are_never_shown(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    receivers.behave("500", "slack")
    target.value = 93
    until(lambda: daemon.named("receivers", "chat")["consecutive_failures"] > 0, 10, "chat has failed")
    shown = daemon.log() + daemon.metrics() + daemon.cli("status", "--json").stdout + \
        daemon.cli("incidents", "--json").stdout
    assert not re.search("secret-path|0123456789abcdef|api-token", shown)
