"""systemd's units as a source, against a real systemd and a real bus in a container."""

import os
import time

import pytest

import container as containers
import unit
from harness import until
from servers import shown, value

TOLD = 20
BUS_USER = "messagebus:x:101:101::/nonexistent:/usr/sbin/nologin\n"


@pytest.fixture(scope="module")
def container(binary):
    reason = containers.why_not()
    if reason:
        pytest.skip(f"NO CONTAINER CAN BE HAD HERE, units are not tested: {reason}")
    made = containers.Container(binary.parent)
    etc = made.root / "etc"
    with open(etc / "passwd", "a", encoding="utf-8") as out:
        out.write(BUS_USER)
    with open(etc / "group", "a", encoding="utf-8") as out:
        out.write("messagebus:x:101:\n")
    for name in ("dbus.service", "dbus.socket"):
        (etc / "systemd/system" / name).unlink()
    made.systemctl("daemon-reload")
    if made.systemctl("start", "dbus.socket", check=False).returncode != 0:
        made.close()
        pytest.skip("dbus is not installed")
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


def put(container, name, text):
    (container.root / "etc/systemd/system" / name).write_text(text)
    container.systemctl("daemon-reload")


def service(command, more=""):
    return f"[Service]\nExecStart={command}\n{more}"


def begin(daemon, required="", more=""):
    daemon.configure("console_only = true\n" + daemon.basics().split("[source.prometheus.app]")[0] + f"""
[packs]
enable = ["services"]
path = "{containers.CHECKOUT}/rules"
[tuning]
warm_up_at_most = "1s"
reopen_within = "0s"
[source.systemd]
enabled  = true
every    = "1s"
required = [{required}]
{more}
""")
    daemon.start()
    until(lambda: daemon.named("targets", "systemd")["answered"], TOLD, lambda: daemon.named("targets", "systemd"))


def state_of(daemon, name):
    found = [one["metric"]["state"] for one in shown(daemon, f'node_systemd_unit_state{{name="{name}"}} == 1')]
    return found[0] if found else None


def rule_state(daemon, rule):
    return daemon.named("rules", rule)["state"]


def test_units_that_start_fail_restart_and_go_are_followed_without_asking(world, container):
    daemon = world.daemon
    put(container, "steady.service", service("/usr/bin/sleep infinity"))
    put(container, "broken.service", service("/usr/bin/false"))
    put(container, "restless.service", service("/usr/bin/false", "Restart=always\nRestartSec=50ms\n[Unit]\nStartLimitIntervalSec=0\n"))
    container.systemctl("start", "steady.service")
    begin(daemon, required='"steady.service", "ghost.service"')
    assert state_of(daemon, "steady.service") == "active"
    assert state_of(daemon, "tocsin.service") == "active"
    assert abs(value(daemon, 'time() - node_systemd_unit_start_time_seconds{name="steady.service"}')) < 120
    assert value(daemon, 'systemd_required_active{name="ghost.service"}') == 0
    assert "ghost.service must run and is not loaded" in daemon.named("targets", "systemd")["detail"]
    until(lambda: rule_state(daemon, "RequiredUnitDown") == "firing", TOLD, "the unit that was never loaded")
    container.systemctl("start", "broken.service", check=False)
    until(lambda: state_of(daemon, "broken.service") == "failed", TOLD, "failed")
    until(lambda: rule_state(daemon, "UnitFailed") == "firing", TOLD, "told")
    assert "broken.service is failed (exit-code)" in daemon.named("targets", "systemd")["detail"]
    container.systemctl("start", "restless.service", check=False)
    until(lambda: (value(daemon, 'node_systemd_service_restart_total{name="restless.service"}') or 0) > 3, TOLD, "restarts")
    container.systemctl("stop", "restless.service", check=False)
    put(container, "ghost.service", service("/usr/bin/sleep infinity"))
    container.systemctl("start", "ghost.service")
    until(lambda: value(daemon, 'systemd_required_active{name="ghost.service"}') == 1, TOLD, "no ghost any more")
    container.systemctl("stop", "steady.service")
    until(lambda: value(daemon, 'systemd_required_active{name="steady.service"}') == 0, TOLD, "stopped")
    container.systemctl("reset-failed")
    container.systemctl("stop", "ghost.service")


def test_what_a_service_uses_is_read_from_its_control_group(world, container):
    daemon = world.daemon
    put(container, "busy.service", service("/bin/sh -c 'exec python3 /root/busy.py'", "CPUAccounting=yes\nMemoryAccounting=yes\n"))
    (container.root / "root/busy.py").write_text("held = b'x' * (60 << 20)\nwhile True: pass\n")
    container.systemctl("start", "busy.service")
    group = container.systemctl("show", "busy.service", "--property=ControlGroup", "--value").stdout.strip()
    more = ""
    if container.run("ls", f"/sys/fs/cgroup{group}/memory.current", f"/sys/fs/cgroup/memory{group}/memory.usage_in_bytes",
                     check=False).stdout == "":
        # The container has no controllers of its own: as cgroup v2 would have it, in a folder.
        folder = container.root / "srv/cgroup" / group.strip("/")
        folder.mkdir(parents=True)
        (folder / "memory.current").write_text(f"{80 << 20}\n")
        (folder / "memory.stat").write_text(f"anon {60 << 20}\ninactive_file {15 << 20}\n")
        (folder / "cpu.stat").write_text("usage_usec 2500000\n")
        more = 'cgroup = "/srv/cgroup"'
    try:
        begin(daemon, more=more)
        name = '{name="busy.service"}'
        until(lambda: (value(daemon, "systemd_unit_memory_bytes" + name) or 0) > 60 << 20, TOLD, "its memory")
        used = until(lambda: value(daemon, "systemd_unit_cpu_seconds_total" + name), TOLD, "its processor time")
        if more:
            (folder / "cpu.stat").write_text("usage_usec 3500000\n")
        until(lambda: value(daemon, "systemd_unit_cpu_seconds_total" + name) > used + 0.1, TOLD, "more of it")
    finally:
        container.systemctl("stop", "busy.service")


def test_timers_tell_when_they_ran_and_when_they_are_due(world, container):
    daemon = world.daemon
    put(container, "often.service", "[Service]\nType=oneshot\nExecStart=/usr/bin/true\n")
    put(container, "often.timer", "[Timer]\nOnActiveSec=1s\nOnUnitActiveSec=2s\nAccuracySec=100ms\n")
    put(container, "daily.timer", "[Timer]\nOnCalendar=daily\nUnit=often.service\n")
    container.systemctl("start", "often.timer", "daily.timer")
    try:
        begin(daemon)
        until(lambda: abs(value(daemon, 'time() - node_systemd_timer_last_trigger_seconds{name="often.timer"}') or 99) < 5,
              TOLD, "it ran")
        due = value(daemon, 'systemd_timer_next_elapse_seconds{name="daily.timer"} - time()')
        assert 0 < due <= 86400, due
        due = value(daemon, 'systemd_timer_next_elapse_seconds{name="often.timer"} - time()')
        assert due is None or -5 < due < 5, due
        # A unit that comes and goes every two seconds must not keep systemd busy: asking loads it again.
        before = container.run("cat", "/proc/1/stat").stdout.split()
        until(lambda: value(daemon, 'time() - node_systemd_timer_last_trigger_seconds{name="often.timer"}') < 1, TOLD, "again")
        time.sleep(4)
        after = container.run("cat", "/proc/1/stat").stdout.split()
        spent = sum(int(after[at]) - int(before[at]) for at in (13, 14)) / os.sysconf("SC_CLK_TCK")
        assert spent < 1, f"systemd used {spent} s of processor time in about 5 s"
    finally:
        container.systemctl("stop", "often.timer", "daily.timer")


def test_a_bus_that_is_away_is_named_and_found_again(world, container):
    daemon = world.daemon
    begin(daemon)
    container.systemctl("stop", "dbus.socket", "dbus.service")
    try:
        gone = until(lambda: not (t := daemon.named("targets", "systemd"))["answered"] and t, TOLD, "gone")
        assert "the bus" in gone["detail"], gone
    finally:
        container.systemctl("start", "dbus.socket")
    until(lambda: daemon.named("targets", "systemd")["answered"], TOLD, "found again")
    assert state_of(daemon, "tocsin.service") == "active"
