"""The samples of the differential run: two hours of a small system, every value a multiple of 1/8, so
that sums and differences of them are exact whatever their order. Samples lie 7 s after multiples of
15 s, while times, ranges and offsets of the expressions are multiples of 15 s: so none lies on the
edge of a range, which Prometheus 2 counts in and Prometheus 3 does not."""

import math
import random

START = 1_699_999_200  # seconds since 1970; a multiple of two hours, the length of a block
LENGTH = 7200
INTERVAL = 15
SHIFT = 7

JOBS = ("api", "db", "web")
INSTANCES = ("a:1", "b:2")
CODES = ("200", "404", "500")
BOUNDS = ("0.125", "0.5", "1", "2.5", "+Inf")


def _eighths(rng, low, high):
    return rng.randint(low * 8, high * 8) / 8


def _counter(rng, resets=True):
    value = _eighths(rng, 1000, 5000)
    while True:
        yield value
        if resets and rng.random() < 0.01:
            value = _eighths(rng, 0, 20)
        elif rng.random() < 0.9:
            value += _eighths(rng, 0, 30)


def _walk(rng, low, high):
    value = _eighths(rng, low, high)
    while True:
        yield value
        value = min(high, max(low, value + _eighths(rng, -5, 5)))


def _each(values):
    while True:
        yield from values


def _steady(value):
    while True:
        yield value


def _odd(rng):
    while True:
        yield rng.choice((math.nan, math.inf, -math.inf, 0.0, -1.5, 8.0))


def _mostly(rng, values, gap_from, gap_to):
    """With one long gap, and now and then a sample that is missing."""
    for number, value in enumerate(values):
        missing = gap_from <= number < gap_to or rng.random() < 0.03
        yield None if missing else value


def _buckets(rng):
    """Cumulative counts, one generator for each bound."""
    counts = [0.0] * len(BOUNDS)
    rows = []
    for _ in range(LENGTH // INTERVAL):
        hits = [rng.randint(0, 4) for _ in BOUNDS]
        counts = [count + sum(hits[: i + 1]) for i, count in enumerate(counts)]
        rows.append(list(counts))
    return [iter([row[i] for row in rows]) for i in range(len(BOUNDS))]


def _series(rng):
    """(name, labels, values) of every series."""
    for job in JOBS:
        for instance in INSTANCES:
            at = {"job": job, "instance": instance}
            for code in CODES:
                yield "requests_total", {**at, "code": code}, _counter(rng)
            yield "memory_bytes", at, _walk(rng, 100, 900)
            yield "limit_bytes", at, _walk(rng, 500, 1000)
            yield "temperature", {**at, "sensor": "s" + instance[:1]}, _walk(rng, -40, 90)
            yield "sparse", at, _mostly(rng, _walk(rng, 0, 50), 200, 260 + rng.randint(0, 60))
            yield "sparse_total", at, _mostly(rng, _counter(rng), 100, 150)
            yield "part", at, _each([_eighths(rng, -1, 1) for _ in range(7)])
            yield "build_info", {**at, "version": "v" + instance[-1]}, _steady(1.0)
            yield "epoch_seconds", at, _walk(rng, 1_000_000_000, 1_700_000_000)
        for bound, values in zip(BOUNDS, _buckets(rng)):
            yield "latency_seconds_bucket", {"job": job, "le": bound}, values
        yield "twin_one", {"job": job}, _walk(rng, 0, 9)
        yield "twin_two", {"job": job}, _walk(rng, 0, 9)
    for kind in ("x", "y", "z"):
        yield "odd", {"kind": kind}, _odd(rng)
    yield "steady", {}, _steady(7.0)
    yield "escaped", {"text": 'a "quoted" \\ back\nline é'}, _walk(rng, 0, 9)


def make(seed):
    """[(name, labels, [(time in seconds, value)])]"""
    rng = random.Random(seed)
    made = []
    for name, labels, values in _series(rng):
        samples = []
        for number, value in zip(range(LENGTH // INTERVAL), values):
            if value is not None:
                samples.append((START + SHIFT + number * INTERVAL, value))
        made.append((name, labels, samples))
    return made


def _quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _written(name, labels):
    return name + "{" + ",".join(f"{key}={_quoted(value)}" for key, value in labels.items()) + "}"


def _number(value):
    return "NaN" if math.isnan(value) else ("+Inf" if value > 0 else "-Inf") if math.isinf(value) else repr(value)


def as_openmetrics(made):
    lines = []
    for name, labels, samples in made:
        lines += [f"{_written(name, labels)} {_number(value)} {time}" for time, value in samples]
    return "\n".join(lines) + "\n# EOF\n"


def as_script(made):
    """A `load` command of the test scripts: value number i has time i × step."""
    lines = ["load 1s"]
    for name, labels, samples in made:
        words, at = [], 0
        for time, value in samples:
            words.append(f"_x{time - at} {_number(value)}")
            at = time + 1
        lines.append(f"  {_written(name, labels)} " + " ".join(words))
    return "\n".join(lines) + "\n"
