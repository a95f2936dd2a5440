"""Debian's node_exporter beside tocsin on this live host: of the families that both have, tocsin has each series that it
has, and the same value. (Debian's leaves out more mounts and interfaces than node_exporter by itself.)"""

import re
import subprocess
import time

import pytest

import harness
from harness import until
from servers import needs

WITHIN = 30  # seconds
COLLECTED = ("node_time_seconds", frozenset())
# What each says of its own collecting, and devices that node_exporter itself leaves out since.
OWN = re.compile(r"node_scrape_collector_|node_exporter_")
LEFT_OUT = re.compile(r'device="(zram|sr)\d+"')
SERIES = re.compile(r"([a-zA-Z_:0-9]+)(\{.*\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@pytest.fixture
def exporter():
    port = harness.free_port()
    process = subprocess.Popen([needs("prometheus-node-exporter"), f"--web.listen-address=127.0.0.1:{port}"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def page():
        try:
            return harness.fetch(f"http://127.0.0.1:{port}/metrics")[0]
        except OSError:
            return None

    until(page, 20, "node_exporter answers")
    yield page
    harness.end_process(process)


def read(page):
    """The page's series with their values, and the types of its families; job and instance are whose page it is."""
    series, types = {}, {}
    for line in page.splitlines():
        if line.startswith("# TYPE node_"):
            _, _, name, kind = line.split()
            types[name] = kind
        found = SERIES.match(line) if line.startswith("node_") else None
        if found and not OWN.match(found[1]) and not LEFT_OUT.search(found[2] or ""):
            labels = frozenset(pair for pair in LABEL.findall(found[2] or "")
                               if pair[1] and pair[0] not in ("job", "instance"))
            series[found[1], labels] = float(found[3])
    return series, types


def names(series):
    return {name for name, _ in series}


def beside(key, ours):
    """What stands for their series in ours: a later node_exporter says more in an _info, and so do we."""
    name, labels = key
    if key in ours or not name.endswith("_info"):
        return ours.get(key)
    return next((value for (other, more), value in ours.items() if other == name and labels <= more), None)


def test_both_agree_on_every_family_that_both_have(world, exporter):
    daemon = world.daemon
    daemon.configure("console_only = true\n" + daemon.basics().replace("[source.host]\nenabled = false", "[source.host]"))
    daemon.start()
    until(lambda: daemon.named("targets", "host")["answered"], 20, "the host is read")
    differ, looks, end = None, 0, time.monotonic() + WITHIN
    while differ != set() and time.monotonic() < end:
        (before, their_types), (ours, our_types), (after, _) = read(exporter()), read(daemon.metrics()), read(exporter())
        # What tocsin collected a moment ago it gives again: that was not read between the two.
        if not before[COLLECTED] <= ours[COLLECTED] <= after[COLLECTED]:
            time.sleep(0.2)
            continue
        looks += 1
        both = names(before) & names(ours)
        assert len(both) > 100
        assert {n: their_types[n] for n in both} == {n: our_types[n] for n in both}
        theirs = {key for key in before.keys() & after.keys() if key[0] in both}
        # What moves lies between, or near; what moves oddly is looked at again.
        found = set()
        for key in theirs:
            our_value = beside(key, ours)
            low, high = sorted((before[key], after[key]))
            near = max(0.02 * abs(high), 3 * (high - low), 1e-9)
            if our_value is None or not low - near <= our_value <= high + near:
                found.add(key)
        differ = found if differ is None else differ & found
    assert looks, f"within {WITHIN} s tocsin never collected between two pages of node_exporter"
    shown = [(name, dict(labels), before.get((name, labels)), ours.get((name, labels))) for name, labels in differ]
    assert not shown, f"after {looks} looks, of {len(both)} families that both have: {shown}"
    print(f"{len(both)} families, {len(theirs)} series agree after {looks} looks")
