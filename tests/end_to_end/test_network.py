"""Echo requests, TCP connections, name servers and the uplink, against a TUN device and servers of the test's own."""

import os
import re
import socket
import struct
import subprocess
import threading

import pytest

from evidence import Driven
from harness import ROOT, end_process, free_port, until
from namespace import Namespace
from servers import answering, needs, shown, value

TOLD = 20


@pytest.fixture
def space(world):
    space = Namespace()
    world.daemon.run_inside = space.inside
    yield space
    world.daemon.close()
    space.close()


def watching(daemon, *sections, packs=("infrastructure",)):
    """Figures of a second instead of five minutes; the stand-in application is out of reach, and not watched."""
    names = ", ".join(f'"{pack}"' for pack in packs)
    basics = daemon.basics().split("[source.prometheus.app]")[0]
    return "console_only = true\n" + basics + f"""
[packs]
enable = [{names}]
path = "{ROOT}/rules"
[tuning]
warm_up_at_most = "1s"
reopen_within = "0s"
""" + "\n".join(sections)


GATEWAY = """
[source.ping.gateway]
address = "10.99.0.2"
every   = "1s"
timeout = "900ms"
spacing = "20ms"
"""


def state(daemon, rule):
    return daemon.named("rules", rule)["state"]


@pytest.mark.evidence
def test_replies_that_are_150_ms_late_are_told_and_prompt_ones_resolve_it(world, space):
    """I4, driven: the TUN device holds each reply back."""
    daemon = world.daemon
    space.allow_datagrams(True)
    daemon.configure(watching(daemon, GATEWAY, '[override.NetworkLatencyHigh]\nevery = "1s"\n'))
    daemon.start()
    until(lambda: value(daemon, "ping_up") == 1, TOLD, daemon.log)
    assert shown(daemon, "ping_method_info")[0]["metric"]["method"] == "icmp-datagram"
    assert "echo requests by an unprivileged datagram socket" in daemon.log()
    until(lambda: value(daemon, 'ping_rtt_seconds{quantile="1"}') < 0.1, TOLD, "prompt replies")
    assert state(daemon, "NetworkLatencyHigh") == "inactive"
    driven = Driven(daemon, "I4", "echo replies held back for 150 ms by a TUN device")
    space.manner(delay=0.15)
    driven.fired()
    measured = lambda: value(daemon, 'ping_rtt_seconds{quantile="0.5"}')
    until(lambda: 0.15 <= measured() < 0.17, TOLD, measured)
    told = until(lambda: re.search(r"10\.99\.0\.2 \(gateway\) is (\d+)", daemon.log()), TOLD, daemon.log)
    assert 150 <= int(told[1]) < 250, told[0]
    space.manner(delay=0.01)
    driven.well()
    until(lambda: "CLOSED" in daemon.log(), TOLD, "the close is told")


@pytest.mark.parametrize("privilege, method", [("raw", "icmp-raw"), ("none", "tcp-connect")])
def test_without_datagram_sockets_there_is_another_way_and_a_line_says_so(world, space, privilege, method):
    daemon = world.daemon
    space.allow_datagrams(False)
    if privilege == "none":
        daemon.run_inside = lambda *words: space.inside("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw",
                                                        *words)
    port = free_port()
    daemon.configure(watching(daemon, f"""
[source.ping.here]
address = "127.0.0.1"
port    = {port}
every   = "1s"
timeout = "900ms"
spacing = "10ms"
"""))
    daemon.start()
    until(lambda: value(daemon, "ping_up") == 1, TOLD, daemon.log)
    assert shown(daemon, "ping_method_info")[0]["metric"]["method"] == method
    assert value(daemon, "ping_replies") == 5
    assert "ping_group_range" in daemon.log()
    if privilege == "none":
        assert "the time of a TCP connect is measured instead" in daemon.log()


def test_loss_is_measured_and_each_trouble_has_its_name(world, space):
    daemon = world.daemon
    space.allow_datagrams(True)
    daemon.configure(watching(daemon, GATEWAY, """
[source.ping.nowhere]
address = "192.0.2.9"
every   = "1s"
timeout = "500ms"
count   = 1
[source.ping.unnamed]
address = "no-such-host.invalid"
every   = "1s"
timeout = "900ms"
count   = 1
"""))
    daemon.start()

    def trouble(name, reason, words):
        def seen():
            found = shown(daemon, f'ping_failure_info{{job="{name}"}}')
            detail = daemon.named("targets", f"ping.{name}")["detail"]
            return found and found[0]["metric"]["reason"] == reason and words in detail
        until(seen, TOLD, lambda: (name, daemon.named("targets", f"ping.{name}")))
        assert value(daemon, f'ping_up{{job="{name}"}}') == 0
        assert value(daemon, f'up{{job="{name}"}}') == 1

    trouble("nowhere", "unreachable", "network unreachable")  # there is no route to it
    trouble("unnamed", "unresolved", "does not resolve")
    until(lambda: value(daemon, 'ping_loss_ratio{job="gateway"}') == 0, TOLD, "no loss")
    space.manner(loss=0.5)
    until(lambda: 0 < value(daemon, 'ping_loss_ratio{job="gateway"}') < 1, TOLD, "some loss")
    space.manner(loss=1.0)
    trouble("gateway", "timed_out", "no reply from 10.99.0.2 within 900ms")
    until(lambda: state(daemon, "HostUnreachable") == "firing", TOLD, "told")
    space.manner(loss=0.0, unreachable=True)
    trouble("gateway", "unreachable", "host unreachable")
    space.manner(unreachable=False)
    until(lambda: value(daemon, 'ping_up{job="gateway"}') == 1, TOLD, "it is back")


def test_through_a_dead_uplink_what_does_not_answer_is_unknown_not_down(world, space):
    daemon = world.daemon
    space.allow_datagrams(True)
    beyond = 'every = "1s"\ntimeout = "800ms"\nuplink = "internet"\n'
    daemon.configure(watching(daemon, f"""
[source.uplink.internet]
addresses = ["10.99.0.2", "10.99.0.3:53"]
every     = "1s"
timeout   = "900ms"
[source.ping.partner]
address = "10.99.0.77"
count   = 1
{beyond}
[source.tcp.partner-port]
address = "10.99.0.77:25"
{beyond}
[source.http.partner-api]
url = "http://10.99.0.77/health"
{beyond}
[source.prometheus.partner-metrics]
url = "http://10.99.0.77/metrics"
{beyond}
""", packs=("infrastructure", "tocsin")))
    daemon.start()
    until(lambda: value(daemon, 'ping_up{job="partner"}') == 1, TOLD, daemon.log)
    until(lambda: value(daemon, "uplink_up") == 1, TOLD, "the uplink lives")
    assert value(daemon, 'uplink_address_up{address="10.99.0.3:53"}') == 0  # one that answers is enough
    # The uplink lives: what does not answer is down, and so measured.
    until(lambda: value(daemon, 'tcp_up{job="partner-port"}') == 0, TOLD, "the port is closed")
    until(lambda: value(daemon, 'probe_success{job="partner-api"}') == 0, TOLD, "the API is down")
    space.cut(True)
    until(lambda: state(daemon, "UplinkDown") == "firing", TOLD, daemon.log)
    for job in ("ping.partner", "tcp.partner-port", "http.partner-api", "prometheus.partner-metrics"):
        until(lambda: "its uplink internet is dead" in daemon.named("targets", job)["detail"], TOLD,
              lambda: daemon.named("targets", job))
    assert shown(daemon, 'ping_up{job="partner"}') == []
    assert state(daemon, "HostUnreachable") != "firing"  # one answer may have come before the uplink was judged
    space.cut(False)
    until(lambda: state(daemon, "UplinkDown") == "inactive", TOLD, "back")
    until(lambda: value(daemon, 'ping_up{job="partner"}') == 1, TOLD, "known again")


# ── name servers ──


def name_server(manner):
    """A name server on a port of 127.0.0.1, by UDP and TCP; `manner(query, tcp)` gives the answer's bytes or None."""
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        port = udp.getsockname()[1]
        try:
            tcp = socket.create_server(("127.0.0.1", port))
            break
        except OSError:
            udp.close()

    def by_udp():
        while True:
            try:
                query, peer = udp.recvfrom(4096)
            except OSError:
                return
            reply = manner(query, False)
            if reply is not None:
                udp.sendto(reply, peer)

    def by_tcp():
        while True:
            try:
                connection, _ = tcp.accept()
            except OSError:
                return
            with connection:
                size = struct.unpack("!H", connection.recv(2))[0]
                reply = manner(connection.recv(size), True)
                connection.sendall(struct.pack("!H", len(reply)) + reply)

    for serve in (by_udp, by_tcp):
        threading.Thread(target=serve, daemon=True).start()
    return port, [udp, tcp]


def reply_to(query, flags, *addresses):
    question = query[12:query.index(b"\0", 12) + 5]
    records = b"".join(b"\xc0\x0c\0\1\0\1" + struct.pack("!IH", 60, 4) + socket.inet_aton(a) for a in addresses)
    return query[:2] + struct.pack("!HHHHH", flags, 1, len(addresses), 0, 0) + question + records


def test_a_real_name_server_that_goes_and_comes_back(world):
    daemon = world.daemon
    port = free_port()

    def begin():
        return subprocess.Popen(
            [needs("dnsmasq"), "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", f"--port={port}",
             "--listen-address=127.0.0.1", "--bind-interfaces", "--user=root" if os.geteuid() == 0 else "--pid-file=",
             f"--pid-file={daemon.folder}/dnsmasq.pid", "--address=/api.example.com/192.0.2.10",
             "--mx-host=example.com,mail.example.com,10", "--txt-record=example.com,v=spf1 -all"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    server = begin()
    text = watching(daemon, packs=("services",))
    for name, kind, expect in (("api", "A", "192.0.2.10"), ("mail", "MX", "10 mail.example.com"),
                               ("spf", "TXT", "v=spf1 -all")):
        domain = "api.example.com" if name == "api" else "example.com"
        text += (f'[source.dns.{name}]\nname = "{domain}"\ntype = "{kind}"\nserver = "127.0.0.1:{port}"\n'
                 f'expect = ["{expect}"]\nevery = "1s"\ntimeout = "900ms"\n')
    daemon.configure(text)
    daemon.start()
    for name in ("api", "mail", "spf"):
        until(lambda: value(daemon, f'dns_up{{job="{name}"}}') == 1, TOLD, lambda: daemon.named("targets", f"dns.{name}"))
    end_process(server)
    until(lambda: state(daemon, "NameNotResolved") == "firing", TOLD, "told")
    server = begin()
    until(lambda: state(daemon, "NameNotResolved") == "inactive", TOLD, "back")
    end_process(server)


def test_name_servers_well_and_with_each_trouble_by_name(world):
    daemon = world.daemon
    swallowed = []

    def loses_the_first(query, _):
        swallowed.append(query)
        return None if len(swallowed) == 1 else reply_to(query, 0x8180, "192.0.2.10")

    manners = {
        "well": lambda q, _: reply_to(q, 0x8180, "192.0.2.10", "192.0.2.11"),
        "long": lambda q, tcp: reply_to(q, 0x8180, "192.0.2.10") if tcp else reply_to(q, 0x8380),
        "once-lost": loses_the_first,
        "nxdomain": lambda q, _: reply_to(q, 0x8183),
        "servfail": lambda q, _: reply_to(q, 0x8182),
        "refused": lambda q, _: reply_to(q, 0x8185),
        "empty": lambda q, _: reply_to(q, 0x8180),
        "hijacked": lambda q, _: reply_to(q, 0x8180, "203.0.113.1"),
        "nonsense": lambda q, _: b"HTTP/1.1 400 Bad Request\r\n\r\n",
        "forged": lambda q, _: b"\0\0" + reply_to(q, 0x8180, "192.0.2.10")[2:] if q[:2] != b"\0\0" else None,
        "deaf": lambda q, _: None,
        "udp-alone": lambda q, _: reply_to(q, 0x8380),
    }
    troubles = {
        "nxdomain": ("nxdomain", "says nxdomain of api.example.com A"),
        "servfail": ("servfail", "says servfail"),
        "refused": ("refused", "says refused"),
        "empty": ("no_records", "has no A record"),
        "hijacked": ("unexpected", "api.example.com A is 203.0.113.1, expected 192.0.2.10"),
        "nonsense": ("malformed", "breaks the format"),
        "forged": ("timed_out", "it sent an answer to another question"),
        "deaf": ("timed_out", "did not answer within 1s500ms"),
        "nobody": ("unreachable", "nobody answers on"),
        "udp-alone": ("unreachable", "the answer is too long for UDP, and 127.0.0.1"),
    }
    opened, text = [], "console_only = true\n" + daemon.basics()
    ports = {"nobody": free_port()}
    for name, manner in manners.items():
        ports[name], sockets = name_server(manner)
        opened += sockets
    listening = opened.pop()  # the last one's, for TCP
    listening.shutdown(socket.SHUT_RDWR)  # ends its accept(), which would keep it open
    listening.close()
    for name, port in ports.items():
        text += (f'[source.dns.{name}]\nname = "api.example.com"\nserver = "127.0.0.1:{port}"\nevery = "2s"\n'
                 'timeout = "1500ms"\nexpect = ["192.0.2.10"]\n')
    daemon.configure(text)
    daemon.start()
    for name in ("well", "long", "once-lost"):
        until(lambda: value(daemon, f'dns_up{{job="{name}"}}') == 1, TOLD,
              lambda: daemon.named("targets", f"dns.{name}"))
    assert value(daemon, 'dns_answer_records{job="well"}') == 2
    assert value(daemon, 'dns_answer_by_tcp{job="long"}') == 1
    for name, (reason, words) in troubles.items():
        until(lambda: value(daemon, f'dns_up{{job="{name}"}}') == 0, TOLD, name)
        assert shown(daemon, f'dns_failure_info{{job="{name}"}}')[0]["metric"]["reason"] == reason, name
        assert words in daemon.named("targets", f"dns.{name}")["detail"], daemon.named("targets", f"dns.{name}")
    for each in opened:
        each.close()


def test_tcp_ports_well_and_with_each_trouble_by_name(world):
    daemon = world.daemon
    port, server = answering(b"220 ready\r\n")
    closed = free_port()
    daemon.configure("console_only = true\n" + daemon.basics() + f"""
[source.tcp.well]
address = "localhost:{port}"
every = "1s"
timeout = "900ms"
[source.tcp.closed]
address = "127.0.0.1:{closed}"
every = "1s"
timeout = "900ms"
[source.tcp.unnamed]
address = "no-such-host.invalid:25"
every = "1s"
timeout = "900ms"
""")
    daemon.start()
    until(lambda: value(daemon, 'tcp_up{job="well"}') == 1, TOLD, lambda: daemon.named("targets", "tcp.well"))
    assert 0 < value(daemon, 'tcp_connect_seconds{job="well"}') < 0.5
    for name, reason, words in (("closed", "refused", "Connection refused"),
                                ("unnamed", "unresolved", "does not resolve")):
        until(lambda: value(daemon, f'tcp_up{{job="{name}"}}') == 0, TOLD, name)
        assert shown(daemon, f'tcp_failure_info{{job="{name}"}}')[0]["metric"]["reason"] == reason
        assert words in daemon.named("targets", f"tcp.{name}")["detail"]
    server.close()
    until(lambda: value(daemon, 'tcp_up{job="well"}') == 0, TOLD, "it is gone")
