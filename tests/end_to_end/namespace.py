"""A network namespace of the test's own, with hosts behind a TUN device in it."""

import json
import os
import subprocess
import sys

import pytest

import harness


class Namespace:
    """Nothing in it but the loopback device, and 10.99.0.0/24 behind `echo`, whose hosts reply as `manner` says."""

    def __init__(self):
        if os.geteuid() != 0 or not os.path.exists("/dev/net/tun"):
            pytest.skip("a network namespace and a TUN device take root and /dev/net/tun")
        self.name = f"tocsin-e2e-{os.getpid()}"
        made = subprocess.run(["ip", "netns", "add", self.name], capture_output=True, text=True)
        if made.returncode != 0:
            pytest.skip(f"no network namespace: {made.stderr.strip()}")
        up = subprocess.run(self.inside("ip", "link", "set", "lo", "up"), capture_output=True, text=True)
        if up.returncode != 0:  # where / is no mount point, as in a mere chroot
            subprocess.run(["ip", "netns", "del", self.name], check=False)
            pytest.skip(f"no network namespace can be entered: {up.stderr.strip()}")
        self.peer = subprocess.Popen(
            self.inside(sys.executable, str(harness.ROOT / "tests/support/echo_peer.py"), "echo", "10.99.0.1/24"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.peer.stdout.readline() == "ready\n"

    def inside(self, *words):
        return ["ip", "netns", "exec", self.name, *words]

    def run(self, *words):
        return subprocess.run(self.inside(*words), check=True, capture_output=True, text=True).stdout

    def manner(self, **said):
        self.peer.stdin.write(json.dumps(said) + "\n")
        self.peer.stdin.flush()
        assert self.peer.stdout.readline() == "done\n"

    def allow_datagrams(self, allowed):
        """Whether unprivileged echo sockets may be opened in it."""
        span = "0 2147483647" if allowed else "1 0"
        self.run("sh", "-c", f"echo {span} > /proc/sys/net/ipv4/ping_group_range")

    def cut(self, is_cut):
        """The way out: away, or back."""
        self.run("ip", "link", "set", "echo", "down" if is_cut else "up")

    def close(self):
        self.peer.stdin.close()
        harness.end_process(self.peer)
        self.peer.stdout.close()
        subprocess.run(["ip", "netns", "del", self.name], check=False)
