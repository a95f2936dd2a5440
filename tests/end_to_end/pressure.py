"""What drives the rows of the runbook over their thresholds: an application that fails, busy processors, a small machine's
memory, a small disk."""

import contextlib
import mmap
import os
import pathlib
import subprocess
import sys
import threading
import time

import pytest

from harness import end_process
from servers import needs


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


def write_directly(path, ended):
    """Past the page cache, so that the device works all the time."""
    block = mmap.mmap(-1, 1 << 20)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_DIRECT)
    while not ended.is_set():
        for at in range(8):
            os.pwrite(file, block, at << 20)
        os.fsync(file)
    os.close(file)
