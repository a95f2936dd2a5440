"""Receivers that refuse, lose answers or are down: somebody hears of it all the same."""

import json

from harness import until


def begin(world, levels, fallback="[]", chat_fallback="[]", **figures):
    daemon = world.daemon
    daemon.configure(daemon.basics() + daemon.tuning(**figures) + daemon.tellers(fallback, chat_fallback)
                     + daemon.policy(levels) + daemon.rule())
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")


def test_a_pager_that_refuses_is_stood_in_for_at_once(world):
    begin(world, [(1, "0s", "on-call")], fallback='["chat"]')
    world.receivers.behave("400", "pagerduty", accept=False)
    world.target.value = 93
    chat = until(lambda: world.receivers.chats(), 10, "the stand-in in chat")[0]
    refused = world.receivers.requests("pagerduty")
    assert chat["boot"] - refused[0]["boot"] < 4, "at once, if need be after the two seconds that recording may take"
    assert "on-call" in json.dumps(chat["body"])
    assert len(refused) == 1, "a permanent no is not tried again"
    assert world.daemon.named("receivers", "on-call")["refuses"]
    world.target.value = 5
    until(lambda: len(world.receivers.chats()) >= 2, 15, "the close, where the open went")


def test_a_channel_that_refuses_is_stood_in_for(world):
    begin(world, [(1, "0s", "chat")], chat_fallback='["hook"]')
    world.receivers.behave("410", "slack", accept=False)
    world.target.value = 93
    told = until(lambda: world.receivers.requests("webhook"), 10, "the stand-in")[0]
    assert told["accepted"], told["problems"]
    assert "93" in json.dumps(told["body"])
    world.target.value = 5
    until(lambda: len(world.receivers.requests("webhook")) >= 2, 15, "the close, where the open went")


def test_what_piles_up_for_a_channel_is_told_as_one_summary(world):
    daemon = world.daemon
    more = "".join(f"""
[rule.More{n}]
expr = "load_gauge"
above = "80"
policy = "production"
""" for n in range(4))
    daemon.configure(daemon.basics() + daemon.tuning() + daemon.tellers()
                     + daemon.policy([(1, "0s", "chat")]) + daemon.rule(more))
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    world.receivers.behave("500", "slack")
    world.target.value = 93
    until(lambda: len(world.receivers.requests("slack")) >= 4, 15, "it is tried")
    assert world.receivers.chats() == []
    world.receivers.behave("ok")
    summary = until(lambda: world.receivers.chats(), 10, "the summary")[0]
    text = json.dumps(summary["body"])
    assert "5 still open" in text, text
    until(lambda: daemon.status()["totals"]["outbox"] == 0, 10, "nothing waits")
    assert len(world.receivers.chats()) == 1


def test_a_pager_that_is_down_is_stood_in_for_and_still_retried(world):
    begin(world, [(1, "0s", "on-call")], fallback='["chat"]', fallback_after="2s")
    world.receivers.behave("503", "pagerduty", retry_after=1)
    world.target.value = 93
    chat = until(lambda: world.receivers.chats(), 15, "the stand-in in chat")[0]
    assert chat["boot"] - world.receivers.requests("pagerduty")[0]["boot"] >= 1.8
    world.receivers.behave("ok")
    until(lambda: world.receivers.events("trigger"), 10, "the pager got it after all")
    world.target.value = 5
    until(lambda: not world.receivers.open_alerts(), 15, "closed at the pager")
    until(lambda: len(world.receivers.chats()) >= 2, 15, "closed in chat")


def test_a_lost_answer_makes_no_second_alert_and_its_close_comes(world):
    begin(world, [(1, "0s", "on-call")])
    world.receivers.behave("reset", "pagerduty", count=2)
    world.target.value = 93
    until(lambda: len(world.receivers.requests("pagerduty")) >= 3, 15, "it is tried again")
    keys = {e["body"]["dedup_key"] for e in world.receivers.requests("pagerduty")}
    assert len(keys) == 1
    world.target.value = 5
    until(lambda: world.receivers.events("resolve"), 15, "the close")
    assert not world.receivers.open_alerts()


def test_a_channel_that_asks_to_wait_is_left_alone_for_so_long(world):
    begin(world, [(1, "0s", "chat")])
    world.receivers.behave("429", "slack", count=1, retry_after=3)
    world.target.value = 93
    until(lambda: world.receivers.chats(), 15, "told in the end")
    entries = world.receivers.requests("slack")
    assert len(entries) == 2
    assert 2.9 <= entries[1]["boot"] - entries[0]["boot"] <= 6


def test_nobody_who_wakes_was_reached_so_the_next_level_falls_due(world):
    begin(world, [(1, "0s", "on-call"), (2, "10m", "chat")], fallback_after="2s")
    world.receivers.behave("500", "pagerduty")
    world.target.value = 93
    chat = until(lambda: world.receivers.chats(), 15, "level 2 long before its time")[0]
    assert chat["boot"] - world.receivers.requests("pagerduty")[0]["boot"] >= 1.8


def test_a_webhook_is_signed_so_that_its_reader_can_verify_it(world):
    begin(world, [(1, "0s", "hook")])
    world.receivers.behave("503", "webhook", count=1, retry_after=1)
    world.target.value = 93
    until(lambda: len(world.receivers.requests("webhook")) >= 2, 15, "told at the second attempt")
    first, second = world.receivers.requests("webhook")[:2]
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"], "one notice, one id"
    assert world.receivers.problems() == []


def test_a_test_notice_shows_the_receivers_answer(world):
    begin(world, [(1, "0s", "chat")])
    run = world.daemon.cli("notify", "--test", "chat", code=0)
    assert "200" in run.stdout or "ok" in run.stdout
    assert "test" in json.dumps(world.receivers.chats()[0]["body"]).lower()
    world.receivers.behave("404", "slack", accept=False)
    refused = world.daemon.cli("notify", "--test", "chat")
    assert refused.returncode == 1
    assert "no_service" in refused.stdout + refused.stderr
