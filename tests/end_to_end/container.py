"""A container with a real systemd and a network of its own, for what only a service manager can show.

Its /usr is the machine's own, read-only, with the very libraries that the binary was built with; all
else is a folder that goes with it. So it is up in two seconds and needs nothing from the network."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import uuid

import harness
from harness import until

# Units of the machine's /usr that would do something here, and that no test needs.
UNWANTED = ["dbus.service", "dbus.socket", "systemd-logind.service", "getty.target",
            "systemd-networkd.service", "systemd-networkd.socket", "systemd-resolved.service",
            "systemd-timesyncd.service", "systemd-update-utmp.service", "timers.target"]
CLONE_NEWNET = 0x40000000
CHECKOUT = "/opt/checkout"
BUILD = "/opt/build"


def why_not():
    """Why no container can be had here; "" where one can."""
    if os.geteuid() != 0:
        return "it takes root"
    missing = [name for name in ("systemd-nspawn", "systemd-analyze", "nsenter", "unshare") if not shutil.which(name)]
    if missing:
        return "not installed: " + ", ".join(missing)
    if not os.access("/usr/lib/systemd/systemd", os.X_OK):
        return "/usr has no systemd to boot"
    tried = subprocess.run(["unshare", "--mount", "--pid", "--net", "--fork", "true"], capture_output=True, text=True)
    return "" if tried.returncode == 0 else "no namespaces may be made: " + tried.stderr.strip()


def set_network(descriptor):
    """Puts this thread, and what it starts, into another network namespace."""
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Container:
    def __init__(self, build):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-container-"))
        self.root = self.folder / "root"
        self._furnish()
        self._log = open(self.folder / "console.log", "wb")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--private-network",
             "--console=pipe", "--system-call-filter=@clock",
             f"--machine=tocsin-{os.getpid()}", f"--directory={self.root}",
             "--bind-ro=/usr", f"--bind={self.folder}/local:/usr/local",
             f"--bind-ro={harness.ROOT}:{CHECKOUT}", f"--bind-ro={build}:{BUILD}"],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        try:
            self.leader = until(self._manager, 20, self.console)
            until(self._is_up, 30, self.console)
        except BaseException:
            self.close()
            raise

    def _furnish(self):
        for name in ("etc/systemd/system", "usr", "var/lib", "var/log/journal", "run", "tmp", "proc", "sys", "dev",
                     "root", "home", "srv", "opt"):
            (self.root / name).mkdir(parents=True)
        self.root.chmod(0o755)
        (self.folder / "local").mkdir()
        for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
            if pathlib.Path("/", name).is_symlink():
                (self.root / name).symlink_to(os.readlink(f"/{name}"))
        etc = self.root / "etc"
        for name in ("os-release", "ld.so.cache", "nsswitch.conf", "login.defs"):
            if pathlib.Path("/etc", name).exists():
                shutil.copy(f"/etc/{name}", etc / name)
        (etc / "passwd").write_text("root:x:0:0::/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\n")
        (etc / "group").write_text("root:x:0:\nnogroup:x:65534:\n")
        (etc / "machine-id").write_text(uuid.uuid4().hex + "\n")
        (etc / "hosts").write_text("127.0.0.1 localhost\n")
        (etc / "hostname").write_text("web1\n")
        units = etc / "systemd/system"
        (units / "default.target").symlink_to("/usr/lib/systemd/system/multi-user.target")
        for name in UNWANTED:
            (units / name).symlink_to("/dev/null")

    def console(self):
        return (self.folder / "console.log").read_text(errors="replace")

    def _manager(self):
        """Its process 1, once that has become systemd."""
        if self.process.poll() is not None:
            raise AssertionError("the container ended:\n" + self.console())
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        with contextlib.suppress(OSError):
            for child in children:
                if os.readlink(f"/proc/{child}/exe").endswith("/systemd"):
                    return int(child)
        return None

    def _is_up(self):
        return self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded")

    def close(self):
        """A second SIGTERM ends the container at once: nothing in it is worth an orderly end."""
        for _ in range(2):
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(3)
        harness.end_process(self.process, signal.SIGKILL)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *words, check=True, timeout=60, **more):
        """A command in it, as its root."""
        done = subprocess.run(
            ["nsenter", "--target", str(self.leader), "--all", "env", "-i",
             "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=dumb",
             "SYSTEMD_PAGER=", *words],
            capture_output=True, text=True, timeout=timeout, **more)
        if check:
            assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    @contextlib.contextmanager
    def network(self):
        """This thread, and the threads and processes that it starts, in the container's network."""
        with open("/proc/thread-self/ns/net", "rb") as ours, open(f"/proc/{self.leader}/ns/net", "rb") as its:
            set_network(its.fileno())
            try:
                yield
            finally:
                set_network(ours.fileno())

    # ── the unit ──

    def install(self):
        if not (self.folder / "local/bin/tocsin").exists():
            self.run("env", f"BUILD={BUILD}", f"{CHECKOUT}/systemd/install")

    def systemctl(self, *words, **more):
        return self.run("systemctl", *words, **more)

    def show(self, *properties):
        text = self.systemctl("show", "tocsin", "--property=" + ",".join(properties)).stdout
        shown = dict(line.split("=", 1) for line in text.splitlines())
        return shown[properties[0]] if len(properties) == 1 else [shown[name] for name in properties]

    def drop_in(self, text, name="test.conf"):
        folder = self.root / "etc/systemd/system/tocsin.service.d"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text("[Service]\n" + text)
        self.systemctl("daemon-reload")


@contextlib.contextmanager
def hung_mount(container, path):
    """A file system in it whose server never answers. Nobody reads the descriptor; to close it ends
    the mount, and whoever waits for it gets an error."""
    with open("/dev/fuse", "r+b", buffering=0) as server:
        code = (f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); "
                f"answer = libc.mount(b'hung', {path.encode()!r}, b'fuse', 0, "
                f"b'fd={server.fileno()},rootmode=40000,user_id=0,group_id=0,allow_other'); "
                f"raise SystemExit(ctypes.get_errno() if answer else 0)")
        done = subprocess.run(["nsenter", "--target", str(container.leader), "--mount", "/usr/bin/python3", "-c", code],
                              pass_fds=[server.fileno()], capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, f"mount: {os.strerror(done.returncode)} {done.stderr}"
        try:
            yield
        finally:
            server.close()
            container.run("umount", "--lazy", path)
