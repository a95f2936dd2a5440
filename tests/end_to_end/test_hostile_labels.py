"""A label's value, a target's words and a person's note that would break out, on every surface that
shows them: receivers, console, log, tables, page, report, link page. What they hold is shown; it is
markup, an escape or a mention nowhere."""

import html.parser
import json
import re
import urllib.request

import pytest

from harness import fetch, free_port, until
from test_looking import COLOUR, on_a_terminal

EVIL = ("</td><script>alert(1)</script><img src=x onerror=y> <!channel> <@U1> *b* `c` | "
        "[l](http://evil.example) {{host}} ![i](j) \x1b[2J\x1b]0;t\x07 \u202e")
METRIC = EVIL.replace("\\", "\\\\").replace('"', '\\"') + "\\n# HELP x\\n"


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def unharmed(page):
    tags = Tags(page)
    assert not tags.names & {"script", "img"}, tags.names
    assert not {name for name in tags.attributes if name.startswith("on")}
    assert "alert(1)" in page, "what it holds is shown"


def quiet_at_a_terminal(text):
    """Nothing that a terminal obeys, but colour of ours."""
    left = COLOUR.sub("", text).replace("\r\n", "\n")
    return not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", left)


@pytest.fixture
def poisoned(world):
    daemon, port = world.daemon, free_port()
    basics = daemon.basics().replace(
        'address = "127.0.0.1:0"', f'address = "127.0.0.1:{port}"\nexternal_url = "http://127.0.0.1:{port}"')
    levels = [(1, "0s", "chat"), (1, "0s", "on-call"), (1, "0s", "hook"), (1, "0s", "screen")]
    daemon.configure(
        basics + daemon.tuning() + daemon.tellers() + '[receiver.screen]\nkind = "console"\n'
        + daemon.policy(levels, more='group_by = ["zone"]')
        + daemon.rule('description = "look at {{labels.zone}}"'))
    world.target.more = f'load_gauge{{zone="{METRIC}"}} 93\n'
    daemon.start()
    until(lambda: world.receivers.requests("webhook"), 10, "level 1")
    until(world.receivers.chats, 10, "level 1 in chat")
    daemon.settled()
    return world


def test_receivers_are_sent_no_markup_of_a_label(poisoned):
    receivers = poisoned.receivers
    chat = receivers.chats()[0]["body"]
    for said in (chat["text"], *(block["text"]["text"] for block in chat["blocks"] if "text" in block)):
        assert "<!" not in said and "<@" not in said and "<script" not in said, said
    assert "&lt;!channel&gt;" in json.dumps(chat)
    pager = receivers.events("trigger")[0]["body"]
    for text in (pager["payload"]["summary"], *map(str, pager["payload"]["custom_details"].values())):
        assert quiet_at_a_terminal(text), text
    assert all(link["href"].startswith("http") and " " not in link["href"] for link in pager.get("links", []))
    assert "alert(1)" in receivers.requests("webhook")[0]["body"]["data"]["title"]
    assert receivers.problems() == []
    log = poisoned.daemon.log()
    assert "alert(1)" in log and quiet_at_a_terminal(log), "the console receiver, and the log"


def test_tables_report_and_pages_show_it_and_obey_it_not(poisoned):
    daemon = poisoned.daemon
    daemon.cli("ack", "1", "--note", EVIL, code=0)
    daemon.cli("silence", "GaugeHigh", "--for", "1h", "--reason", EVIL, code=0)
    assert daemon.cli("change", EVIL).returncode == 1, "control characters are no line"
    daemon.cli("change", EVIL.split(" \x1b")[0], code=0)
    daemon.cli("unack", "1", code=0)
    for words in (["incidents"], ["incidents", "show", "1"], ["alerts"], ["explain", "GaugeHigh"],
                  ["query", "load_gauge"], ["query", "load_gauge", "--range", "1m"], ["silences"], ["changes"],
                  ["status"], ["report", "--since", "1d"], ["notify", "--preview", "chat", "--incident", "1"]):
        plain = daemon.cli(*words, "--wide").stdout
        assert quiet_at_a_terminal(plain), words
        assert "alert(1)" in plain or words[0] == "status", words
        for line in on_a_terminal(daemon, 80, *words, any_end=True).splitlines():
            assert quiet_at_a_terminal(line), (words, line)
    report = daemon.cli("report", "--since", "1d").stdout
    row = next(line for line in report.splitlines() if "alert(1)" in line)
    cell = re.search(r"(`+)(?P<code>.*alert\(1\).*?[^`])\1(?!`)", row)
    assert cell and "|" not in cell["code"].replace("\\|", ""), row
    unharmed(daemon.page())
    link = re.search(r"http://127\.0\.0\.1:\d+/ack/[\w.-]+",
                     json.dumps(poisoned.receivers.requests("webhook")[0]["body"]))[0]
    with urllib.request.urlopen(link, timeout=10) as answer:
        unharmed(answer.read().decode())
    assert json.loads(fetch(f"http://127.0.0.1:{daemon.port}/api/v1/incidents/1")[0])["timeline"]
