"""The HTTP probe against a real nginx, and the shipped rules on it."""

import json

import pytest

from evidence import Driven
from harness import ROOT, until
from servers import Nginx, shown, value


@pytest.fixture
def nginx(world):
    server = Nginx(world.folder)
    yield server
    server.stop()


def probing(daemon, nginx, more=""):
    return "console_only = true\n" + daemon.basics() + f"""
[packs]
enable = ["application"]
path = "{ROOT}/rules"
[source.http.api]
url = "https://localhost:{nginx.tls_port}/health"
every = "1s"
timeout = "900ms"
ca_file = "{nginx.certificate}"
values = {{ queue_length = "/queue/length" }}
expect = {{ status = 200, json = {{ "/status" = "ok" }} }}
{more}
"""


@pytest.mark.evidence
def test_availability_falls_and_is_told_and_returns(world, nginx):
    """A4: below 99.9 % of the hour, and a failure in the last five minutes (here: two seconds)."""
    daemon, receivers = world.daemon, world.receivers
    daemon.configure(probing(daemon, nginx) + daemon.tuning(warm_up_at_most="1s") + daemon.tellers()
                     + daemon.policy([(1, "0s", "chat")]) + """
[override.ApiUnavailable]
policy = "production"
expr = '''
  (avg_over_time(probe_success[1m]) and min_over_time(probe_success[2s]) < 1)
or min_over_time(probe_success[2s])
'''
""")
    daemon.start()
    until(lambda: value(daemon, "probe_success") == 1, 20, "the service is there")
    assert value(daemon, "queue_length") == 7
    assert daemon.named("rules", "ApiUnavailable")["state"] == "inactive"
    phases = {one["metric"]["phase"]: float(one["value"][1]) for one in shown(daemon, "probe_http_duration_seconds")}
    assert set(phases) == {"resolve", "connect", "tls", "processing", "transfer"}
    assert phases["tls"] > 0
    days = value(daemon, "(probe_ssl_earliest_cert_expiry - time()) / 86400")
    assert 9 < days <= 10
    assert shown(daemon, "probe_tls_version_info")[0]["metric"]["version"] == "TLS 1.3"
    until(lambda: daemon.named("rules", "CertificateExpires")["state"] == "firing", 10, "ten days are too few")

    driven = Driven(daemon, "A4", "nginx answers its probe with 503")
    nginx.health(503, '{"status":"down"}')
    nginx.restart()
    driven.fired()
    chat = json.dumps(until(lambda: [c for c in receivers.chats() if "probes" in json.dumps(c)], 20, "told"))
    assert "api answered" in chat
    assert until(lambda: (d := daemon.named("targets", "http.api")["detail"]).startswith("status 503") and d, 10, "why")
    assert daemon.named("targets", "http.api")["answered"], "a service that is down is measured, not unknown"

    nginx.health(200, '{"status":"ok","queue":{"length":8}}')
    nginx.restart()
    driven.well()
    until(lambda: value(daemon, "queue_length") == 8, 10, "the new value")
    assert receivers.problems() == []


def test_the_reason_is_in_the_notice(world, nginx):
    daemon, receivers = world.daemon, world.receivers
    nginx.health(503, "database is down")
    nginx.restart()
    daemon.configure(probing(daemon, nginx) + daemon.tuning(warm_up_at_most="1s") + daemon.tellers()
                     + daemon.policy([(1, "0s", "chat")]) + '[override.ApiUnavailable]\npolicy = "production"\n')
    daemon.start()
    chat = until(lambda: [c for c in receivers.chats() if "probes" in json.dumps(c)], 20, "told")
    assert "http.api: status 503, expected 200: database is down" in json.dumps(chat)


TROUBLES = {
    "nobody": ('url = "http://127.0.0.1:1/"', "refused", "could not connect to 127.0.0.1:1"),
    "stranger": ('url = "https://localhost:{tls}/health"', "tls_failed", "self-signed certificate"),
    "not-tls": ('url = "https://localhost:{plain}/health"', "tls_failed", "TLS with localhost"),
    "gone": ('url = "http://127.0.0.1:{plain}/gone"', "bad_status", "status 404, expected 2xx"),
    "forbidden": ('url = "http://127.0.0.1:{plain}/secret"\nheaders = {{ "X-Api-Key" = "{wrong}" }}', "bad_status",
                  "status 403"),
    "moved": ('url = "http://127.0.0.1:{plain}/moved"\nfollow_redirects = false', "bad_status", "status 301"),
    "body": ('url = "http://127.0.0.1:{plain}/health"\nexpect = {{ matches = "all well" }}', "no_match",
             "nothing in the body matches"),
    "json": ('url = "http://127.0.0.1:{plain}/health"\nexpect = {{ json = {{ "/status" = "up" }} }}', "bad_json",
             "/status is"),
    "ip6": ('url = "http://localhost:{plain}/health"\nip_protocol = "ip6"', "refused", "could not connect"),
    "hangs": ('url = "http://127.0.0.1:{deaf}/"', "timed_out", "did not answer within 500ms"),
}


def test_each_trouble_has_its_name_and_secrets_have_none(world, nginx):
    daemon = world.daemon
    deaf = __import__("socket").create_server(("127.0.0.1", 0))
    right, wrong = daemon.secret("api-key", "open-sesame"), daemon.secret("wrong-key", "sesame-closed")
    text = "console_only = true\n" + daemon.basics()
    for name, (lines, _, _) in TROUBLES.items():
        lines = lines.format(tls=nginx.tls_port, plain=nginx.port, wrong=wrong, deaf=deaf.getsockname()[1])
        text += f'[source.http.{name}]\nevery = "1s"\ntimeout = "500ms"\n{lines}\n'
    text += f"""
[source.http.welcome]
url = "http://127.0.0.1:{nginx.port}/secret"
every = "1s"
headers = {{ "X-Api-Key" = "{right}" }}
expect = {{ contains = "welcome" }}
[source.http.followed]
url = "http://127.0.0.1:{nginx.port}/moved"
every = "1s"
"""
    daemon.configure(text)
    daemon.start()
    for name, (_, reason, words) in TROUBLES.items():
        reasons = lambda: [one["metric"]["reason"] for one in shown(daemon, f'probe_failure_info{{job="{name}"}}')]
        # On a busy machine any of them may once not have been answered in time.
        until(lambda: reasons() == [reason] and words in daemon.named("targets", f"http.{name}")["detail"], 20,
              lambda: f"{name}: {reasons()}, {daemon.named('targets', f'http.{name}')}")
        assert value(daemon, f'probe_success{{job="{name}"}}') == 0
    until(lambda: value(daemon, 'probe_success{job="welcome"}') == 1, 10, "the key opens")
    until(lambda: value(daemon, 'probe_http_redirects{job="followed"}') == 1, 10, "one redirect")
    assert value(daemon, 'probe_success{job="followed"}') == 1
    told = daemon.log() + daemon.metrics() + daemon.cli("status", "--json").stdout + daemon.cli("check").stdout
    assert "sesame" not in told.replace(str(world.folder), "")
    deaf.close()
