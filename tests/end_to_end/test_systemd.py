"""The unit as it is installed, under a real systemd in a container: what is promised of start, reload,
watchdog, crash, credentials, stop and removal. Every test has a fresh state and configuration."""

import time

import pytest

import container as containers
import harness
import unit
from harness import until

WATCHED = harness.levels()


@pytest.fixture(scope="session")
def container(binary):
    reason = containers.why_not()
    if reason:
        pytest.skip(f"NO CONTAINER CAN BE HAD HERE, the unit is not tested: {reason}")
    made = containers.Container(binary.parent)
    yield made
    made.close()


@pytest.fixture
def world(container, request):
    container.install()
    with container.network():
        made = unit.World(container)
        yield made
        if getattr(request.node, "failed", False):
            print(f"\n--- the journal ---\n{made.daemon.log()}")
        made.close()


def configure(daemon, levels=WATCHED, more="", **figures):
    daemon.configure(daemon.basics() + daemon.tuning(**figures) + daemon.tellers() + daemon.policy(levels)
                     + daemon.rule(more))


def configure_with_host(daemon):
    configure(daemon)
    text = (daemon.config / "tocsin.toml").read_text()
    daemon.configure(text.replace("[source.host]\nenabled = false", '[source.host]\nevery = "1s"'))


def begin(world, levels=WATCHED, drop_in="", **figures):
    configure(world.daemon, levels, **figures)
    world.daemon.start(drop_in)
    until(lambda: world.daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    return world.target, world.receivers, world.daemon


def test_it_starts_as_a_user_of_its_own_and_says_how_it_is(world, container):
    begin(world)
    state, status = container.show("ActiveState", "StatusText")
    assert state == "active"
    assert status == "1 target, 1 rule, 4 receivers", status
    pid = container.show("MainPID")
    who, umask, rights = (container.run("sh", "-c", f"grep ^{name}: /proc/{pid}/status").stdout.split()
                          for name in ("Uid", "Umask", "CapBnd"))
    assert set(who[1:]) == {container.run("id", "-u", "tocsin").stdout.strip()} != {"0"}
    assert umask[1] == "0077" and int(rights[1], 16) == 0
    assert container.run("stat", "-c", "%U %a", "/var/lib/tocsin").stdout.split() == ["tocsin", "700"]
    assert container.run("stat", "-c", "%U %a", "/run/tocsin").stdout.split() == ["tocsin", "755"]


def test_its_status_line_and_its_journal_say_what_is_wrong(world, container):
    target, receivers, daemon = begin(world, levels=[(1, "0s", "chat"), (1, "0s", "hook")])
    receivers.behave("410", "slack", accept=False)
    target.value = 93
    until(lambda: receivers.requests("webhook"), 10, "told")
    wrong = "; 1 incident open, 1 not acknowledged; 1 receiver not reached"
    until(lambda: container.show("StatusText").endswith(wrong), 10, lambda: container.show("StatusText"))
    opened = until(lambda: daemon.journal(TOCSIN_INCIDENT="1", TOCSIN_RECEIVER="hook"), 10, daemon.log)
    assert [(e["PRIORITY"], e["SYSLOG_IDENTIFIER"]) for e in opened] == [("6", "tocsin")], opened
    assert "told" in opened[0]["MESSAGE"]
    refused = daemon.journal(TOCSIN_RECEIVER="chat", PRIORITY="3")
    assert refused and "refuses" in refused[0]["MESSAGE"], daemon.log()
    assert all(e["TOCSIN_INCIDENT"] == "1" for e in refused)
    assert daemon.journal(TOCSIN_RULE="GaugeHigh")
    warned = daemon.journal(PRIORITY="4", TOCSIN_INCIDENT="1")
    assert warned and "opened" in warned[0]["MESSAGE"]
    target.manner = "gone"
    until(lambda: daemon.journal(TOCSIN_TARGET="prometheus.app", PRIORITY="4"), 10, "the target's failure is logged")
    until(lambda: "1 target without an answer" in container.show("StatusText"), 10,
          lambda: container.show("StatusText"))


def test_the_unit_is_hardened(container):
    container.install()
    unit_file = "/etc/systemd/system/tocsin.service"
    complaints = container.run("systemd-analyze", "verify", unit_file)
    assert complaints.stderr.strip() == ""
    verdict = container.run("systemd-analyze", "security", "--offline=true", "--threshold=20", unit_file, check=False)
    assert verdict.returncode == 0, verdict.stdout


def test_a_good_reload_is_taken(world, container):
    _, _, daemon = begin(world)
    pid = container.show("MainPID")
    configure(daemon, more='[rule.Second]\nexpr = "load_gauge"\nabove = "90"\npolicy = "production"\n')
    container.systemctl("reload", "tocsin", timeout=20)
    until(lambda: "2 rules" in container.show("StatusText"), 10, lambda: container.show("StatusText"))
    assert [r["name"] for r in daemon.status()["rules"]] == ["GaugeHigh", "Second"]
    assert container.show("MainPID", "ActiveState") == [pid, "active"]


def test_a_bad_reload_is_refused_and_the_old_configuration_goes_on(world, container):
    target, receivers, daemon = begin(world)
    pid = container.show("MainPID")
    configure(daemon, more='[rule.Second]\nexpr = "load_gauge >"\n')
    container.systemctl("reload", "tocsin", timeout=20)
    until(lambda: "refused" in container.show("StatusText"), 10, lambda: container.show("StatusText"))
    assert container.show("MainPID", "ActiveState") == [pid, "active"]
    target.value = 93
    until(receivers.chats, 10, "it goes on watching")
    configure(daemon)
    container.systemctl("reload", "tocsin", timeout=20)
    until(lambda: "refused" not in container.show("StatusText"), 10, lambda: container.show("StatusText"))


def test_a_loop_that_hangs_is_killed_and_goes_on_where_it_was(world, container):
    target, receivers, daemon = begin(world, drop_in="WatchdogSec=2\n")
    target.value = 93
    until(receivers.chats, 10, "level 1")
    daemon.settled()
    pid = container.show("MainPID")
    daemon.kill("STOP")
    daemon.restarted_from(pid, 30)
    assert "watchdog" in daemon.log().lower()
    until(lambda: receivers.events("trigger"), 20, "level 2")
    daemon.settled()
    assert len(receivers.chats()) == 1, "level 1 was told twice"


def test_a_daemon_that_works_is_left_alone_by_the_watchdog(world, container):
    begin(world, drop_in="WatchdogSec=1\n")
    pid = container.show("MainPID")
    world.target.asked_again(3)  # thrice the watchdog's time
    assert container.show("MainPID", "NRestarts") == [pid, "0"]


def test_a_crash_neither_resets_a_clock_nor_repeats_a_page(world, container):
    target, receivers, daemon = begin(world)
    target.value = 93
    first = until(receivers.chats, 10, "level 1")[0]
    daemon.settled()
    pid = container.show("MainPID")
    daemon.kill("KILL")
    daemon.restarted_from(pid, 20)
    second = until(lambda: receivers.events("trigger"), 20, "level 2")[0]
    assert 4.5 <= second["boot"] - first["boot"] <= 8.5
    daemon.settled()
    assert len(receivers.chats()) == 1 and len(daemon.incidents("--all")) == 1


def test_secrets_come_as_credentials_that_nobody_else_reads(world, container):
    target, receivers, daemon = begin(world, levels=[(1, "0s", "hook")])
    target.value = 93
    told = until(lambda: receivers.requests("webhook"), 10, "told with a signature that holds")[0]
    assert told["accepted"], told["problems"]
    source = container.root / "etc/tocsin/credentials/signing-secret"
    assert source.stat().st_mode & 0o777 == 0o600 and source.stat().st_uid == 0
    for path in ("/run/credentials/tocsin.service/signing-secret", "/etc/tocsin/credentials/signing-secret"):
        read = container.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "cat", path, check=False)
        assert read.returncode != 0, path
    assert harness.SIGNING_SECRET not in daemon.log()


def test_a_stop_while_a_receiver_is_slow_is_in_time_and_loses_nothing(world, container):
    target, receivers, daemon = begin(world, levels=[(1, "0s", "hook")])
    receivers.behave("timeout", "webhook", accept=False)
    target.value = 93
    first = until(lambda: receivers.requests("webhook"), 10, "an attempt")[0]
    began = time.monotonic()
    daemon.stop()
    assert time.monotonic() - began < 15
    assert container.show("Result", "ActiveState") == ["success", "inactive"]
    receivers.behave("ok")
    daemon.start()
    again = until(lambda: [r for r in receivers.requests("webhook") if r["accepted"]], 15, "delivered then")[0]
    assert again["headers"]["webhook-id"] == first["headers"]["webhook-id"]


def test_a_journal_that_is_stuck_stops_nothing(world, container):
    target, receivers, daemon = begin(world, levels=[(1, "0s", "hook")])
    journald = container.run("systemctl", "show", "systemd-journald", "--value", "--property=MainPID").stdout.strip()
    container.run("kill", "-STOP", journald)
    try:
        daemon.configure("[host]\n" + "".join(f"mistake{n} = {n}\n" for n in range(200)), "conf.d/mistakes.toml")
        while "tocsin_log_lines_dropped_total 0" in daemon.metrics():
            assert daemon.cli("reload").returncode != 0  # each mistake is a few lines
        target.value = 93
        until(lambda: receivers.requests("webhook"), 10, "told")
    finally:
        container.run("kill", "-CONT", journald)


def figures(text, name):
    """By mount point."""
    found = {}
    for line in text.splitlines():
        if line.startswith(name + "{"):
            labels, value = line.rsplit(" ", 1)
            found[labels.split('mountpoint="')[1].split('"')[0]] = float(value)
    return found


def fresh(daemon, wanted):
    """/metrics once it satisfies; the host's figures may be a second old."""
    def probe():
        text = daemon.metrics()
        return text if wanted(text) else None
    return until(probe, 15, "the metrics show it")


def test_hardening_hides_and_changes_nothing_that_is_measured(world, container):
    daemon = world.daemon
    for folder in ("/srv/writable", "/srv/read-only", "/home/disk"):
        container.run("mkdir", "-p", folder)
    container.run("mount", "-t", "tmpfs", "-o", "size=3m", "before", "/srv/writable")
    container.run("mount", "-t", "tmpfs", "-o", "size=5m,ro", "before", "/srv/read-only")
    try:
        configure_with_host(daemon)
        daemon.start()
        text = fresh(daemon, lambda text: "/srv/writable" in text)
        assert figures(text, "node_filesystem_readonly")["/srv/writable"] == 0
        assert figures(text, "node_filesystem_readonly")["/srv/read-only"] == 1
        assert figures(text, "node_filesystem_readonly")["/usr"] == 1
        assert figures(text, "node_filesystem_readonly")["/"] == 0
        sizes = figures(text, "node_filesystem_size_bytes")
        assert sizes["/srv/writable"] == 3 << 20 and sizes["/srv/read-only"] == 5 << 20
        errors = figures(text, "node_filesystem_device_error")
        assert errors and not any(errors.values()), errors

        container.run("mount", "-t", "tmpfs", "-o", "size=7m", "later", "/home/disk")
        text = fresh(daemon, lambda text: "/home/disk" in text)
        assert figures(text, "node_filesystem_size_bytes")["/home/disk"] == 7 << 20
        container.run("mount", "-o", "remount,ro", "/srv/writable")
        fresh(daemon, lambda text: figures(text, "node_filesystem_readonly")["/srv/writable"] == 1)
        container.run("umount", "/home/disk")
        fresh(daemon, lambda text: "/home/disk" not in text)
        pid = container.show("MainPID")
        assert "/home/disk" not in container.run("cat", f"/proc/{pid}/mountinfo").stdout, "the daemon holds the disk"

        hardened = measured(daemon.metrics())
        daemon.stop()
        bare = "".join(f"{name}=\n" for name in ("SystemCallFilter", "RestrictAddressFamilies")) + "".join(
            f"{name}=no\n" for name in (
                "PrivateMounts", "ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices",
                "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups", "RestrictNamespaces",
                "PrivateUsers", "ProtectClock", "ProtectHostname", "NoNewPrivileges", "MemoryDenyWriteExecute"))
        bare += "ProtectProc=default\nProcSubset=all\n"
        daemon.start(bare)
        assert measured(fresh(daemon, lambda text: "/srv/writable" in text)) == hardened
    finally:
        container.run("umount", "/srv/writable", "/srv/read-only")


def measured(text):
    """The names of all that is measured, and which collectors could do their work."""
    lines = [line for line in text.splitlines() if line.startswith("node_")]
    return ({line.split("{")[0].split(" ")[0] for line in lines}
            | {line for line in lines if line.startswith("node_scrape_collector_success")})


def test_a_file_system_that_hangs_does_not_keep_it_from_starting(world, container):
    daemon = world.daemon
    container.run("mkdir", "-p", "/home/hung")
    with containers.hung_mount(container, "/home/hung"):
        configure_with_host(daemon)
        daemon.start()
        text = fresh(daemon, lambda text: "/home/hung" in text)
        assert figures(text, "node_filesystem_device_error")["/home/hung"] == 1
        assert figures(text, "node_filesystem_device_error")["/"] == 0
        daemon.stop()


def test_a_secret_on_a_file_system_that_hangs_stops_nothing(world, container):
    target, receivers, daemon = world.target, world.receivers, world.daemon
    configure(daemon, levels=[(1, "0s", "hook"), (1, "0s", "chat")])
    text = (daemon.config / "tocsin.toml").read_text()
    assert 'credential:signing-secret' in text
    daemon.configure(text.replace("credential:signing-secret", "file:/home/hung/secret"))
    container.run("mkdir", "-p", "/home/hung")
    with containers.hung_mount(container, "/home/hung"):
        daemon.start()
        target.value = 93
        until(receivers.chats, 20, "the others are told")
        until(lambda: "/secret: its file system does not answer" in daemon.log(), 20, daemon.log)
        assert not receivers.requests("webhook")
        container.systemctl("reload", "tocsin", timeout=20)
        daemon.stop()
    assert container.show("Result", "ActiveState") == ["success", "inactive"]


def test_removal_leaves_nothing_running_and_keeps_what_is_the_operators(world, container):
    _, _, daemon = begin(world)
    container.run(f"{containers.CHECKOUT}/systemd/uninstall")
    assert container.run("pgrep", "-x", "tocsin", check=False).returncode == 1
    assert container.systemctl("status", "tocsin", check=False).returncode == 4, "systemd still knows it"
    local = container.folder / "local"
    assert [str(p) for p in local.rglob("*") if "tocsin" in str(p.relative_to(local))] == []
    assert (daemon.config / "tocsin.toml").exists() and (container.root / "var/lib/tocsin").is_dir()
    container.install()
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "it goes on")
    container.run(f"{containers.CHECKOUT}/systemd/uninstall", "--purge")
    for gone in ("etc/tocsin", "var/lib/tocsin", "etc/systemd/system/tocsin.service.d", "etc/sysusers.d/tocsin.conf"):
        assert not (container.root / gone).exists(), gone
    assert container.run("id", "tocsin", check=False).returncode != 0
