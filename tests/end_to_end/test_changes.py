"""What people announce to have changed: the pager's change event, and the incident that follows."""

import json

from harness import until


def announcing(world):
    daemon = world.daemon
    tellers = daemon.tellers().replace('kind = "pagerduty"\n', 'kind = "pagerduty"\nchanges = true\n')
    daemon.configure(daemon.basics() + daemon.tuning() + tellers
                     + daemon.policy([(1, "0s", "chat")]) + daemon.rule())
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    return daemon


def test_a_deployment_is_a_change_event_and_stands_in_the_notice_of_what_follows(world):
    daemon = announcing(world)
    said = daemon.cli("change", "shop 2.3.1 deployed", "--link", "https://ci.example.com/shop/1207",
                      "--concerns", '{rule="GaugeHigh"}', code=0).stdout
    assert "on its way to on-call" in said
    until(lambda: world.receivers.requests("change"), 10, "the change event")
    [event] = world.receivers.requests("change")
    assert event["status"] == 202 and not event["problems"], event
    assert event["body"]["payload"]["summary"].startswith("shop 2.3.1 deployed")
    assert event["body"]["links"] == [{"href": "https://ci.example.com/shop/1207", "text": "More"}]
    daemon.kill()
    daemon.start()
    [kept] = json.loads(daemon.cli("changes", "--json", code=0).stdout)
    assert kept["text"] == "shop 2.3.1 deployed" and kept["concerns"] == '{rule="GaugeHigh"}'
    world.target.value = 93
    until(lambda: world.receivers.chats(), 10, "level 1 in chat")
    assert "shop 2.3.1 deployed (" in json.dumps(world.receivers.chats()[0]["body"])
    assert "the last change: shop 2.3.1 deployed" in daemon.cli("incidents", "show", "1", code=0).stdout
    assert not world.receivers.events(), "nobody was rung for a change"
    assert world.receivers.problems() == []


def test_what_cannot_be_announced_is_refused_with_the_reason(world):
    daemon = announcing(world)
    for words, reason in ((("change", "x", "--link", "ftp://x"), "https://"),
                          (("change", "x" * 600), "500 bytes"),
                          (("change", "x", "--concerns", "{a="), "{a=")):
        run = daemon.cli(*words)
        assert run.returncode == 1 and reason in run.stdout + run.stderr, (words, run)
    nothing = daemon.cli("change", "")
    assert nothing.returncode == 2 and "must not be empty" in nothing.stderr, nothing
    assert "no change was announced" in daemon.cli("changes", code=0).stdout
    assert world.receivers.requests("change") == []
