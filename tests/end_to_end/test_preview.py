"""What a notice would look like, without a daemon and without sending anything."""

import re
import subprocess

from harness import free_port, until


def preview(world, *words):
    return subprocess.run([world.daemon.binary, "notify", *words, "--config", world.daemon.config],
                          capture_output=True, text=True, timeout=30)


def test_a_preview_asks_no_daemon_and_sends_nothing(world):
    daemon = world.daemon
    daemon.configure(daemon.basics() + daemon.tellers() + daemon.policy([(1, "0s", "chat")]) + daemon.rule())
    shown = preview(world, "--preview", "chat", "--kind", "closed", "--alerts", "500")
    assert shown.returncode == 0, shown.stderr
    assert "CLOSED" in shown.stdout and "was critical: " in shown.stdout
    assert world.receivers.requests() == [] and shown.stderr == ""
    change = preview(world, "--preview", "chat", "--kind", "change")
    assert change.returncode == 0 and "`changes = true`" in change.stderr and "CHANGE" in change.stdout
    assert "never of a summary" in preview(world, "--preview", "on-call", "--kind", "summary").stderr
    wrong = preview(world, "--preview", "chatt")
    assert wrong.returncode == 2 and "did you mean `chat`?" in wrong.stderr
    assert preview(world).returncode == 2


def test_a_preview_takes_the_built_in_configuration_as_check_does(world):
    daemon = world.daemon
    (daemon.config / "rules.d").mkdir()
    shown = preview(world, "--preview", "console", "--kind", "closed", "--embedded")
    assert shown.returncode == 0 and "CLOSED" in shown.stdout, shown
    assert preview(world, "--preview", "console").returncode == 2
    assert daemon.cli("backtest", "--help", code=0).stdout.count("--embedded") >= 2


def test_a_preview_at_a_socket_is_of_the_daemon_there(world):
    daemon = world.daemon
    daemon.configure(daemon.basics() + daemon.tellers() + daemon.policy([(1, "0s", "chat")]) + daemon.rule())
    daemon.start()
    words = [world.daemon.binary, "--socket", daemon.socket, "notify", "--preview"]
    shown = subprocess.run([*words, "chat", "--kind", "repeated", "--alerts", "500"], capture_output=True, text=True, timeout=30)
    assert shown.returncode == 0 and "STILL OPEN" in shown.stdout and "and 492 more" in shown.stdout, shown
    wrong = subprocess.run([*words, "chatt"], capture_output=True, text=True, timeout=30)
    assert wrong.returncode == 2 and "no receiver is called `chatt`: did you mean `chat`?" in wrong.stderr, wrong
    assert world.receivers.requests() == []


def test_a_preview_of_a_real_incident_sends_nothing_and_shows_no_working_link(world):
    daemon, port = world.daemon, free_port()
    daemon.configure(daemon.basics().replace(
        'address = "127.0.0.1:0"', f'address = "127.0.0.1:{port}"\nexternal_url = "http://127.0.0.1:{port}"')
        + daemon.tuning() + daemon.tellers() + daemon.policy([(1, "0s", "chat")]) + daemon.rule())
    daemon.start()
    gone = daemon.cli("notify", "--preview", "hook", "--incident", "1", code=1)
    assert "there is no incident 1" in gone.stderr
    world.target.value = 93
    until(world.receivers.chats, 10, "level 1 in chat")
    shown = daemon.cli("notify", "--preview", "hook", "--incident", "1", code=0).stdout
    assert "load is 93 in zone a" in shown and "incident.opened" in shown
    assert re.search(r"/ack/1\.\d+\.\d+\.SIGNATURE", shown)
    closed = daemon.cli("notify", "--preview", "chat", "--incident", "1", "--kind", "closed", code=0).stdout
    assert "CLOSED" in closed and "/ack/" not in closed
    assert daemon.cli("notify", "--preview", "no such", "--incident", "1").returncode == 1
    assert world.receivers.requests("webhook") == [] and len(world.receivers.chats()) == 1


def test_an_incident_is_named_by_its_number_and_nothing_else(climbing):
    daemon = climbing.daemon
    climbing.target.value = 93
    until(daemon.incidents, 10, "an incident")
    def status(number):
        return subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", daemon.socket,
                               f"http://tocsin/preview/hook/{number}"], capture_output=True, text=True, check=True).stdout
    assert [status(number) for number in ("1", "2", "1abc", "-1", "x")] == ["200", "404", "400", "400", "400"]


def test_a_receivers_own_title_and_text_are_previewed_and_sent(world):
    daemon = world.daemon

    def with_words(title):
        tellers = daemon.tellers().replace(
            'kind = "slack"\n', f'kind = "slack"\ntitle = "{title}"\n'
            'text = "{{description}} Ask <!channel> {{labels.team}}"\n')
        basics = daemon.basics().replace("[host]\n", '[host]\nlabels = { team = "shop" }\n')
        daemon.configure(basics + daemon.tuning() + tellers
                         + daemon.policy([(1, "0s", "chat"), (1, "0s", "hook")]) + daemon.rule())

    with_words("{{titel}}")
    assert "unknown field `titel`: did you mean `title`?" in daemon.cli("check", code=2).stdout
    with_words("{{acknowledged_by}}")
    warned = daemon.cli("check", code=0).stdout
    assert "receiver chat: the template of `title` fails: it comes to nothing" in warned, warned
    with_words("{{title}}{{if policy}} ({{policy}}){{end}}")
    assert "receiver chat" not in daemon.cli("check", code=0).stdout
    shown = preview(world, "--preview", "chat").stdout
    assert "(production)" in shown and "Ask <!channel>" in shown, shown
    daemon.start()
    world.target.value = 93
    until(world.receivers.chats, 10, "level 1 in chat")
    said = str(world.receivers.chats()[0]["body"])
    assert "load is 93 in zone a (above 80) (production) on end-to-end" in said, said
    assert "Ask &lt;!channel&gt; shop" in said, "escaped for where it stands"
    hook = until(lambda: world.receivers.requests("webhook"), 10, "the webhook")[0]["body"]["data"]
    assert "(production)" not in hook["title"], "its words are the chat's own"
    daemon.cli("notify", "--test", "chat", code=0)
    tested = str(world.receivers.chats()[-1]["body"])
    assert "Test notice from" in tested and "Ask &lt;!channel&gt; shop" in tested, "a test shows the templates"


def test_mark_severity_and_facts_are_previewed_and_sent(world):
    daemon = world.daemon

    def with_words(facts):
        tellers = daemon.tellers().replace(
            'kind = "slack"\n', 'kind = "slack"\nmark = "{{symbol}} [{{policy}}] {{mark}}"\n'
            'severity = \'{{if severity == "critical"}}SEV1{{else}}SEV2{{end}}\'\n' + f"facts = {facts}\n")
        daemon.configure(daemon.basics() + daemon.tuning() + tellers + daemon.policy([(1, "0s", "chat")])
                         + daemon.rule())

    with_words('["Where {{host}}"]')
    assert "each of `facts` is a name, a colon and a template" in daemon.cli("check", code=2).stdout
    with_words('["Where: {{host}}", "Nobody: {{acknowledged_by}}"]')
    shown = preview(world, "--preview", "chat").stdout
    assert "# 🔴 [production] OPENED #17 · SEV1: " in shown and "*Where* `" in shown and "Nobody" not in shown, shown
    daemon.start()
    world.target.value = 93
    until(world.receivers.chats, 10, "level 1 in chat")
    said = world.receivers.chats()[0]["body"]
    assert said["text"].startswith("🔴 [production] OPENED #1 · SEV1: load is 93"), said
    assert "Impact" not in str(said) and "*Where*" in str(said), said
    assert world.receivers.problems() == []
