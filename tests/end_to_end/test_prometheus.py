"""Beside Prometheus: tocsin scrapes a real node_exporter, and a real Prometheus scrapes tocsin."""

import json
import shutil
import subprocess
import urllib.parse

import pytest

import harness
from harness import until


# Names that node_exporter has from 1.6 on; Debian 12 packages 1.5.
NEWER = {"node_netstat_TcpExt_TCPOFOQueue", "node_netstat_TcpExt_TCPRcvQDrop", "node_netstat_Tcp_MaxConn"}


def needs(program):
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@pytest.fixture
def node_exporter():
    program = needs("prometheus-node-exporter")
    port = harness.free_port()
    process = subprocess.Popen([program, f"--web.listen-address=127.0.0.1:{port}"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/metrics"

    def up():
        try:
            return harness.fetch(url)
        except OSError:
            return None

    until(up, 20, "node_exporter answers")
    yield url
    harness.end_process(process)


@pytest.fixture
def watching(world):
    """The daemon watches this host and itself."""
    daemon = world.daemon
    basics = daemon.basics().replace("enabled = false", 'every = "1s"')
    daemon.configure("console_only = true\n" + basics)
    daemon.start()
    until(lambda: all(t["answered"] for t in daemon.status()["targets"]), 20, "all targets answer")
    return daemon


def test_a_real_node_exporter_is_scraped_whole(world, node_exporter):
    daemon = world.daemon
    daemon.configure("console_only = true\n" + daemon.basics() + f"""
[source.prometheus.node]
url = "{node_exporter}"
every = "1s"
timeout = "900ms"
""")
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.node")["answered"], 20, "node_exporter is scraped")
    lines = [line for line in harness.fetch(node_exporter)[0].splitlines() if line and line[0] != "#"]
    samples = daemon.named("targets", "prometheus.node")["samples"]
    assert abs(samples - len(lines)) <= 0.02 * len(lines), "as many samples as lines"
    answer = daemon.cli("query", "count(node_cpu_seconds_total)", code=0).stdout
    assert any(character.isdigit() for character in answer)


def test_promtool_finds_nothing_in_our_metrics_but_nodes_names(watching):
    promtool = needs("promtool")
    run = subprocess.run([promtool, "check", "metrics"], input=watching.metrics(), text=True,
                         capture_output=True, timeout=60)
    said = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    ours = [line for line in said if not line.startswith("node_")]
    assert ours == []


def test_promtool_finds_in_our_node_metrics_only_what_it_finds_in_node_exporters(watching, node_exporter):
    promtool = needs("promtool")

    def complaints(text):
        run = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True,
                             timeout=60)
        return {line for line in (run.stdout + run.stderr).splitlines() if line.startswith("node_")}

    more = complaints(watching.metrics()) - complaints(harness.fetch(node_exporter)[0])
    assert sorted(line for line in more if line.split()[0] not in NEWER) == []


def test_metrics_are_served_as_the_asker_accepts(watching):
    url = f"http://127.0.0.1:{watching.port}/metrics"
    text, headers = harness.fetch(url)
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert text.endswith("\n") and "# EOF" not in text
    text, headers = harness.fetch(url, headers={"Accept": "application/openmetrics-text;version=1.0.0"})
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")
    for path in ("/-/healthy", "/-/ready"):
        harness.fetch(f"http://127.0.0.1:{watching.port}{path}")


def test_a_real_prometheus_scrapes_tocsin_without_a_warning(watching, tmp_path):
    prometheus = needs("prometheus")
    port = harness.free_port()
    (tmp_path / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: tocsin
    static_configs: [{{targets: ["127.0.0.1:{watching.port}"]}}]
""")
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [prometheus, f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/tsdb",
             f"--web.listen-address=127.0.0.1:{port}", "--log.level=info"], stdout=log, stderr=log)
    try:
        def ask(expression):
            query = urllib.parse.urlencode({"query": expression})
            try:
                text = harness.fetch(f"http://127.0.0.1:{port}/api/v1/query?{query}")[0]
            except OSError:
                return None
            return json.loads(text)["data"]["result"]

        until(lambda: (found := ask('up{job="tocsin"}')) and found[0]["value"][1] == "1", 40, "up is 1")
        until(lambda: (found := ask("count_over_time(tocsin_scrapes_total[1m])"))
              and int(found[0]["value"][1]) >= 3, 30, "three scrapes")
        assert ask("node_memory_MemAvailable_bytes"), "the host's metrics came along"
        log = (tmp_path / "log").read_text()
        bad = [line for line in log.splitlines() if "level=warn" in line or "level=error" in line]
        assert bad == []
    finally:
        harness.end_process(process)
