"""A real Prometheus with given samples, and the questions put to it."""

import contextlib
import http.client
import json
import pathlib
import socket
import subprocess
import time
import urllib.parse


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    """What it answers has the form of promql-answers: {"error"}, {"scalar"}, {"string"} or {"series"}."""

    def __init__(self, port):
        self.port = port
        self.connection = None

    def ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self._ask("GET", "/-/ready", "")[0] == 200
        self.connection = None
        return False

    def version(self):
        return json.loads(self._ask("GET", "/api/v1/status/buildinfo", "")[1])["data"]["version"]

    def answer(self, request):
        if request.step is None:
            fields = {"query": request.text, "time": request.start}
        else:
            fields = {"query": request.text, "start": request.start, "end": request.end, "step": request.step}
        path = "/api/v1/query" if request.step is None else "/api/v1/query_range"
        body = json.loads(self._ask("POST", path, urllib.parse.urlencode(fields))[1])
        if body["status"] != "success":
            return {"error": body["error"]}
        kind, result = body["data"]["resultType"], body["data"]["result"]
        if kind in ("scalar", "string"):
            return {kind: result[1]}
        if kind == "vector":
            return {"series": [[one["metric"], {"0": one["value"][1]}] for one in result]}
        # Of a range vector each value has its time for a number, in milliseconds.
        start, step = (0, 0.001) if request.step is None else (request.start, request.step)
        number = lambda at: str(round((float(at) - start) / step))
        return {"series": [[one["metric"], {number(at): value for at, value in one["values"]}] for one in result]}

    def _ask(self, method, path, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.connection.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = self.connection.getresponse()
        return answer.status, answer.read()


@contextlib.contextmanager
def prometheus(folder, openmetrics):
    """One that holds these samples, in `folder`, until the block ends."""
    folder = pathlib.Path(folder)
    (folder / "samples.om").write_text(openmetrics)
    made = subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", "samples.om", "data"], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode != 0:
        raise RuntimeError("promtool: " + made.stdout)
    (folder / "prometheus.yml").write_text("")
    port = _free_port()
    with open(folder / "prometheus.log", "w") as log:
        process = subprocess.Popen(
            ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--storage.tsdb.retention.time=100y",
             f"--web.listen-address=127.0.0.1:{port}"], cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        peer, end = Prometheus(port), time.monotonic() + 120
        while not peer.ready():
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("prometheus did not start:\n" + (folder / "prometheus.log").read_text())
            time.sleep(0.05)
        yield peer
    finally:
        process.terminate()
        process.wait()
