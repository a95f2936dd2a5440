"""tocsin and the peers that Debian packages, each watching this host once a minute, on free loopback
ports and in a folder of its own."""

import json
import pathlib
import re
import shutil
import subprocess
import time
import tomllib
import urllib.parse
import urllib.request

import harness

RULES = harness.ROOT / "rules"
PACKS = ("infrastructure", "application", "tocsin")
COUNT = 'count_over_time(node_load1{job="host"}[10m])'
SEVERITIES = {"warn": "warning"}
UNITS = {"%": 0.01, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "MiB": 2**20, "GiB": 2**30}


def number(quantity):
    """A threshold as a plain number: 80%, 1.8s, 0."""
    if not isinstance(quantity, str):
        return quantity
    figure, unit = re.fullmatch(r"([0-9.]+)\s*([A-Za-z%]*)", quantity).groups()
    return float(figure) * (UNITS[unit] if unit else 1)


def only_value(data):
    """Of an answer of the query API: it holds one series."""
    return int(float(data["result"][0]["value"][1]))


def shipped_rules():
    for pack in PACKS:
        yield from tomllib.loads((RULES / f"{pack}.toml").read_text(encoding="utf-8"))["rule"].items()


def as_prometheus(every):
    """The shipped rules as Prometheus writes them, one group an interval; without those that judge by a baseline,
    which it has not."""
    groups = {}
    for name, rule in shipped_rules():
        key = next((key for key in ("above", "below") if key in rule), None)
        if key is None:
            continue
        threshold = rule[key]
        if not isinstance(threshold, dict):
            threshold = {rule.get("severity", "warning"): threshold}
        for severity, least in threshold.items():
            expression = f"({rule['expr'].strip()}) {'>' if key == 'above' else '<'} {number(least)}"
            groups.setdefault(every or rule.get("every", "1m"), []).append(
                {"alert": name, "expr": expression, "labels": {"severity": SEVERITIES.get(severity, severity)}})
    # JSON is YAML.
    return json.dumps({"groups": [{"name": f"every {interval}", "interval": interval, "rules": rules}
                                  for interval, rules in groups.items()]})


class Server:
    """One process. `start` returns once it is ready and notes how long that took."""

    name = ""
    package = None

    def __init__(self, folder):
        self.folder = folder / self.name
        self.folder.mkdir()
        self.port = harness.free_port()
        self.process = None
        self.start_s = []

    def command(self):
        raise NotImplementedError

    def configure(self, every):
        """Writes its files; `every` is its interval."""

    def ready(self):
        try:
            harness.fetch(f"http://127.0.0.1:{self.port}{self.ready_path}", timeout=1)
            return True
        except OSError:
            return False

    ready_path = "/-/ready"

    def start(self):
        began = time.monotonic()
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            cwd=self.folder)
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() - began > 30:
                raise SystemExit(f"{self.name} does not start:\n" + (self.folder / "log").read_text())
            time.sleep(0.002)
        self.start_s.append(time.monotonic() - began)

    def reload(self, every):
        """Takes the other interval."""
        self.configure(every)

    keeps_samples = False

    def samples(self):
        """How many of one series of the host it holds, if it keeps samples at all."""
        return 0

    def stop(self):
        if self.process is not None:
            harness.end_process(self.process)

    def own_files(self):
        """What is installed for it, libraries apart."""
        listed = subprocess.run(["dpkg", "-L", self.package], capture_output=True, text=True, check=True)
        files = {pathlib.Path(line).resolve() for line in listed.stdout.splitlines()}
        return [path for path in files if path.is_file()]


class Tocsin(Server):
    name = "tocsin"
    keeps_samples = True

    def __init__(self, folder, binary, target=None):
        super().__init__(folder)
        self.binary = binary
        self.target = target  # a server whose metrics it scrapes besides
        self.config = self.folder / "config"
        self.config.mkdir()
        self.socket = self.folder / "control.sock"

    def configure(self, every):
        scraped = "" if self.target is None else f"""[source.prometheus.exporter]
url = "http://127.0.0.1:{self.target.port}/metrics"
every = "{every}"
timeout = "1s"
"""
        (self.config / "tocsin.toml").write_text(f"""console_only = true
[packs]
enable = {json.dumps(PACKS)}
[listen]
address = "127.0.0.1:{self.port}"
[control]
socket = "{self.socket}"
[storage]
path = "{self.folder}/state"
[source.host]
every = "{every}"
timeout = "1s"
[source.tocsin]
every = "{every}"
timeout = "1s"
{scraped}""", encoding="utf-8")

    def command(self):
        return [str(self.binary), "--config", str(self.config), "run"]

    def ask(self, *words):
        run = subprocess.run([str(self.binary), "--socket", str(self.socket), *words],
                             capture_output=True, text=True, timeout=30)
        if run.returncode > 1:  # 1: something is wrong, and is told
            raise SystemExit(f"tocsin {' '.join(words)} ended with {run.returncode}: {run.stderr}")
        return run.stdout

    def reload(self, every):
        self.configure(every)
        self.ask("reload")

    def samples(self):
        return only_value(json.loads(self.ask("--json", "query", COUNT)))

    def own_files(self):
        installed = self.folder / "installed"
        shutil.rmtree(installed, ignore_errors=True)
        script = harness.ROOT / "systemd/install"
        subprocess.run([str(script)], env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DESTDIR": str(installed)},
                       check=True, capture_output=True)
        return [path for path in installed.rglob("*") if path.is_file()]


class NodeExporter(Server):
    name = "node_exporter"
    package = "prometheus-node-exporter"
    ready_path = "/"

    def command(self):
        return ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{self.port}"]


class Alertmanager(Server):
    name = "Alertmanager"
    package = "prometheus-alertmanager"

    def configure(self, every):
        (self.folder / "config.yml").write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")

    def command(self):
        return ["prometheus-alertmanager", "--config.file=config.yml", "--storage.path=data",
                "--cluster.listen-address=", f"--web.listen-address=127.0.0.1:{self.port}"]


class Prometheus(Server):
    name = "Prometheus"
    keeps_samples = True
    package = "prometheus"

    def __init__(self, folder, exporter, alertmanager):
        super().__init__(folder)
        self.exporter = exporter
        self.alertmanager = alertmanager

    def configure(self, every):
        (self.folder / "rules.yml").write_text(as_prometheus(None if every == "1m" else every))
        (self.folder / "config.yml").write_text(json.dumps({
            "global": {"scrape_interval": every, "scrape_timeout": "1s"},
            "rule_files": ["rules.yml"],
            "alerting": {"alertmanagers": [
                {"static_configs": [{"targets": [f"127.0.0.1:{self.alertmanager.port}"]}]}]},
            "scrape_configs": [{"job_name": "host",
                                "static_configs": [{"targets": [f"127.0.0.1:{self.exporter.port}"]}]}],
        }))

    def command(self):
        return ["prometheus", "--config.file=config.yml", "--storage.tsdb.path=data", "--web.enable-lifecycle",
                f"--web.listen-address=127.0.0.1:{self.port}"]

    def reload(self, every):
        self.configure(every)
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/-/reload", method="POST")
        urllib.request.urlopen(request, timeout=30).close()

    def samples(self):
        query = urllib.parse.quote(COUNT)
        answer = harness.fetch(f"http://127.0.0.1:{self.port}/api/v1/query?query={query}")[0]
        return only_value(json.loads(answer)["data"])


class Monit(Server):
    name = "Monit"
    package = "monit"

    def configure(self, every):
        at = self.folder
        path = at / "monitrc"
        path.write_text(f"""set daemon 60
set log {at}/monit.log
set pidfile {at}/monit.pid
set idfile {at}/monit.id
set statefile {at}/monit.state
set httpd port {self.port} address 127.0.0.1 allow 127.0.0.1
check system this-host
  if cpu usage > 80% then exec "/bin/true"
  if memory usage > 85% then exec "/bin/true"
  if swap usage > 50% then exec "/bin/true"
  if loadavg (5min) per core > 3 then exec "/bin/true"
  if filedescriptors usage > 90% then exec "/bin/true"
check filesystem root with path /
  if space usage > 90% then exec "/bin/true"
  if inode usage > 90% then exec "/bin/true"
  if service time > 500 milliseconds for 5 cycles then exec "/bin/true"
check network loopback with interface lo
  if failed link then exec "/bin/true"
""")
        path.chmod(0o600)

    ready_path = "/_ping"

    def command(self):
        return ["monit", "-I", "-c", str(self.folder / "monitrc")]
