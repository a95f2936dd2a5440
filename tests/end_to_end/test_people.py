"""What people say to the daemon: silences, reloads, and what they are shown."""

import json
import re
import sqlite3

from harness import until


def test_a_silence_withholds_the_open_and_its_end_tells_it(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    daemon.cli("silence", '{rule="GaugeHigh"}', "--for", "1h", "--reason", "works on the rack", code=0)
    listed = daemon.cli("silences", code=0).stdout
    assert "works on the rack" in listed
    target.value = 93
    until(lambda: daemon.named("rules", "GaugeHigh")["firing"], 10, "it fires")
    target.asked_again(3)
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


def test_a_silence_says_what_it_matches_and_is_shown_at_what_it_withholds(climbing):
    target, daemon = climbing.target, climbing.daemon
    none = daemon.cli("silence", '{rule="GaugeHihg"}', "--for", "1h", "--reason", "a slip", code=0).stdout
    assert "silence S" in none and "matches no alert now; it will hold for those that come" in none, none
    target.value = 93
    until(lambda: daemon.incidents(), 10, "an incident")
    one = daemon.cli("silence", '{rule="GaugeHigh"}', "--for", "1h", "--reason", "known", code=0).stdout
    assert "matches 1 alert now" in one, one
    name = one.split()[1]
    assert name[0] == "S" and name[1:].isdigit(), one
    listed = daemon.cli("incidents").stdout
    assert "open, silenced until " in listed and f"({name})" in listed, listed
    incident = daemon.incidents()[0]["id"]
    assert "nobody is told: silenced until " in daemon.story(incident)
    assert name in daemon.cli("silences", code=0).stdout
    daemon.cli("silence", "end", name, code=0)
    assert "silenced until" not in daemon.cli("incidents").stdout
    other = next(s["id"] for s in json.loads(daemon.cli("silences", "--json").stdout))
    daemon.cli("silence", "end", str(other), code=0)  # the number alone will do
    wrong = daemon.cli("silence", "end", "GaugeHigh")
    assert wrong.returncode == 2 and "S1" in wrong.stderr


def test_matchers_that_cannot_be_read_are_named_once(climbing):
    run = climbing.daemon.cli("silence", "{rule=}", "--for", "1h", "--reason", "x")
    assert run.returncode == 2 and run.stderr.lower().count("matchers") == 1, run.stderr


def test_status_counts_one_as_one(climbing):
    target, daemon = climbing.target, climbing.daemon
    target.value = 93
    until(lambda: daemon.incidents(), 10, "an incident")
    shown = daemon.cli("status").stdout
    assert "1 incident open" in shown and "1 alert firing" in shown, shown


def test_a_drill_takes_the_real_way_and_says_everywhere_that_it_is_one(climbing):
    receivers, daemon = climbing.receivers, climbing.daemon
    said = daemon.cli("drill", "GaugeHigh", "--for", "8s", code=0).stdout
    assert "is a drill of GaugeHigh until" in said
    chat = until(lambda: receivers.chats(), 10, "level 1 in chat")[0]
    assert "DRILL OPENED" in chat["body"]["text"]
    page = until(lambda: receivers.events("trigger"), 10, "level 2 at the pager")[0]
    assert "DRILL" in page["body"]["payload"]["summary"]
    until(lambda: not receivers.open_alerts(), 10, "its key is resolved")
    until(lambda: any("DRILL CLOSED" in e["body"]["text"] for e in receivers.chats()), 10, "the close in chat")
    shown = daemon.story(1)
    assert "drill of GaugeHigh" in shown and "asked for it" in shown
    unknown = "tocsin: no rule is called `GaugeHgh`: did you mean `GaugeHigh`?\n"
    for words in (["drill", "GaugeHgh"], ["accept", "GaugeHgh"], ["explain", "GaugeHgh"],
                  ["silence", "GaugeHgh", "--for", "1h", "--reason", "x"]):
        assert daemon.cli(*words, code=2).stderr == unknown, words


def test_a_silence_by_the_rules_name_or_the_incidents_number(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    for_an_hour = ("--for", "1h", "--reason", "the vendor is on it")
    assert "did you mean `GaugeHigh`?" in daemon.cli("silence", "GaugeHihg", *for_an_hour, code=2).stderr
    assert "there is no incident 7" in daemon.cli("silence", "7", *for_an_hour, code=1).stderr
    target.value = 93
    until(lambda: receivers.chats(), 10, "level 1 in chat")
    assert "it matches 1 alert now" in daemon.cli("silence", "1", *for_an_hour, code=0).stdout
    daemon.cli("silence", "GaugeHigh", *for_an_hour, code=0)
    one, other = (silence["matchers"] for silence in json.loads(daemon.cli("silences", "--json").stdout))
    assert other == '{alertname="GaugeHigh"}'
    assert one.startswith('{alertname="GaugeHigh",') and 'zone="a"' in one
    target.asked_again(7)
    assert receivers.events() == [], "level 2 is withheld"
    target.value = 1
    until(lambda: daemon.incidents("--all")[0]["state"] == "closed", 15, "the close")
    assert "is closed" in daemon.cli("silence", "1", *for_an_hour, code=1).stderr


def test_a_rule_whose_name_is_a_number_is_silenced_by_its_name(world):
    daemon = world.daemon
    daemon.configure("console_only = true\n" + daemon.basics() + '[rule.3]\nexpr = "load_gauge"\nabove = "80"\n')
    daemon.start()
    for_an_hour = ("--for", "1h", "--reason", "a test")
    refused = daemon.cli("silence", "3", *for_an_hour, code=1).stderr
    assert "there is no incident 3" in refused and "tocsin silence --rule 3" in refused
    assert "tocsin silence --rule 4" not in daemon.cli("silence", "4", *for_an_hour, code=1).stderr
    daemon.cli("silence", "--rule", "3", *for_an_hour, code=0)
    assert [one["matchers"] for one in json.loads(daemon.cli("silences", "--json").stdout)] == ['{alertname="3"}']
    assert "no rule is called `4`" in daemon.cli("silence", "--rule", "4", *for_an_hour, code=2).stderr


def test_a_report_of_what_the_past_was_for_people(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    assert "Nobody was paged." in daemon.cli("report", code=0).stdout
    target.value = 93
    until(lambda: receivers.events("trigger"), 15, "level 2 at the pager")
    daemon.cli("ack", "1", code=0)
    target.value = 1
    until(lambda: daemon.incidents("--all")[0]["state"] == "closed", 15, "the close")
    daemon.settled()
    daemon.kill()
    # What a ring was to do is that of the notice as it was sent.
    text = (daemon.config / "tocsin.toml").read_text()
    daemon.configure(text.replace("wakes = true", "wakes = false"))
    daemon.start()
    report = json.loads(daemon.cli("report", "--since", "1d", "--json", code=0).stdout)
    assert (report["pages"], report["rings"], report["wakes"], report["acknowledged"]) == (1, 2, 1, 1)
    assert 5 <= report["to_acknowledge"]["median_seconds"] <= 15
    assert report["to_resolve"]["count"] == 1
    assert sum(report["pages_by_hour"]) == 1
    assert [rule["rule"] for rule in report["rules"]] == ["GaugeHigh"]
    text = daemon.cli("report", "--since", "1d", "--zone", "UTC", code=0).stdout
    assert "| `GaugeHigh` | 1 | 2 | 1 | 2 | 1 | " in text
    assert "did you mean Europe/Berlin?" in daemon.cli("report", "--zone", "Europe/Brelin", code=2).stderr
    assert "no duration" in daemon.cli("report", "--since", "yesterday", code=2).stderr
    database = sqlite3.connect(daemon.folder / "state/tocsin.db", isolation_level=None, timeout=20)
    database.execute("alter table timeline rename to lost")
    for form in ((), ("--json",)):
        unanswered = daemon.cli("report", *form, code=1)
        assert unanswered.stdout == "" and "no such table: timeline" in unanswered.stderr
    shown = daemon.cli("incidents", "show", "1", code=0)
    assert "GaugeHigh" in shown.stdout and "the story has gaps: " in shown.stderr
    database.execute("alter table lost rename to timeline")
    database.close()
    assert json.loads(daemon.cli("report", "--json", code=0).stdout)["rings"] == 2


def test_clock_times_are_shown_in_the_configured_zone_and_json_stays_utc(world):
    daemon = world.daemon
    daemon.configure('time_zone = "Asia/Kolkata"\n' + daemon.basics() + daemon.tuning() + daemon.tellers()
                     + daemon.policy([(1, "0s", "chat"), (2, "1h", "on-call")]) + daemon.rule())
    daemon.start()
    world.target.value = 93
    until(world.receivers.chats, 10, "level 1 in chat")
    said = json.dumps(world.receivers.chats()[0]["body"])
    assert re.search(r"since \d\d:\d\d:\d\d UTC\+5:30", said) and not re.search(r"UTC(?!\+5:30)", said), said
    for words in (("incidents",), ("incidents", "show", "1"), ("alerts",)):
        shown = daemon.cli(*words).stdout
        assert re.search(r"\d\d:\d\d:\d\d UTC\+5:30", shown), (words, shown)
    assert "Asia/Kolkata" in daemon.cli("report", code=0).stdout
    assert "UTC" in daemon.cli("report", "--zone", "UTC", code=0).stdout
    assert daemon.incidents()[0]["opened"].endswith("Z")
    assert "UTC+5:30" in daemon.cli("ack", "1", code=0).stdout
    assert "UTC+5:30" in daemon.page()
    changed = (daemon.config / "tocsin.toml").read_text().replace("Asia/Kolkata", "UTC")
    daemon.configure(changed)
    assert "time_zone" in daemon.cli("reload", code=0).stdout
    assert "UTC+5:30" not in daemon.cli("alerts").stdout
