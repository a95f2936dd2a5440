#!/usr/bin/env python3
"""Slack, PagerDuty and a webhook sink, for tests: refuses what the real ones refuse, writes down
every request, and misbehaves on command.

    receiver_server.py --log FILE [--port N] [--api-token T] [--signing-secret whsec_...]

Listens on 127.0.0.1 (a free port unless told) and prints the port as its first line.

    POST /services/...   a Slack incoming webhook
    POST /api/chat.*     Slack's Web API, with --bot-token: postMessage and update, in the channels
                         #alerts (C0ALERTS) and #archived (C0ARCHIVE, archived)
    POST /v2/enqueue     PagerDuty Events API v2
    POST /v2/change/enqueue  the same for changes
    GET  /incidents      PagerDuty REST API, for acknowledgements
    POST /api/webhooks/, /ntfy, /bot..., /workflows/, /jsm/alerts, /api/v1/endpoints/: Discord, ntfy,
                         Telegram, Teams, Jira Service Management Operations and Gatus, as
                         chat_services.py judges them
    POST /hook...        a webhook sink that verifies Standard Webhooks 1.0.0 signatures

    POST /_control       {"mode": M, "count": N, "retry_after": S, "service": NAME, "accept": BOOL}
                         M: "ok", "400", "404", "410", "429", "429-date", "500", "503", "timeout",
                         "reset", "drip", "redirect", "ok-false", or "ok-false:WORD" for Slack's
                         error WORD. For the next N requests (without N: until told otherwise) of
                         that service ("slack", "chat.postMessage", "chat.update", "pagerduty",
                         "api", "webhook"; without it: of all). With "accept" (the default for timeout,
                         reset and drip) the service takes the request, and only its answer is lost.
    POST /_acknowledge   {"dedup_key": K, "by": NAME}: somebody acknowledges in PagerDuty
    POST /_delete        {"ts": TS}: somebody deletes a message in Slack
    GET  /_state         {"alerts": PagerDuty's alerts by key, "requests": how many by service,
                         "messages": those in Slack's channels by ts}

Each line of the log is a JSON object: number, mono (CLOCK_MONOTONIC), boot (CLOCK_BOOTTIME), wall,
service, method, path, headers, body (parsed where it is JSON), mode, status (null where no answer
was given), accepted, effect (what it did there), problems (why it was refused).
"""

import argparse
import base64
import binascii
import email.utils
import hmac
import http.server
import itertools
import json
import re
import socket
import struct
import sys
import threading
import time

import chat_services
import pagerduty_service
import slack_service

ANSWER_LOST = ("timeout", "reset", "drip")


class Mode:
    """How the next requests of a service are treated."""

    def __init__(self, name="ok", count=None, retry_after=1, accept=None):
        self.name = name
        self.count = count
        self.retry_after = retry_after
        self.accept = name in ANSWER_LOST + ("ok",) if accept is None else accept

    def spent(self):
        if self.count is None:
            return False
        self.count -= 1
        return self.count < 0


class World:
    """What the services remember; one lock guards all of it."""

    def __init__(self, log, api_token, signing_secret, bot_token):
        self.bot_token = bot_token
        self.messages = {}
        self.posts = itertools.count(1)
        self.lock = threading.Lock()
        self.log = log
        self.api_token = api_token
        self.signing_secret = signing_secret
        self.modes = {}
        self.alerts = {}
        self.webhook_ids = set()
        self.counts = {}
        self.number = 0

    def mode(self, service):
        for name in (service, "all"):
            mode = self.modes.get(name)
            if mode is None:
                continue
            if not mode.spent():
                return mode
            del self.modes[name]
        return Mode()

    def write(self, entry):
        self.number += 1
        service = entry["service"]
        self.counts[service] = self.counts.get(service, 0) + 1
        self.log.write(json.dumps({"number": self.number, **entry}, ensure_ascii=False) + "\n")
        self.log.flush()


def stamp():
    return {
        "mono": time.monotonic(),
        "boot": time.clock_gettime(time.CLOCK_BOOTTIME),
        "wall": time.time(),
    }


# ---- a sink of Standard Webhooks -----------------------------------------------------------------


def webhook(world, headers, raw, accept):
    message_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    problems = []
    if not message_id or "." in message_id:
        problems.append("webhook-id is missing or holds a dot")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > 300:
        problems.append("webhook-timestamp is missing or too far off")
    if len(raw) >= 20_480:
        problems.append("body of 20 kB or more")
    if world.signing_secret:
        try:
            key = base64.b64decode(world.signing_secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            key = b""
        signed = message_id.encode() + b"." + stamp.encode() + b"." + raw
        expected = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        given = headers.get("webhook-signature", "").split(" ")
        if not any(hmac.compare_digest(expected, one) for one in given):
            problems.append("no signature that fits")
    if problems:
        return 401, "refused", None, problems
    effect = "taken again" if message_id in world.webhook_ids else "taken"
    if accept:
        world.webhook_ids.add(message_id)
    return 204, "", effect, []


# ---- the server ----------------------------------------------------------------------------------

LIMITED = '{"ok":false,"error":"ratelimited"}'
ERROR_WORDS = {
    "chat.postMessage": {429: LIMITED},
    "chat.update": {429: LIMITED},
    "telegram": {429: '{"ok":false,"error_code":429,"parameters":{"retry_after":11}}'},
    "discord": {429: '{"message":"You are being rate limited.","retry_after":3.5,"global":false}'},
    "slack": {400: "invalid_payload", 404: "no_service", 410: "channel_is_archived", 429: "rate_limited", 500: "rollup_error"},
    "pagerduty": {400: json.dumps({"status": "invalid event", "message": "Event object is invalid", "errors": ["as told"]})},
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "receivers"

    def log_message(self, *_):
        pass

    @property
    def world(self):
        return self.server.world

    def service(self):
        if self.command == "POST" and self.path.startswith("/services/"):
            return "slack"
        if self.command == "POST" and self.path in ("/api/chat.postMessage", "/api/chat.update"):
            return self.path.removeprefix("/api/")
        if self.command == "POST" and self.path == "/v2/enqueue":
            return "pagerduty"
        if self.command == "POST" and self.path == "/v2/change/enqueue":
            return "change"
        if self.command == "GET" and self.path.split("?")[0] == "/incidents":
            return "api"
        if self.command == "POST" and self.path.startswith("/hook"):
            return "webhook"
        return chat_services.service_of(self.path) if self.command == "POST" else None

    def handle_request(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        arrived = stamp()
        if self.path.startswith("/_"):
            self.control(raw)
            return
        service = self.service()
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = raw.decode("utf-8", "replace")
        with self.world.lock:
            mode = self.world.mode(service or "unknown")
            status, answer, effect, problems = self.judge(service, raw, body, mode)
            status, answer, headers = self.misbehave(service, mode, status, answer, raw)
            self.world.write(
                {
                    **arrived,
                    "service": service or "unknown",
                    "method": self.command,
                    "path": self.path,
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "body": body,
                    "mode": mode.name,
                    "status": None if mode.name in ("timeout", "reset") else status,
                    "accepted": effect is not None and mode.accept,
                    "effect": effect if mode.accept else None,
                    "problems": problems,
                }
            )
        self.answer(mode, status, answer, headers)

    def judge(self, service, raw, body, mode):
        if service == "slack":
            return slack_service.webhook(body)
        if service in slack_service.ARGUMENTS:
            return slack_service.api(self.world, service, self.headers, body, mode.accept)
        if service == "pagerduty":
            return pagerduty_service.event(self.world, body, len(raw), mode.accept)
        if service == "change":
            return pagerduty_service.change(self.world, body, len(raw), mode.accept)
        if service == "api":
            return pagerduty_service.incidents(self.world, self.path, self.headers)
        if service == "webhook":
            return webhook(self.world, self.headers, raw, mode.accept)
        if service is not None:
            return chat_services.judge(service, self.path, self.headers, body, len(raw))
        return 404, "not found", None, ["no such address"]

    def misbehave(self, service, mode, status, answer, raw):
        """What is answered instead, as the mode says."""
        headers = {}
        if mode.name in ("ok",) + ANSWER_LOST:
            return status, answer, headers
        if mode.name == "redirect":
            headers["Location"] = f"http://localhost:{self.server.server_port}/_elsewhere"
            return 302, "", headers
        if mode.name.startswith("ok-false"):
            return 200, {"ok": False, "error": mode.name.partition(":")[2] or "as told"}, headers
        code = int(mode.name.split("-")[0])
        if mode.name.endswith("-quoted"):
            return code, "cannot open " + re.search(rb"/ack/[^\"\\\\]+", raw).group().decode(), headers
        if mode.name == "429-date":
            headers["Retry-After"] = email.utils.formatdate(time.time() + mode.retry_after, usegmt=True)
        elif code in (429, 503) and service != "telegram":
            headers["Retry-After"] = str(mode.retry_after)
        return code, ERROR_WORDS.get(service, {}).get(code, "as told"), headers

    def answer(self, mode, status, body, headers):
        if mode.name == "timeout":
            self.wait_for_their_end()
            self.close_connection = True
            return
        if mode.name == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        payload = json.dumps(body).encode() if isinstance(body, dict) else body.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if mode.name == "drip":
            self.drip(payload)
        elif status != 204:
            self.wfile.write(payload)

    def drip(self, payload):
        try:
            for at in range(len(payload)):
                time.sleep(1)
                self.wfile.write(payload[at : at + 1])
                self.wfile.flush()
        except OSError:
            self.close_connection = True

    def wait_for_their_end(self):
        try:
            while self.connection.recv(4096):
                pass
        except OSError:
            pass

    def control(self, raw):
        world = self.world
        said = json.loads(raw) if raw else {}
        status, body = 200, {}
        with world.lock:
            if self.path == "/_control":
                mode = Mode(said["mode"], said.get("count"), said.get("retry_after", 1), said.get("accept"))
                if said.get("service") is None:
                    world.modes.clear()
                world.modes[said.get("service") or "all"] = mode
            elif self.path == "/_acknowledge":
                alert = world.alerts.get(said["dedup_key"])
                if alert is None or alert["status"] == "resolved":
                    status, body = 404, {"error": "no open alert of this key"}
                else:
                    alert["status"] = "acknowledged"
                    alert["acknowledged_by"] = {"type": "user_reference", "summary": said["by"]}
            elif self.path == "/_delete":
                if world.messages.pop(said["ts"], None) is None:
                    status, body = 404, {"error": "no such message"}
            elif self.path == "/_state":
                body = {"alerts": world.alerts, "requests": world.counts, "messages": world.messages,
                        "connections": self.server.connections}
            else:
                status, body = 404, {"error": "no such address"}
                world.write({**stamp(), "service": "elsewhere", "method": self.command, "path": self.path})
        self.answer(Mode(), status, body, {})

    do_GET = handle_request
    do_POST = handle_request


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    connections = 0  # accepted in the order in which they came, this far not ended
    counting = threading.Lock()

    def process_request(self, request, client_address):
        with self.counting:
            self.connections += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self.counting:
                self.connections -= 1

    def handle_error(self, request, client_address):
        """A client that dies while it is answered is nothing to tell."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    parser = argparse.ArgumentParser(description="Slack, PagerDuty and a webhook sink for tests")
    parser.add_argument("--log", required=True, help="file for a JSON line per request")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--api-token", default="api-token")
    parser.add_argument("--signing-secret", default="")
    parser.add_argument("--bot-token", default="xoxb-bot-token")
    options = parser.parse_args()
    with open(options.log, "a", encoding="utf-8") as log:
        server = Server(("127.0.0.1", options.port), Handler)
        server.world = World(log, options.api_token, options.signing_secret, options.bot_token)
        print(server.server_port, flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.exit(0)


if __name__ == "__main__":
    main()
