"""Slack by a bot's token: one message an incident, kept up to date over a crash, a thread below it."""

import json
import re

import pytest
from harness import fetch, until

BOT_TOKEN = "xoxb-bot-token"


@pytest.fixture
def threaded(world):
    daemon = world.daemon
    bot = f"""
[receiver.chat]
kind = "slack"
token = "{daemon.secret('bot-token', BOT_TOKEN)}"
channel = "#alerts"
api_url = "{world.receivers.base}/api"
"""
    daemon.configure(daemon.basics() + daemon.tuning() + bot
                     + daemon.policy([(1, "0s", "chat"), (2, "4s", "chat")]) + daemon.rule())
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    return world


def messages(world):
    return json.loads(fetch(world.receivers.base + "/_state")[0])["messages"]


def header(message):
    return message["blocks"][0]["text"]["text"]


def is_closed(message):
    return re.search(r"CLOSED #\d+ after", header(message))


def test_an_incident_is_one_message_and_its_thread_goes_on_after_a_crash(threaded):
    daemon = threaded.daemon
    threaded.target.value = 93
    until(lambda: messages(threaded), 10, "the first message")
    [first] = messages(threaded)
    assert re.search(r"OPEN #\d+, LEVEL 1", header(messages(threaded)[first]))
    daemon.settled()
    daemon.kill()
    daemon.start()
    until(lambda: re.search(r"OPEN #\d+, LEVEL 2", header(messages(threaded)[first])), 15, "level 2 in the first message")
    daemon.cli("ack", "1", code=0)
    until(lambda: "IN HAND" in header(messages(threaded)[first]), 10, "who has it in hand")
    threaded.target.value = 5
    until(lambda: is_closed(messages(threaded)[first]), 15, "the close in the first message")
    daemon.settled()
    thread = [m for ts, m in messages(threaded).items() if ts != first]
    assert [m["thread_ts"] for m in thread] == [first] * len(thread)
    assert [m["broadcast"] for m in thread] == [True, False, False], "only a ring is shown in the channel"
    assert threaded.receivers.problems() == []
    assert BOT_TOKEN not in daemon.log_path.read_text(encoding="utf-8")


def test_a_first_message_whose_answer_was_lost_is_told_again_and_closed(threaded):
    threaded.receivers.behave("reset", "chat.postMessage", count=1)
    threaded.target.value = 93
    until(lambda: len(messages(threaded)) == 2, 10, "told again, as nobody knows whether it was")
    threaded.daemon.settled()
    second = max(messages(threaded))
    threaded.target.value = 5
    until(lambda: is_closed(messages(threaded)[second]), 15, "the close in the second")


def test_a_test_notice_shows_the_bots_answer(threaded):
    run = threaded.daemon.cli("notify", "--test", "chat", code=0)
    assert "ok C0ALERTS" in run.stdout
    threaded.receivers.behave("ok-false:not_in_channel", "chat.postMessage", accept=False)
    refused = threaded.daemon.cli("notify", "--test", "chat")
    assert refused.returncode == 1
    assert "not_in_channel" in refused.stdout + refused.stderr


def test_closes_that_only_a_summary_told_of_show_in_each_first_message(threaded):
    daemon, receivers = threaded.daemon, threaded.receivers
    text = (daemon.config / "tocsin.toml").read_text()
    more = daemon.rule().replace("[rule.GaugeHigh]", "[rule.Second]"), daemon.rule().replace("[rule.GaugeHigh]", "[rule.Third]")
    daemon.configure(text.replace('after = "4s"', 'after = "10m"') + "".join(more))
    daemon.cli("reload", code=0)
    threaded.target.value = 93
    until(lambda: len(messages(threaded)) == 3, 15, "three first messages")
    daemon.settled()
    for method in ("chat.postMessage", "chat.update"):
        receivers.behave("503", method, accept=False)
    threaded.target.value = 5
    until(lambda: daemon.status()["totals"]["outbox"] >= 3, 15, "three closes wait")
    until(lambda: "503" in daemon.named("receivers", "chat")["error"], 15, "Slack is away")
    for method in ("chat.postMessage", "chat.update"):
        receivers.behave("ok", method)
    until(lambda: len(messages(threaded)) == 4, 15, "the summary")
    until(lambda: sum(bool(is_closed(m)) for m in messages(threaded).values()) == 3, 15,
          lambda: [header(m) for m in messages(threaded).values()])
    daemon.settled()
    assert receivers.problems() == []
