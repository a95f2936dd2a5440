#!/usr/bin/env python3
"""A relay for the tests, on aiosmtpd: STARTTLS or TLS, AUTH, and refusals on command.

It prints its port, then a JSON line for each mail that it took; a line on standard input is a JSON
object that sets how it behaves from then on:
  {"recipients": {"ops@example.com": ["451 4.7.1 come back later", …]}}
                    replies to RCPT TO, one after the other; then it is accepted
  {"after": "554 5.6.0 not this"}
                    the reply to the message itself, until it is set to ""
"""

import argparse
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Relay:
    def __init__(self, password):
        self.password = password
        self.recipients = {}
        self.after = ""

    def behave(self, how):
        self.recipients.update(how.get("recipients", {}))
        self.after = how.get("after", self.after)

    def authenticate(self, _server, _session, _envelope, _mechanism, data):
        right = data.login == b"tocsin" and data.password.decode() == self.password
        return AuthResult(success=right, handled=right)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        waiting = self.recipients.get(address, [])
        if waiting:
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({"to": envelope.rcpt_tos, "from": envelope.mail_from,
                          "tls": server.transport.get_extra_info("ssl_object") is not None,
                          "authenticated": bool(session.authenticated),
                          "accepted": not self.after,
                          "content": envelope.content.decode("ascii", "backslashreplace")}), flush=True)
        return self.after or "250 2.0.0 queued"


def protocol(relay, tls, context):
    return SMTP(relay, hostname="relay.example.com",
                authenticator=relay.authenticate if relay.password else None,
                auth_required=bool(relay.password),
                tls_context=context if tls == "starttls" else None,
                require_starttls=tls == "starttls",
                auth_require_tls=tls == "starttls")


async def serve(given):
    relay = Relay(given.password)
    context = None
    if given.tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.certificate, given.key)
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(relay, given.tls, context), "127.0.0.1", 0,
        ssl=context if given.tls == "tls" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        relay.behave(json.loads(line))
        print(json.dumps({"behaves": True}), flush=True)
    server.close()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tls", choices=["starttls", "tls", "none"], default="none")
    arguments.add_argument("--certificate")
    arguments.add_argument("--key")
    arguments.add_argument("--password", default="")
    asyncio.run(serve(arguments.parse_args()))


if __name__ == "__main__":
    main()
