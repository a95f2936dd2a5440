"""The escalation path played through, level 1 to 4, with a second alert, a rise of severity, an
acknowledgement by link and its end. A second stands for a minute. What the channel, the pager, the
last in line and the timeline were shown must be the README's conversation, word for word; with -s
it is printed as the README has it."""

import json
import re
import urllib.parse
import urllib.request

from harness import ROOT, boot_now, free_port, until

DONE = {"acknowledge": "acknowledged", "resolve": "resolved"}


CLOCK = re.compile(r"(\d\d):(\d\d):(\d\d) UTC")


def seconds_of(clock):
    hours, minutes, seconds = map(int, clock.groups())
    return 3600 * hours + 60 * minutes + seconds


def in_minutes(text, opened=0):
    """A second as a minute, a clock time as the minutes since the open."""
    text = CLOCK.sub(lambda clock: f"+{(seconds_of(clock) - opened) % 86400:02}", text)
    return re.sub(r"\b(\d+) s\b", r"\1 min", text)


def said(entry, names, opened):
    """One line of the conversation: who, and what he was shown first."""
    body = entry["body"]
    if entry["service"] == "slack":
        return "chat", in_minutes(body["blocks"][0]["text"]["text"], opened)
    if entry["service"] == "pagerduty":
        key = names.setdefault(body["dedup_key"], f"key {len(names) + 1}")
        done = DONE.get(body["event_action"])
        return "pager", f"{done}: {key}" if done else f"{in_minutes(body['payload']['summary'], opened)}  {key}"
    data = body["data"]
    mark = {"incident.escalated": f"LEVEL {data['level']}", "incident.closed": "CLOSED"}[body["type"]]
    return "hook", f"{mark}: {data['title']}"


def minutes_of_the_story(story):
    """The timeline, (minute, what happened): its clock counts from the open."""
    lines = [line for line in story.split("WHAT HAPPENED\n")[1].splitlines() if CLOCK.match(line)]
    at = [seconds_of(CLOCK.match(line)) for line in lines]
    return at[0], [((each - at[0]) % 86400, in_minutes(line[14:])) for each, line in zip(at, lines)]


def told_in_the_readme(title):
    """(minute, text) of the block below a line of the README; a remark stands behind a wide gap."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text[text.index(title):].split("```\n")[1]
    return [(int(line[1:3]), line[5:]) for line in block.splitlines()]


def same_words(shown, expected, slack=2):
    """As many lines, of the same words, each within `slack` minutes; those of one minute in any order."""
    def words(lines):
        return sorted(re.sub(r"after \d+ min", "after so long", re.sub(r"\+\d\d", "+so long", re.sub(" {2,}", "  ", text)))
                      for _, text in lines)
    assert words(shown) == words(expected)
    for (at, text), (when, _) in zip(sorted(shown), sorted(expected)):
        assert abs(at - when) <= slack, text


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
    opened, story = minutes_of_the_story(daemon.story(1))
    conversation = [(entry["boot"] - begun, *said(entry, names, opened)) for entry in receivers.requests()
                    if entry["service"] in ("slack", "pagerduty", "webhook")]
    print()
    for at, who, what in conversation:
        print(f"+{at:02.0f}  {who:8}  {what}")
    for at, what in story:
        print(f"+{at:02}  {what}")

    def told(who):
        return [what for _, one, what in conversation if one == who]

    marks = [re.match(r"\S+ ([A-Z]+(?: \d)?) #1\b", what).group(1) for what in told("chat")]
    assert marks == ["OPENED", "CHANGED", "WORSE", "ACKNOWLEDGED", "LEVEL 3", "CLOSED"]
    pager = told("pager")
    assert [what.split("  ")[-1] for what in pager[:4]] == ["key 1", "acknowledged: key 1", "key 2", "key 3"]
    assert sorted(pager[4:]) == ["resolved: key 1", "resolved: key 2", "resolved: key 3"]
    assert [what.split(":")[0] for what in told("hook")] == ["LEVEL 4", "CLOSED"]
    shown = told_in_the_readme("The whole path, as")
    same_words([(at, f"{who}  {what}") for at, who, what in conversation],
               [(at, re.sub(r"(?<=\S)  +\(.*\)$", "", text)) for at, text in shown])
    same_words(story, told_in_the_readme("and the timeline of it"))
    at = {what: when for when, _, what in conversation}
    again = next(when for what, when in at.items() if what.endswith("key 2") and "AGAIN" in what)
    assert 14.5 <= again <= 17.5, "the acknowledgement has ended: the last level told rings"
    third = next(when for what, when in at.items() if what.endswith("key 3") and "LEVEL" in what)
    assert 4.5 <= third - again <= 7, "level 3 is as far from level 2 as ever"
    assert receivers.problems() == []
