"""The dead man's switch, at a service that takes pings as healthchecks does."""

import http.server
import threading
import uuid

import pytest

from harness import until
from test_storage import locked


class Healthchecks:
    """One check: success, /fail and /log by its uuid, 404 to any other."""

    def __init__(self):
        self.uuid = str(uuid.uuid4())
        self.pings = []  # (kind, body)
        self.status = 200
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/{self.uuid}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def next(self, kind, words=""):
        """The body of the first ping of this kind from now on that has these words."""
        mark = len(self.pings)
        found = until(lambda: [body for what, body in self.pings[mark:] if what == kind and words in body], 20,
                      lambda: f"a ping {kind} with {words!r}, but {self.pings[mark:]}")
        return found[0]

    def _handler(service):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                kinds = {f"/{service.uuid}{end}": kind
                         for end, kind in (("", "success"), ("/fail", "fail"), ("/log", "log"))}
                status = service.status if self.path in kinds else 404
                if status == 200:
                    service.pings.append((kinds[self.path], body))
                answer = b"OK" if status == 200 else b"not found"
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        return Handler


@pytest.fixture
def healthchecks():
    made = Healthchecks()
    yield made
    made.close()


def begin(world, healthchecks, more=""):
    daemon = world.daemon
    daemon.configure(
        daemon.basics().replace("[source.tocsin]\nenabled = false", '[source.tocsin]\nevery = "1s"')
        + daemon.tuning(fallback_after="1s") + daemon.tellers() + daemon.policy([(1, "0s", "chat")]) + daemon.rule(more)
        + f'[heartbeat]\nurl = "{daemon.secret("healthchecks", healthchecks.url)}"\nevery = "1s"\n')
    daemon.start()
    healthchecks.next("success")


def test_it_is_pinged_while_all_moves_on(world, healthchecks):
    begin(world, healthchecks)
    for _ in range(2):
        healthchecks.next("success")
    assert {kind for kind, _ in healthchecks.pings} == {"success"}
    assert "tocsin_heartbeat_well 1" in world.daemon.metrics()


def test_targets_that_all_fail_are_told_with_the_reason(world, healthchecks):
    begin(world, healthchecks)
    world.target.manner = "html"
    assert "prometheus.app" in healthchecks.next("fail", "no target answers")
    world.target.manner = "well"
    healthchecks.next("success")


def test_storage_that_hangs_is_told(world, healthchecks):
    begin(world, healthchecks)
    with locked(world.folder):
        world.target.value = 93
        healthchecks.next("fail", "storage does not record")
    healthchecks.next("success")


@pytest.mark.parametrize("answer, words", [("410", "refuses"), ("503", "has taken nothing")])
def test_a_receiver_that_takes_no_notice_is_told_until_it_does(world, healthchecks, answer, words):
    begin(world, healthchecks)
    world.receivers.behave(answer, "slack", accept=False)
    world.target.value = 93
    healthchecks.next("fail", f"receiver chat {words}")
    world.receivers.behave("ok")
    world.daemon.cli("notify", "--test", "chat", code=0)
    healthchecks.next("success")


def test_a_heartbeat_that_cannot_be_sent_is_an_alert_of_its_own(world, healthchecks):
    begin(world, healthchecks, """
[rule.HeartbeatUnsent]
expr = "tocsin_heartbeat_unsent_consecutive"
above = 2
policy = "production"
""")
    healthchecks.status = 404
    chat = until(world.receivers.chats, 20, "told")[0]
    assert "HeartbeatUnsent" in str(chat["body"])
    assert "a ping was not taken: HTTP 404" in world.daemon.log()
    assert healthchecks.uuid not in world.daemon.log(), "the URL is a secret"
    healthchecks.status = 200
    until(lambda: len(world.receivers.chats()) >= 2, 20, "closed")


def test_a_reload_can_add_and_remove_it(world, healthchecks):
    daemon = world.daemon
    begin(world, healthchecks)
    text = (daemon.config / "tocsin.toml").read_text()
    daemon.configure(text.split("[heartbeat]")[0])
    daemon.cli("reload", code=0)
    assert "tocsin_heartbeat" not in daemon.metrics()
    daemon.configure(text)
    daemon.cli("reload", code=0)
    healthchecks.next("success")
