"""tocsin as systemd runs it, in a container: the same words as harness.Daemon, so that tests read alike."""

import json
import pathlib

import harness
from harness import until


class Unit(harness.Daemon):
    """`folder` is the test's own; the configuration, the state and the secrets are the container's."""

    def __init__(self, container, folder, target, receivers):
        folder.mkdir()
        super().__init__(container.folder / "local/bin/tocsin", folder, target, receivers)
        self.container = container
        self.config = container.root / "etc/tocsin"
        self.socket = pathlib.Path("/run/tocsin/control.sock")
        self.port = 9797
        self.credentials = {}
        before = container.run("journalctl", "--lines=0", "--show-cursor").stdout
        self.after = "--after-cursor=" + before.split("cursor: ")[1].strip()

    def basics(self, every="1s"):
        return super().basics(every).replace(f"{self.folder}/state", "/var/lib/tocsin").replace(
            "127.0.0.1:0", f"127.0.0.1:{self.port}")

    def configure(self, text, name="tocsin.toml"):
        (self.config / name).parent.mkdir(exist_ok=True)
        super().configure(text, name)

    def secret(self, name, content):
        """A file that root alone reads, which systemd passes on as a credential."""
        path = self.container.root / "etc/tocsin/credentials" / name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        path.write_text(content + "\n")
        path.chmod(0o600)
        self.credentials[name] = f"/etc/tocsin/credentials/{name}"
        return f"credential:{name}"

    def start(self, more=""):
        """`more`: lines for the unit's [Service], as a drop-in."""
        self.container.drop_in("".join(f"LoadCredential={n}:{p}\n" for n, p in self.credentials.items()) + more)
        self.container.systemctl("start", "tocsin")
        return self

    def stop(self):
        self.container.systemctl("stop", "tocsin")

    def close(self):
        """Nothing of this test is left for the next."""
        self.container.systemctl("stop", "tocsin", check=False)
        self.container.systemctl("reset-failed", "tocsin", check=False)
        self.container.run("sh", "-c", "rm -rf /var/lib/tocsin /run/tocsin /etc/tocsin/* "
                                       "/etc/systemd/system/tocsin.service.d")

    def kill(self, signal="KILL"):
        self.container.run("kill", f"-{signal}", self.container.show("MainPID"))

    def restarted_from(self, pid, within):
        """Another process runs in place of this one, and answers."""

        def other():
            now, state = self.container.show("MainPID", "ActiveState")
            return state == "active" and now not in ("0", pid)

        until(other, within, lambda: self.container.systemctl("status", "tocsin", check=False).stdout)

    def cli(self, *words, code=None):
        done = self.container.run("/usr/local/bin/tocsin", *words, check=False)
        if code is not None:
            assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def journal(self, **fields):
        """What it wrote in this test with these fields, oldest first, each entry as all of its fields."""
        self.container.run("journalctl", "--sync")
        # journalctl itself would apply matches before it looks for the cursor, and lose an entry.
        text = self.container.run("journalctl", self.after, "--output=json").stdout
        entries = [json.loads(line) for line in text.splitlines()]
        wanted = {"_COMM": "tocsin", **fields}
        return [entry for entry in entries if wanted.items() <= entry.items()]

    def log(self):
        return self.container.run("journalctl", "--unit=tocsin", self.after, check=False).stdout


class World(harness.World):
    """To be made in the container's network."""

    def __init__(self, container):
        super().__init__(container.folder / "local/bin/tocsin")
        self.container = container
        self.daemon = Unit(container, self.folder / "unit", self.target, self.receivers)
