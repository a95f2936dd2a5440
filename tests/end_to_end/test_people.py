"""What people say to the daemon: silences, reloads, and what they are shown."""

import json
import time

from harness import until


def test_a_silence_withholds_the_open_and_its_end_tells_it(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    daemon.cli("silence", '{rule="GaugeHigh"}', "--for", "1h", "--reason", "works on the rack", code=0)
    listed = daemon.cli("silences", code=0).stdout
    assert "works on the rack" in listed
    target.value = 93
    until(lambda: daemon.named("rules", "GaugeHigh")["firing"], 10, "it fires")
    time.sleep(3)
    assert receivers.requests() == []
    silences = json.loads(daemon.cli("silences", "--json").stdout)
    silences = silences["silences"] if isinstance(silences, dict) else silences
    daemon.cli("silence", "end", str(silences[0]["id"]), code=0)
    until(lambda: receivers.chats(), 10, "the open, now that the silence has ended")


def test_a_reload_takes_a_new_threshold_and_keeps_what_is_firing(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    target.value = 93
    until(lambda: receivers.chats(), 10, "level 1 in chat")
    text = (daemon.config / "tocsin.toml").read_text()
    daemon.configure(text.replace('above = "80"', 'above = "90"'))
    daemon.hang_up()
    until(lambda: daemon.status()["config"]["last_reload_ok"] and "reload" in daemon.log().lower(), 10,
          "the reload")
    until(lambda: receivers.events("trigger"), 15, "level 2 on the same clock")
    assert len(receivers.chats()) == 1
    daemon.configure(text.replace('above = "80"', 'above = "95"'))
    daemon.hang_up()
    until(lambda: not receivers.open_alerts() and len(receivers.chats()) >= 2, 15,
          "well by the new threshold: closed")


def test_a_bad_reload_changes_nothing_and_says_where_it_is_wrong(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    text = (daemon.config / "tocsin.toml").read_text()
    daemon.configure(text.replace('above = "80"', 'abvoe = "80"'))
    bad = daemon.cli("check")
    assert bad.returncode == 2
    assert "abvoe" in bad.stdout + bad.stderr and "above" in bad.stdout + bad.stderr
    daemon.hang_up()
    until(lambda: not daemon.status()["config"]["last_reload_ok"], 10, "the reload is refused")
    assert "abvoe" in daemon.log()
    target.value = 93
    until(lambda: receivers.chats(), 10, "it goes on as it was")
    daemon.configure(text)
    assert daemon.cli("check").returncode == 0
    daemon.cli("reload", code=0)
    assert daemon.status()["config"]["last_reload_ok"]


def test_a_removed_rule_closes_its_incident(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    target.value = 93
    until(lambda: receivers.chats(), 10, "level 1 in chat")
    text = (daemon.config / "tocsin.toml").read_text()
    daemon.configure(text.replace("[rule.GaugeHigh]", "[rule.GaugeAboveAll]").replace('above = "80"', 'above = "99"'))
    daemon.hang_up()
    until(lambda: len(receivers.chats()) >= 2, 15, "the close")
    assert "removed" in json.dumps(receivers.chats()[1]["body"])


def test_query_and_status_show_what_is_measured(climbing):
    daemon = climbing.daemon
    climbing.target.value = 42.5
    until(lambda: "42.5" in daemon.cli("query", "load_gauge").stdout, 10, "the value")
    status = daemon.cli("status")
    assert status.returncode == 0, status.stdout + status.stderr
    assert "prometheus.app" in status.stdout and "GaugeHigh" in status.stdout
    climbing.target.value = 93
    until(lambda: daemon.cli("status").returncode == 1, 10, "status says that something fires")


def test_without_a_daemon_the_command_line_says_so(climbing):
    climbing.daemon.stop()
    for words in (("status",), ("incidents",), ("ack", "1")):
        run = climbing.daemon.cli(*words)
        assert run.returncode == 3, run.stdout + run.stderr
        assert run.stderr.strip()
