"""A signed link in the notice opens a page that asks for a name and one press: GET changes nothing,
POST acknowledges, and nobody without the link does."""

import base64
import hashlib
import hmac
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from harness import free_port, until


def outside(daemon, port, more="", rules="", **tuning):
    """The configuration, reached from outside at the listener's own address."""
    basics = daemon.basics().replace(
        'address = "127.0.0.1:0"',
        f'address = "127.0.0.1:{port}"\nexternal_url = "http://127.0.0.1:{port}/"\n{more}')
    return (basics + daemon.tuning(**tuning) + daemon.tellers()
            + daemon.policy([(1, "0s", "chat"), (1, "0s", "hook"), (2, "60s", "on-call")])
            + (rules or daemon.rule()))


@pytest.fixture
def linked(world):
    daemon = world.daemon
    daemon.configure(outside(daemon, free_port()))
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    return world


def ask(url, form=None):
    """(status, headers, page)"""
    data = None if form is None else urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read().decode()


def signed(key, said):
    """A token of these words, by the key's letters."""
    mac = hmac.new(key.encode(), b"tocsin acknowledge 1\n" + said.encode(), hashlib.sha256).digest()
    return said + "." + base64.urlsafe_b64encode(mac).decode().rstrip("=")


def link_of(world, incident):
    """The link in the webhook's first notice of it."""
    def notices():
        return [e["body"]["data"] for e in world.receivers.requests("webhook")
                if e["body"]["data"]["incident"] == incident]
    return until(notices, 10, f"a notice of incident {incident}")[0]["acknowledge_url"]


def breached(world):
    """The link that the webhook got."""
    world.target.value = 93
    return link_of(world, 1)


def state(daemon):
    return daemon.incidents("--all")[0]["state"]


def test_a_link_shows_the_incident_and_a_name_acknowledges_it(linked):
    daemon = linked.daemon
    link = breached(linked)
    assert link.startswith(f"http://127.0.0.1:{daemon.port}/ack/1.")
    until(linked.receivers.chats, 10, "the chat's notice")
    assert "/ack/1." in str(linked.receivers.chats()[0]["body"]), "the chat's notice has a link, too"
    for _ in range(3):  # previews, mail scanners, the person
        status, headers, page = ask(link)
        assert status == 200
        assert "load is 93 in zone a" in page
        assert 'method="post"' in page
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert state(daemon) == "open", "to look changes nothing"

    for nobody in ("  ", "\u00a0\u2800", "\u2060"):
        status, _, page = ask(link, {"name": nobody})
        assert status == 400
        assert "A name is needed" in page
    assert state(daemon) == "open"

    status, _, page = ask(link, {"name": "Ada <b>L</b> <!channel>"})
    assert status == 200
    assert "Ada &lt;b&gt;L&lt;/b&gt; &lt;!channel&gt;, you have it in hand" in page
    assert state(daemon) == "acknowledged"
    assert "Ada <b>L</b> <!channel> (by link) has it in hand for 30 min" in daemon.story(1)
    until(lambda: len(linked.receivers.chats()) > 1, 10, "the chat hears of it")
    assert "<!channel>" not in str(linked.receivers.chats()[-1]["body"])
    assert linked.receivers.problems() == []

    status, _, page = ask(link)
    assert status == 200
    assert "Somebody has it in hand already" in page
    assert ask(link, {"name": "Grace"})[0] == 409
    assert "Grace" not in daemon.story(1)

    linked.target.value = 1
    until(lambda: state(daemon) == "closed", 10, "the close")
    status, _, page = ask(link)
    assert status == 200
    assert "It is closed" in page and "closed at" in page
    assert ask(link, {"name": "Grace"})[0] == 409
    closed = linked.receivers.requests("webhook")[-1]["body"]["data"]
    assert closed["acknowledge_url"] == "", "a close has nothing to acknowledge"


def test_nobody_gets_in_without_the_link_and_its_secret_is_nowhere(linked):
    daemon = linked.daemon
    link = breached(linked)
    signature = link.rsplit(".", 1)[1]
    changed = link.replace("/ack/1.", "/ack/2.")
    for forged in (changed, link[:-1] + ("A" if link[-1] != "A" else "B"), link[:-5], link + "x",
                   link.rsplit("/", 1)[0] + "/1"):
        status, _, page = ask(forged, {"name": "Eve"})
        assert status == 403
        assert "This link does not work" in page
        assert "load is" not in page, "a stranger learns nothing"
    assert state(daemon) == "open"
    ask(link, {"name": "Ada"})
    daemon.settled()
    key = (daemon.folder / "state/acknowledge.key").read_text().strip()
    stored = b"".join(path.read_bytes() for path in (daemon.folder / "state").glob("tocsin.db*"))
    for secret in (signature, key):
        assert secret not in daemon.log()
        assert secret not in daemon.metrics()
        assert secret not in daemon.cli("incidents", "show", "1", "--json").stdout
        assert secret.encode() not in stored
    assert (daemon.folder / "state/acknowledge.key").stat().st_mode & 0o777 == 0o600
    assert "acknowledge.key" not in daemon.cli("check", code=0).stdout
    (daemon.folder / "state/acknowledge.key").chmod(0o644)
    warned = "acknowledge.key: warning: others than its owner may read or change it (mode 0644)"
    assert warned in daemon.cli("check", code=0).stdout
    daemon.stop()
    daemon.start()
    assert "others than its owner may read or change it (mode 0644)" in daemon.log()


def test_a_receiver_that_quotes_what_it_was_sent_brings_no_link_into_the_record(linked):
    daemon = linked.daemon
    linked.receivers.behave("400-quoted", service="webhook")
    link = breached(linked)
    until(lambda: "cannot open /ack/1." in daemon.story(1), 10, "the refusal in the timeline")
    signature = link.rsplit(".", 1)[1]
    daemon.settled()
    stored = b"".join(path.read_bytes() for path in (daemon.folder / "state").glob("tocsin.db*"))
    for place in (daemon.log(), daemon.story(1), daemon.cli("status", "--json").stdout):
        assert signature not in place
    assert signature.encode() not in stored


def test_a_link_outlives_a_crash_but_not_its_time(world):
    daemon = world.daemon
    port = free_port()
    daemon.configure(outside(daemon, port, 'link_expires = "1m"'))
    daemon.start()
    link = breached(world)
    daemon.settled()
    daemon.kill()
    daemon.start()
    assert ask(link)[0] == 200
    base, opened, expires = re.match(r"(.*/ack/)1\.(\d+)\.(\d+)\.", link).groups()
    assert 59 <= int(expires) - int(opened) <= 62
    key = (daemon.folder / "state/acknowledge.key").read_text().strip()
    assert ask(base + signed(key, f"1.{opened}.{expires}"))[0] == 200, "signed as the daemon does"
    for form in (None, {"name": "Ada"}):
        status, _, page = ask(base + signed(key, f"1.{opened}.{int(time.time()) - 1}"), form)
        assert status == 410
        assert "This link has expired" in page and "tocsin ack 1" in page
        status, _, page = ask(base + signed(key, f"1.{int(opened) - 60}.{expires}"), form)
        assert status == 410, "the number has been given to another incident since"
        assert "This link fits no incident" in page
    assert ask(base + signed(key, f"1.{int(opened) + 60}.{expires}"))[0] == 200, "an opening may move back"
    assert state(daemon) == "open"


def test_a_link_works_again_once_the_acknowledgement_is_taken_back(linked):
    daemon = linked.daemon
    link = breached(linked)
    assert ask(link, {"name": "Ada"})[0] == 200
    assert ask(link, {"name": "Grace"})[0] == 409
    daemon.cli("unack", "1", "--by", "Ada", code=0)
    assert state(daemon) == "open"
    status, _, page = ask(link)
    assert status == 200 and 'method="post"' in page
    status, _, page = ask(link, {"name": "Grace"})
    assert status == 200, page
    assert state(daemon) == "acknowledged"
    assert "Grace (by link) has it in hand" in daemon.story(1)


def test_what_has_joined_a_storm_is_acknowledged_by_the_storms_own_link(world):
    daemon = world.daemon
    rules = "".join(f'[rule.{name}]\nexpr = "load_gauge"\nabove = "{above}"\nseverity = "critical"\n'
                    f'policy = "production"\nsummary = "{name}"\n'
                    for name, above in (("First", 10), ("Second", 80), ("Third", 80)))
    daemon.configure(outside(daemon, free_port(), rules=rules, storm_incidents=2))
    daemon.start()
    world.target.value = 50
    link = link_of(world, 1)
    world.target.value = 93
    storm = link_of(world, 4)
    status, _, page = ask(link)
    assert status == 200
    assert "It is told within another incident" in page and "tocsin ack 4" in page
    assert 'method="post"' not in page
    assert ask(link, {"name": "Ada"})[0] == 409
    assert "Ada" not in daemon.story(1) + daemon.story(4)
    assert ask(storm, {"name": "Ada"})[0] == 200
    assert "Ada (by link) has it in hand" in daemon.story(4)


def test_how_long_links_are_good_changes_at_the_next_start(world):
    daemon, port = world.daemon, free_port()

    def lasts(incident):
        link = link_of(world, incident)
        opened, expires = re.search(r"/ack/\d+\.(\d+)\.(\d+)\.", link).groups()
        return link, int(expires) - int(opened)

    def again():
        world.target.value = 1
        until(lambda: not daemon.incidents(), 10, "the close")
        world.target.value = 93

    daemon.configure(outside(daemon, port, 'link_expires = "10m"'))
    daemon.start()
    world.target.value = 93
    first, seconds = lasts(1)
    assert 600 <= seconds <= 605
    daemon.configure(outside(daemon, port, 'link_expires = "2h"'))
    assert "link_expires" in daemon.cli("reload", code=0).stdout
    assert ask(first)[0] == 200, "what was sent is good for as long as it says"
    assert "next start" not in daemon.log()
    again()
    second, seconds = lasts(2)
    assert 7200 <= seconds <= 7205
    assert ask(second, {"name": "Ada"})[0] == 200


def test_without_an_outside_address_there_are_no_links(world):
    daemon = world.daemon
    daemon.configure(daemon.basics() + daemon.tuning() + daemon.tellers()
                     + daemon.policy([(1, "0s", "hook")]) + daemon.rule())
    daemon.start()
    assert breached(world) == ""
    assert ask(f"http://127.0.0.1:{daemon.port}/ack/1.2.3.x")[0] == 404
    assert not (daemon.folder / "state/acknowledge.key").exists()


def test_links_must_travel_encrypted(world):
    daemon = world.daemon
    daemon.configure(daemon.basics().replace(
        "[listen]\n", '[listen]\nexternal_url = "http://tocsin.example.com"\n') + "console_only = true\n")
    refused = daemon.cli("check", code=2)
    assert "links to acknowledge would travel unencrypted" in refused.stdout + refused.stderr
