"""The rows of the runbook that no other file drives: the application's counters, and this host's own processor, memory,
disk space and disk, the latter three inside bounds of the test's own. Intervals and ranges are shortened; thresholds
are the shipped ones."""

import multiprocessing
import os
import pathlib

import pytest

from evidence import Driven
from harness import ROOT, until
from pressure import Application, LoopDisk, MemoryGroup, burn, share_busy, write_directly
from servers import value

pytestmark = pytest.mark.evidence


def shipped(daemon, packs, *sections):
    return "console_only = true\n" + daemon.basics() + f"""
[packs]
enable = ["{packs}"]
path = "{ROOT}/rules"
[tuning]
warm_up_at_most = "1s"
reopen_within = "0s"
""" + "\n".join(sections)


def host(daemon, text, more=""):
    return text.replace("[source.host]\nenabled = false", f'[source.host]\nevery = "1s"\n{more}')


# ── the application's counters ──


APPLICATION = """
[override.ErrorRateHigh]
every = "1s"
expr = '''
  sum by (job) (rate(http_requests_total{code=~"5.."}[3s])) / sum by (job) (rate(http_requests_total[3s]))
'''
[override.ResponseTimeHigh]
every = "1s"
expr = 'histogram_quantile(0.95, sum by (job, le) (rate(http_request_duration_seconds_bucket[3s])))'
[override.LoginsFail]
every = "1s"
expr = '''
  sum by (job) (rate(logins_total{result="success"}[3s])) / sum by (job) (rate(logins_total[3s]))
'''
"""


@pytest.mark.parametrize("row, part, how", [
    ("A1", "errors", "1 of 100 requests answered with 503"),
    ("A2", "slow", "10 of 100 requests take 2 to 4 s"),
    ("A3", "refused", "2 of 100 logins refused")])
def test_the_applications_own_counters(world, row, part, how):
    daemon = world.daemon
    application = Application(world.target)
    daemon.configure(shipped(daemon, "application", APPLICATION))
    daemon.start()
    driven = Driven(daemon, row, how)
    until(lambda: daemon.named("rules", driven.rule)["value"] is not None, 20, "it is judged")
    assert daemon.named("rules", driven.rule)["state"] == "inactive"
    setattr(application, part, {"errors": 1, "slow": 10, "refused": 2}[part])
    driven.fired()
    setattr(application, part, 0)
    driven.well()
    application.ended.set()


# ── this host ──


def test_the_processor(world):
    daemon = world.daemon
    daemon.configure(host(daemon, shipped(daemon, "infrastructure", """
[override.CpuHigh]
expr = '1 - avg by (job, instance) (sum by (job, instance, cpu) (rate(node_cpu_seconds_total{mode=~"idle|iowait"}[3s])))'
""")))
    daemon.start()
    driven = Driven(daemon, "I1", f"a busy loop on each of {os.cpu_count()} cores", within=60)
    until(lambda: daemon.named("rules", "CpuHigh")["value"] is not None, 20, "it is judged")
    ended = multiprocessing.Event()
    loops = [multiprocessing.Process(target=burn, args=(ended,), daemon=True) for _ in range(os.cpu_count())]
    for loop in loops:
        loop.start()
    driven.fired()
    ended.set()
    for loop in loops:
        loop.join()
    if share_busy(3) > 0.7:
        pytest.skip("it fired; others keep this machine busy, so that it cannot be seen to end")
    driven.well()


def test_memory(world):
    daemon = world.daemon
    group = MemoryGroup(daemon.folder)
    try:
        daemon.configure(host(daemon, shipped(daemon, "infrastructure"), f'procfs = "{group.proc}"'))
        daemon.start()
        driven = Driven(daemon, "I2", "a process takes 84 of 96 MiB of a control group, whose meminfo the host's is")
        until(lambda: daemon.named("rules", "MemoryHigh")["value"] is not None, 20, "it is judged")
        assert daemon.named("rules", "MemoryHigh")["state"] == "inactive"
        group.hold(84 << 20)
        driven.fired()
        group.let_go()
        driven.well()
    finally:
        group.close()


@pytest.fixture
def disk(world):
    made = LoopDisk(world.daemon.folder)
    yield made
    world.daemon.close()
    made.close()


def test_disk_space(world, disk):
    daemon = world.daemon
    daemon.configure(host(daemon, shipped(daemon, "infrastructure", '[override.DiskSpaceLow]\nevery = "1s"\n')))
    daemon.start()
    seen = f'{{mountpoint="{disk.mount}"}}'
    size = until(lambda: value(daemon, "node_filesystem_size_bytes" + seen), 20, "the mount is seen")
    driven = Driven(daemon, "I3", f"an ext4 of {size / (1 << 20):.0f} MiB filled to 91 %",
                    labels={"mountpoint": str(disk.mount)})
    assert not driven.alerts()
    statvfs = os.statvfs(disk.mount)
    used = (statvfs.f_blocks - statvfs.f_bfree) * statvfs.f_frsize
    (disk.mount / "full").write_bytes(b"x" * int(0.912 * size - used))
    driven.fired()
    (disk.mount / "full").unlink()
    driven.well(lambda: value(daemon, f"1 - node_filesystem_free_bytes{seen} / node_filesystem_size_bytes{seen}"))


def test_a_disk_at_work(world, disk):
    daemon = world.daemon
    name = pathlib.Path(disk.device).name
    daemon.configure(host(daemon, shipped(daemon, "infrastructure", f"""
[override.DiskBusy]
every = "1s"
expr = 'rate(node_disk_io_time_seconds_total{{device="{name}"}}[3s])'
"""), "exclude_disks = '^none$'"))
    daemon.start()
    driven = Driven(daemon, "I5", "direct writes to a loop device without a pause", within=60)
    until(lambda: daemon.named("rules", "DiskBusy")["value"] is not None, 20, "it is judged")
    assert daemon.named("rules", "DiskBusy")["state"] == "inactive"
    ended = multiprocessing.Event()
    writers = [multiprocessing.Process(target=write_directly, args=(disk.mount / f"file-{n}", ended), daemon=True)
               for n in range(3)]
    for writer in writers:
        writer.start()
    try:
        driven.fired()
    finally:
        ended.set()
        for writer in writers:
            writer.join(30)
    driven.well()
