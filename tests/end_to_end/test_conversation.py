"""The escalation path played through, level 1 to 4, with a second alert, a rise of severity, an
acknowledgement by link and its end. A second stands for a minute. With -s it prints what the
channel, the pager and the last in line were shown: the README's conversation."""

import json
import re
import urllib.parse
import urllib.request

from harness import boot_now, free_port, until


def said(entry, names):
    """One line of the conversation: who, and what he was shown first."""
    body = entry["body"]
    if entry["service"] == "slack":
        return "chat", body["blocks"][0]["text"]["text"]
    if entry["service"] == "pagerduty":
        key = names.setdefault(body["dedup_key"], f"key {len(names) + 1}")
        return "pager", f"{body['event_action']} {key}" + (
            f": {body['payload']['summary']}" if "payload" in body else "")
    kind = body["type"].removeprefix("incident.").replace("_", " ")
    return "director", f"{kind}, level {body['data']['level']}: {body['data']['title']}"


def test_the_path_from_level_1_to_4_is_told_as_one_conversation(world):
    daemon, receivers, port = world.daemon, world.receivers, free_port()
    levels = [(1, "0s", "chat"), (2, "5s", "on-call"), (3, "10s", "on-call"), (3, "10s", "chat"), (4, "15s", "hook")]
    rule = daemon.rule().replace('above = "80"', 'above = { warn = "80", critical = "95" }')
    daemon.configure(
        daemon.basics().replace('address = "127.0.0.1:0"',
                                f'address = "127.0.0.1:{port}"\nexternal_url = "http://127.0.0.1:{port}"')
        + daemon.tuning() + daemon.tellers()
        + daemon.policy(levels, repeat="60s", more='group_interval = "1s"\nack_expires = "8s"\nconference = "https://meet.example.com/war-room"')
        + rule.replace('severity = "critical"\n', ""))
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")

    def loads(*zones):  # at once: no scrape comes in between
        world.target.more = "".join(f'load_gauge{{zone="{name}"}} {value}\n' for name, value in zip("bc", zones))

    loads(84)
    until(receivers.chats, 10, "level 1")
    begun = receivers.chats()[0]["boot"]

    def wait_until(second):
        until(lambda: boot_now() - begun >= second, 30, "the time")

    wait_until(1)
    loads(84, 86)
    until(lambda: len(receivers.chats()) == 2, 10, "the second alert")
    loads(97, 86)
    until(lambda: receivers.events("trigger"), 10, "level 2")
    link = re.search(r"http://127\.0\.0\.1:\d+/ack/[\w.-]+",
                     json.dumps(receivers.events("trigger")[0]["body"])).group(0)
    wait_until(7)
    form = urllib.parse.urlencode({"name": "Ada"}).encode()
    with urllib.request.urlopen(link, form, timeout=10) as answer:
        assert "Ada, you have it in hand" in answer.read().decode()
    until(lambda: receivers.requests("webhook"), 30, "level 4")
    loads(60, 60)
    until(lambda: daemon.incidents("--all")[0]["state"] == "closed", 15, "the close")
    daemon.settled()

    names = {}
    conversation = [(entry["boot"] - begun, *said(entry, names)) for entry in receivers.requests()
                    if entry["service"] in ("slack", "pagerduty", "webhook")]
    print()
    for at, who, what in conversation:
        print(f"+{at:04.1f}  {who:8}  {what}")
    print(daemon.story(1))

    def told(who):
        return [what for _, one, what in conversation if one == who]

    marks = [re.match(r"\S+ ([A-Z][A-Z, 0-9]*)( after [^·]+)? ·", what).group(1) for what in told("chat")]
    assert marks == ["OPENED", "CHANGED", "WORSE", "ACKNOWLEDGED", "LEVEL 3", "CLOSED"]
    pager = [what.split(":")[0] for what in told("pager")]
    assert pager[:4] == ["trigger key 1", "acknowledge key 1", "trigger key 2", "trigger key 3"]
    assert sorted(pager[4:]) == ["resolve key 1", "resolve key 2", "resolve key 3"]
    assert [what.split(":")[0] for what in told("director")] == ["escalated, level 4", "closed, level 4"]
    at = {what: when for when, _, what in conversation}
    again = next(when for what, when in at.items() if what.startswith("trigger key 2"))
    assert 14.5 <= again <= 17.5, "the acknowledgement has ended: the last level told rings"
    third = next(when for what, when in at.items() if what.startswith("trigger key 3"))
    assert 4.5 <= third - again <= 7, "level 3 is as far from level 2 as ever"
    assert receivers.problems() == []
