"""What the end-to-end tests stand on: the real daemon, a target that they can turn sick, and the
receivers' stand-in. Everything listens on free loopback ports, lives in a folder of its own under
the temporary folder, and ends with the test."""

import base64
import contextlib
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROUTING_KEY = "0123456789abcdef0123456789abcdef"
API_TOKEN = "api-token"
SIGNING_SECRET = "whsec_" + base64.b64encode(b"twenty-four bytes and more").decode()


def until(probe, within, what):
    """The first true answer of `probe`; fails with `what` when there is none in time."""
    end = time.monotonic() + within
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def boot_now():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(url, timeout=10, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=timeout) as answer:
        return answer.read().decode(), answer.headers


def end_process(process, with_signal=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(with_signal)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Target:
    """An application with one gauge, `load_gauge`, and a manner of answering."""

    def __init__(self):
        self.value = 1.0
        self.more = ""  # exposition text beside the gauge
        self.manner = "well"
        self.asked = 0  # how often
        self.answered = []  # (boot time at the end of the answer, value)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/metrics"
        self.stopping = threading.Event()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def asked_again(self, times):
        """Waits until it has been asked so many times more: the daemon has gone on so far."""
        wanted = self.asked + times
        until(lambda: self.asked >= wanted, 10 + 2 * times, f"asked {times} times more")

    def close(self):
        self.manner = "gone"  # for connections that are kept alive
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def _handler(target):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def _send(self, kind, body, length=None):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()

            def do_GET(self):
                target.asked += 1
                with contextlib.suppress(OSError):
                    self._answer(target.manner, target.value)

            def _answer(self, manner, value):
                text = "text/plain; version=0.0.4; charset=utf-8"
                body = (
                    "# HELP load_gauge How busy it is.\n# TYPE load_gauge gauge\n"
                    f'load_gauge{{zone="a"}} {value}\n' + target.more
                ).encode()
                if manner == "well":
                    self._send(text, body)
                    target.answered.append((boot_now(), value))
                elif manner == "stall":
                    self._send(text, body[:-4], len(body))
                    target.stopping.wait(30)
                elif manner == "garbage":
                    self._send(text, b"\x00\xff{{{ this is no metric\n")
                elif manner == "html":
                    self._send("text/html; charset=utf-8", b"<!doctype html><title>Sign in</title>\n")
                elif manner == "endless":
                    self.send_response(200)
                    self.send_header("Content-Type", text)
                    self.end_headers()
                    while not target.stopping.is_set():
                        self.wfile.write(b"# nothing but comments, and they never end\n" * 1000)
                elif manner == "error":
                    self.send_error(500)
                elif manner == "gone":
                    self.close_connection = True

        return Handler


class Receivers:
    """Slack, PagerDuty and a webhook sink (tests/support/receiver_server.py)."""

    def __init__(self, folder):
        self.log = folder / "receivers.jsonl"
        self.log.touch()
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/support/receiver_server.py"), "--log", str(self.log),
             "--api-token", API_TOKEN, "--signing-secret", SIGNING_SECRET],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.base = f"http://127.0.0.1:{self.port}"

    def close(self):
        end_process(self.process)
        self.process.stdout.close()

    def _post(self, path, body):
        request = urllib.request.Request(self.base + path, json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def behave(self, mode, service=None, **more):
        said = {"mode": mode, **more}
        if service is not None:
            said["service"] = service
        self._post("/_control", said)

    def acknowledge(self, key, by):
        self._post("/_acknowledge", {"dedup_key": key, "by": by})

    def requests(self, service=None):
        lines = self.log.read_text(encoding="utf-8").splitlines()
        entries = [json.loads(line) for line in lines]
        return [e for e in entries if service is None or e["service"] == service]

    def events(self, action=None):
        """What PagerDuty took."""
        taken = [e for e in self.requests("pagerduty") if e["accepted"]]
        return [e for e in taken if action is None or e["body"]["event_action"] == action]

    def chats(self):
        """What Slack took, as text."""
        return [e for e in self.requests("slack") if e["accepted"]]

    def problems(self):
        return [(e["service"], e["problems"]) for e in self.requests() if e.get("problems")]

    def all_is_read(self):
        """Nobody but who asks is connected: what was sent by one that is dead has been noted."""
        return json.loads(fetch(self.base + "/_state")[0])["connections"] == 1

    def open_alerts(self):
        alerts = json.loads(fetch(self.base + "/_state")[0])["alerts"]
        return {key: alert for key, alert in alerts.items() if alert["status"] != "resolved"}


class Daemon:
    def __init__(self, binary, folder, target, receivers):
        self.binary = binary
        self.folder = folder
        self.target = target
        self.receivers = receivers
        self.config = folder / "config"
        self.config.mkdir()
        self.socket = folder / "control.sock"
        self.log_path = folder / "daemon.log"
        self.process = None
        self.port = None
        self.run_inside = lambda *words: list(words)  # what the daemon's command line is wrapped in

    def configure(self, text, name="tocsin.toml"):
        (self.config / name).write_text(text, encoding="utf-8")

    def launch(self, **environment):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.run_inside(str(self.binary), "--config", str(self.config), "run"),
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **environment})

    def start(self, **environment):
        mark = self.log_path.stat().st_size if self.log_path.exists() else 0
        self.launch(**environment)

        def listening():
            if self.process.poll() is not None:
                raise AssertionError("the daemon ended:\n" + self.log())
            text = self.log_path.read_bytes()[mark:].decode("utf-8", "replace")
            return re.search(r"listening on \S*?(?::0 \(port |:(?=[1-9]))(\d+)", text)

        self.port = int(until(listening, 30, lambda: "it listens\n" + self.log()).group(1))
        return self

    def kill(self):
        """As a crash would end it."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        end_process(self.process)

    def close(self):
        if self.process is not None:
            end_process(self.process)

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def ask(self, method, target, body=None):
        """The control socket, without the command line: (status, answer)."""
        connection = http.client.HTTPConnection("localhost", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self.socket))
        with contextlib.closing(connection):
            connection.request(method, target, json.dumps(body or {}))
            answer = connection.getresponse()
            return answer.status, json.load(answer)

    def hang_up(self):
        self.process.send_signal(signal.SIGHUP)

    def cli(self, *words, code=None):
        run = subprocess.run(
            [str(self.binary), "--config", str(self.config), *words],
            capture_output=True, text=True, timeout=60)
        if code is not None:
            assert run.returncode == code, f"{words}: {run.returncode}\n{run.stdout}\n{run.stderr}"
        return run

    def status(self):
        return json.loads(self.cli("status", "--json").stdout)

    def settled(self):
        """Nothing is under way: the answers are in, and recorded."""

        def quiet():
            status = self.status()
            return status["totals"]["outbox"] == 0 and status["storage"]["steps_uncommitted"] == 0

        until(quiet, 10, "nothing is under way")

    def named(self, kind, name):
        return next(one for one in self.status()[kind] if one["name"] == name)

    def incidents(self, *words):
        answer = json.loads(self.cli("incidents", "--json", *words).stdout)
        return answer["incidents"] if isinstance(answer, dict) else answer

    def story(self, incident):
        return self.cli("incidents", "show", str(incident)).stdout

    def metrics(self):
        return fetch(f"http://127.0.0.1:{self.port}/metrics")[0]

    def page(self):
        """The status page."""
        return fetch(f"http://127.0.0.1:{self.port}/")[0]

    # ── the configuration that most tests share ──

    def basics(self, every="1s"):
        return f"""
[host]
name = "end-to-end"
[listen]
address = "127.0.0.1:0"
[control]
socket = "{self.socket}"
[storage]
path = "{self.folder}/state"
[source.host]
enabled = false
[source.tocsin]
enabled = false
[source.prometheus.app]
url = "{self.target.url}"
every = "{every}"
timeout = "500ms"
"""

    def tuning(self, **figures):
        with_defaults = {"retry_first": "200ms", "retry_most": "1s", "poll_every": "500ms",
                         "poll_before": "300ms", "reopen_within": "0s", **figures}
        return "[tuning]\n" + "".join(
            f"{name} = {json.dumps(value)}\n" for name, value in with_defaults.items())

    def secret(self, name, content):
        """A file that holds it, as the configuration refers to it."""
        path = self.folder / name
        path.write_text(content + "\n")
        path.chmod(0o600)
        return f"file:{path}"

    def tellers(self, fallback="[]", chat_fallback="[]"):
        base = self.receivers.base
        return f"""
[receiver.chat]
kind = "slack"
webhook = "{self.secret('webhook', base + '/services/T0/B0/secret-path')}"
fallback = {chat_fallback}
[receiver.on-call]
kind = "pagerduty"
routing_key = "{self.secret('routing-key', ROUTING_KEY)}"
url = "{base}"
api_url = "{base}"
api_token = "{self.secret('api-token', API_TOKEN)}"
wakes = true
fallback = {fallback}
[receiver.hook]
kind = "webhook"
url = "{self.secret('hook', base + '/hook')}"
signing_secret = "{self.secret('signing-secret', SIGNING_SECRET)}"
"""

    def policy(self, levels, repeat="10m", more=""):
        """`levels`: (level, after, receiver) each."""
        text = f'[policy.production]\nrepeat = "{repeat}"\n{more}\n'
        for level, after, to in levels:
            text += f'[[policy.production.notify]]\nlevel = {level}\nafter = "{after}"\nto = ["{to}"]\n'
        return text

    def rule(self, more=""):
        return f"""
[rule.GaugeHigh]
expr = "load_gauge"
above = "80"
severity = "critical"
impact = "high"
policy = "production"
summary = "load is {{{{value}}}} in zone {{{{labels.zone}}}} ({{{{threshold}}}})"
runbook = "https://runbooks.example.com/gauge"
{more}
"""


def levels():
    """Level 1 in chat at once, level 2 at the pager after 5 s, level 3 there after 10 s."""
    return [(1, "0s", "chat"), (2, "5s", "on-call"), (3, "10s", "on-call")]


class World:
    def __init__(self, binary):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-e2e-"))
        self.target = Target()
        self.receivers = Receivers(self.folder)
        self.daemon = Daemon(binary, self.folder, self.target, self.receivers)

    def close(self, keep=False):
        self.daemon.close()
        self.receivers.close()
        self.target.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def find_binary(build=None):
    build = build or os.environ.get("TOCSIN_BUILD") or str(ROOT / "build/debug")
    binary = pathlib.Path(build).resolve() / "tocsin"
    return binary if binary.is_file() and os.access(binary, os.X_OK) else None
