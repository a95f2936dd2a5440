"""A secret that cannot be read: said before the first page, and where nobody could be told, said in
the log at emergency priority."""

import json
import re

from harness import until


def without_webhook(world, fallback="[]"):
    daemon = world.daemon
    daemon.configure(daemon.basics() + daemon.tuning() + daemon.tellers(chat_fallback=fallback)
                     + daemon.policy([(1, "0s", "chat")]) + daemon.rule())
    (daemon.folder / "webhook").unlink()
    return daemon


def test_check_warns_of_it_at_its_place(world):
    daemon = without_webhook(world)
    lines = (daemon.config / "tocsin.toml").read_text().splitlines()
    line = 1 + next(n for n, text in enumerate(lines) if text.startswith("webhook"))
    run = daemon.cli("check", code=0)
    assert re.search(rf"tocsin\.toml:{line}:\d+: warning: `webhook` of \[receiver\.chat\]: cannot read the secret "
                     r"file:\S+/webhook: No such file", run.stdout), run.stdout
    assert "1 warning" in run.stdout, "the others can be read"


def test_check_says_that_credentials_are_the_units_own(world):
    daemon = world.daemon
    daemon.configure(daemon.basics() + """
[receiver.chat]
kind = "slack"
webhook = "credential:chat"
[receiver.on-call]
kind = "pagerduty"
routing_key = "credential:on-call"
[receiver.hook]
kind = "webhook"
url = "env:TOCSIN_HOOK_THAT_IS_NOT_SET"
""" + daemon.policy([(1, "0s", "chat")]) + daemon.rule())
    run = daemon.cli("check", code=0)
    assert run.stdout.count("warning: ") == 2, run.stdout
    assert "credential:chat cannot be looked at from here; nor credential:on-call (tocsin.toml:" in run.stdout
    assert "given to the unit alone" in run.stdout
    assert "well if the unit sets it" in run.stdout
    found = json.loads(daemon.cli("check", "--json", code=0).stdout)
    assert found["warnings"] == 2


def test_a_start_and_status_say_who_cannot_be_told(world):
    daemon = without_webhook(world).start()
    until(lambda: "receiver chat cannot be told anything: cannot read the secret file:" in daemon.log(), 15, daemon.log)
    assert "receiver hook cannot" not in daemon.log()
    run = daemon.cli("status", code=1)
    assert re.search(r"^chat +fails .*cannot read the secret file:", run.stdout, re.M), run.stdout
    assert 'tocsin_receiver_refuses{receiver="chat"} 1' in daemon.metrics()
    assert 'tocsin_receiver_refuses{receiver="hook"} 0' in daemon.metrics()
    daemon.secret("webhook", world.receivers.base + "/services/T0/B0/secret-path")
    assert daemon.named("receivers", "chat")["usable"], "it is looked at anew"
    assert 'tocsin_receiver_refuses{receiver="chat"} 0' in daemon.metrics()


def test_the_log_says_what_nobody_could_be_told_of(world):
    daemon = without_webhook(world).start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    world.target.value = 93
    until(lambda: re.search(r"EMERGENCY nobody could be told of level 1 of incident 1 .*load is 93 in zone a.*"
                            r"chat: cannot read the secret", daemon.log()), 10, daemon.log)
    listed = daemon.cli("incidents").stdout
    assert "1, told nobody" in listed, listed
    assert "nobody could be told of this level" in daemon.story(1)


def test_its_fallback_is_told_at_once_and_then_nothing_is_wanting(world):
    daemon = without_webhook(world, fallback='["hook"]').start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    world.target.value = 93
    until(lambda: world.receivers.requests("webhook"), 10, "the stand-in")
    daemon.settled()
    assert "EMERGENCY" not in daemon.log()
    assert "told nobody" not in daemon.cli("incidents").stdout


def test_a_password_whose_first_digits_pass_for_a_port_is_refused_and_shown_nowhere(world):
    daemon = world.daemon
    well = "console_only = true\n" + daemon.basics()
    daemon.configure(well)
    daemon.start()
    shown = []
    for url in ("http://user:4711/swordfish@db.example.com/", "http://user:4711?swordfish@db.example.com/"):
        daemon.configure(f'{well}[source.http.shop]\nurl = "{url}"\nevery = "1s"\n')
        refused = daemon.cli("check", code=2)
        assert "in a password, / is written %2F" in refused.stdout + refused.stderr, refused
        shown += [refused, daemon.cli("check", "--json", code=2), daemon.cli("check", "--diff", code=2),
                  daemon.cli("reload", code=2), daemon.cli("status"), daemon.cli("status", "--json")]
    said = "".join(run.stdout + run.stderr for run in shown) + daemon.metrics() + daemon.page() + daemon.log()
    assert "user:" not in said and "swordfish" not in said, said
