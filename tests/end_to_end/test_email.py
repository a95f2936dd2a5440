"""Mail, at a relay that speaks SMTP as relays do (tests/support/mail_relay.py)."""

import email
import email.policy
import json
import queue
import subprocess
import sys
import threading

import pytest

from harness import ROOT, end_process, until

pytest.importorskip("aiosmtpd", reason="python3-aiosmtpd is missing")


class Relay:
    def __init__(self, folder, tls="none", password=""):
        words = ["--tls", tls, "--password", password]
        if tls != "none":
            self.certificate = folder / "relay.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                 "-nodes", "-days", "2", "-subj", "/CN=relay", "-addext", "subjectAltName=IP:127.0.0.1",
                 "-keyout", str(folder / "relay.key"), "-out", str(self.certificate)],
                check=True, capture_output=True)
            words += ["--certificate", str(self.certificate), "--key", str(folder / "relay.key")]
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/support/mail_relay.py"), *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.mails = []
        self.answers = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            said = json.loads(line)
            if "content" in said:
                said["message"] = email.message_from_string(said["content"], policy=email.policy.default)
                self.mails.append(said)
            else:
                self.answers.put(said)

    def behave(self, **how):
        self.process.stdin.write(json.dumps(how) + "\n")
        self.process.stdin.flush()
        self.answers.get(timeout=10)

    def taken(self, to=None):
        return [one for one in self.mails if one["accepted"] and (to is None or one["to"] == [to])]

    def close(self):
        self.process.stdin.close()
        end_process(self.process)
        self.process.stdout.close()


@pytest.fixture
def relays(world):
    made = []

    def make(**how):
        made.append(Relay(world.folder, **how))
        return made[-1]

    yield make
    for relay in made:
        relay.close()


def begin(world, relay, more='tls = "none"', to='["ops@example.com"]'):
    daemon = world.daemon
    mail = f"""
[receiver.mail]
kind = "email"
server = "127.0.0.1:{relay.port}"
from = "tocsin@example.com"
to = {to}
{more}
"""
    daemon.configure(daemon.basics() + daemon.tuning() + daemon.tellers() + mail
                     + daemon.policy([(1, "0s", "mail")]) + daemon.rule())
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    world.target.value = 93


def bodies(message):
    return {part.get_content_type(): part.get_content() for part in message.walk()
            if not part.is_multipart()}


def test_an_incident_is_a_thread_of_mails(world, relays):
    relay = relays()
    begin(world, relay)
    opened = until(lambda: relay.taken(), 10, "the open")[0]
    message = opened["message"]
    assert opened["from"] == "tocsin@example.com"
    assert message.get_content_type() == "multipart/alternative"
    assert message["Subject"].startswith("[OPENED #1] critical: "), message["Subject"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["To"] == "ops@example.com"
    assert message.defects == [], message.defects
    forms = bodies(message)
    assert set(forms) == {"text/plain", "text/html"}
    for text in forms.values():
        assert "load is 93 in zone a" in text
        assert f"tocsin --socket {world.daemon.socket} ack 1" in text
        assert "https://runbooks.example.com/gauge" in text
    assert all(len(line) <= 998 for line in opened["content"].splitlines())

    world.target.value = 5
    closed = until(lambda: relay.taken()[1:], 15, "the close")[0]["message"]
    assert closed["Subject"].startswith("[CLOSED #1 after "), closed["Subject"]
    assert closed["References"] == message["References"] == message["In-Reply-To"]
    assert closed["Message-ID"] != message["Message-ID"]


def test_starttls_and_a_password(world, relays):
    relay = relays(tls="starttls", password="letters and numbers")
    begin(world, relay, f"""
username = "tocsin"
password = "{world.daemon.secret('mail-password', 'letters and numbers')}"
ca_file = "{relay.certificate}"
""")
    mail = until(lambda: relay.taken(), 10, "the open")[0]
    assert mail["tls"] and mail["authenticated"]
    assert "letters and numbers" not in world.daemon.log()


def test_tls_from_the_first_byte(world, relays):
    relay = relays(tls="tls")
    begin(world, relay, f'tls = "tls"\nca_file = "{relay.certificate}"')
    assert until(lambda: relay.taken(), 10, "the open")[0]["tls"]


@pytest.mark.parametrize("tls, more, words", [
    ("none", "", "offers no STARTTLS"),
    ("starttls", "", "certificate"),  # whose authority is unknown
])
def test_nothing_is_sent_where_tls_cannot_be_had(world, relays, tls, more, words):
    relay = relays(tls=tls)
    begin(world, relay, more)
    error = until(lambda: world.daemon.named("receivers", "mail")["error"], 15, "an attempt")
    assert words in error, error
    assert relay.mails == []


def test_a_wrong_password_is_refused_for_good(world, relays):
    relay = relays(tls="starttls", password="the right one")
    begin(world, relay, f"""
username = "tocsin"
password = "{world.daemon.secret('mail-password', 'not that one')}"
ca_file = "{relay.certificate}"
""")
    until(lambda: world.daemon.named("receivers", "mail")["refuses"], 15, "it refuses")
    assert "535" in world.daemon.named("receivers", "mail")["error"]
    assert "not that one" not in world.daemon.log()


def test_greylisting_is_waited_out_and_others_get_it_once(world, relays):
    relay = relays()
    relay.behave(recipients={"late@example.com": ["451 4.7.1 greylisted, come back later"] * 2})
    begin(world, relay, 'tls = "none"', '["late@example.com", "ops@example.com"]')
    late = until(lambda: relay.taken("late@example.com"), 20, "the third attempt")
    ops = relay.taken("ops@example.com")
    assert len(ops) == 1, "who has it is not sent it again"
    assert late[0]["message"]["Message-ID"] == ops[0]["message"]["Message-ID"]
    world.daemon.settled()
    assert len(late) == 1


def test_one_dead_address_keeps_nobody_from_hearing(world, relays):
    relay = relays()
    relay.behave(recipients={"gone@example.com": ["550 5.1.1 no such user"] * 9})
    begin(world, relay, 'tls = "none"', '["gone@example.com", "ops@example.com"]')
    until(lambda: relay.taken("ops@example.com"), 10, "the open")
    world.daemon.settled()
    number = world.daemon.incidents()[0]["id"]
    assert "1 of 2 have it" in world.daemon.story(number), world.daemon.story(number)


def test_a_relay_that_refuses_the_message_is_stood_in_for(world, relays):
    relay = relays()
    relay.behave(after="554 5.6.0 not this")
    begin(world, relay, 'tls = "none"\nfallback = ["chat"]')
    until(lambda: world.receivers.chats(), 10, "the stand-in in chat")
    assert len(relay.mails) == 1, "a permanent no is not tried again"


def test_an_answer_that_is_lost_is_asked_for_again_with_the_same_id(world, relays):
    relay = relays()
    relay.behave(after="451 4.3.0 try again")
    begin(world, relay)
    until(lambda: len(relay.mails) >= 2, 15, "two attempts")
    relay.behave(after="")
    until(lambda: relay.taken(), 15, "it is taken")
    assert len({one["message"]["Message-ID"] for one in relay.mails}) == 1
