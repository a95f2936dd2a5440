"""The rows of the runbook that no other file drives: the application's counters, and this host's own processor, memory,
disk space and disk, the latter three inside bounds of the test's own. Intervals and ranges are shortened; thresholds
are the shipped ones."""

import contextlib
import mmap
import multiprocessing
import os
import pathlib
import subprocess
import sys
import threading
import time

import pytest

from evidence import Driven
from harness import ROOT, end_process, until
from servers import needs, value

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


class Application(threading.Thread):
    """Serves a hundred requests and logins every tenth of a second; of each hundred, so many as said go wrong."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.target, self.ended = target, threading.Event()
        self.errors = self.slow = self.refused = 0
        self.counts = {"good": 0, "bad": 0, "fast": 0, "slow": 0, "in": 0, "out": 0}
        self.serve()
        self.start()

    def serve(self):
        count = self.counts
        for name, wrong, right in (("bad", self.errors, "good"), ("slow", self.slow, "fast"), ("out", self.refused, "in")):
            count[name] += wrong
            count[right] += 100 - wrong
        self.target.more = (
            "# TYPE http_requests_total counter\n"
            f'http_requests_total{{code="200"}} {count["good"]}\nhttp_requests_total{{code="503"}} {count["bad"]}\n'
            "# TYPE logins_total counter\n"
            f'logins_total{{result="success"}} {count["in"]}\nlogins_total{{result="failure"}} {count["out"]}\n'
            "# TYPE http_request_duration_seconds histogram\n"
            f'http_request_duration_seconds_bucket{{le="0.5"}} {count["fast"]}\n'
            f'http_request_duration_seconds_bucket{{le="2"}} {count["fast"]}\n'
            f'http_request_duration_seconds_bucket{{le="4"}} {count["fast"] + count["slow"]}\n'
            f'http_request_duration_seconds_bucket{{le="+Inf"}} {count["fast"] + count["slow"]}\n')

    def run(self):
        while not self.ended.wait(0.1):
            self.serve()


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


def burn(ended):
    while not ended.is_set():
        for _ in range(100000):
            pass


def share_busy(seconds):
    """Of this machine's processor time, by its own count."""
    def counts():
        fields = [int(word) for word in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        return sum(fields), fields[3] + fields[4]
    before = counts()
    time.sleep(seconds)
    after = counts()
    return 1 - (after[1] - before[1]) / (after[0] - before[0])


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


class MemoryGroup:
    """A control group with a limit of its own, seen as a whole machine: a /proc whose meminfo is the group's, as
    container runtimes give it."""

    LIMIT = 96 << 20

    def __init__(self, folder):
        self.proc = folder / "proc"
        self.proc.mkdir()
        self.meminfo = self.proc / "meminfo"
        for name in os.listdir("/proc"):
            if not name.isdigit() and name not in ("meminfo", "self", "thread-self", "mounts", "net"):
                os.symlink(f"/proc/{name}", self.proc / name)
        os.symlink("/proc/1", self.proc / "1")
        unified = pathlib.Path("/sys/fs/cgroup/cgroup.controllers").exists()
        root = pathlib.Path("/sys/fs/cgroup") / ("" if unified else "memory")
        self.group = root / f"tocsin-e2e-{os.getpid()}"
        try:
            self.group.mkdir()
            (self.group / ("memory.max" if unified else "memory.limit_in_bytes")).write_text(str(self.LIMIT))
        except OSError as error:
            pytest.skip(f"no control group with a limit can be made: {error}")
        self.usage = self.group / ("memory.current" if unified else "memory.usage_in_bytes")
        self.ended = threading.Event()
        self.holder = None
        self.show()
        threading.Thread(target=self.keep_showing, daemon=True).start()

    def show(self):
        free = max(0, self.LIMIT - int(self.usage.read_text()))
        text = f"MemTotal: {self.LIMIT >> 10:10} kB\nMemFree: {free >> 10:10} kB\nMemAvailable: {free >> 10:10} kB\n"
        # In place, as a file of /proc changes: the daemon keeps it open.
        with open(self.meminfo, "r+" if self.meminfo.exists() else "w", encoding="ascii") as out:
            out.write(text)

    def keep_showing(self):
        while not self.ended.wait(0.1):
            with contextlib.suppress(OSError):
                self.show()

    def hold(self, count):
        """A process in the group that holds so many bytes."""
        program = (f"import os, time; open('{self.group}/cgroup.procs', 'w').write(str(os.getpid()))\n"
                   f"held = b'x' * {count}\nprint('holds', flush=True)\ntime.sleep(600)")
        self.holder = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        assert self.holder.stdout.readline() == "holds\n"

    def let_go(self):
        if self.holder is not None:
            end_process(self.holder)
            self.holder.stdout.close()
            self.holder = None

    def close(self):
        self.let_go()
        self.ended.set()
        time.sleep(0.3)
        with contextlib.suppress(OSError):
            self.group.rmdir()


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


class LoopDisk:
    """A disk in a file, with a small ext4 on it."""

    def __init__(self, folder):
        if os.geteuid() != 0:
            pytest.skip("a loop device takes root")
        self.image, self.mount = folder / "disk.img", folder / "disk"
        self.mount.mkdir()
        with open(self.image, "wb") as out:
            out.truncate(64 << 20)
        subprocess.run([needs("mkfs.ext4", "/sbin"), "-q", "-F", "-m", "0", str(self.image)], check=True)
        found = subprocess.run([needs("losetup", "/sbin"), "--find", "--show", str(self.image)], capture_output=True,
                               text=True)
        if found.returncode != 0:
            pytest.skip(f"no loop device: {found.stderr.strip()}")
        self.device = found.stdout.strip()
        subprocess.run(["mount", self.device, str(self.mount)], check=True)

    def close(self):
        subprocess.run(["umount", "--lazy", str(self.mount)], check=False)
        subprocess.run([needs("losetup", "/sbin"), "--detach", self.device], check=False)


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


def write_directly(path, ended):
    """Past the page cache, so that the device works all the time."""
    block = mmap.mmap(-1, 1 << 20)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_DIRECT)
    while not ended.is_set():
        for at in range(8):
            os.pwrite(file, block, at << 20)
        os.fsync(file)
    os.close(file)


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
