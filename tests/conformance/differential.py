#!/usr/bin/python3
"""The differential run: the same samples in a real Prometheus and in tocsin's store, expressions by
chance, and both must say the same. Exit status: 0 they agree, 1 they do not, 77 no Prometheus here.

    tests/conformance/differential.py --answers build/debug/tests/promql-answers [--expressions 5000]
                                      [--mutants 1000] [--seed N]

Mutants are expressions with a token lost, doubled, exchanged or too much: what one of the two rejects
the other must reject."""

import argparse
import collections
import json
import math
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import expressions
import peer
import samples
import versions

TOLERANCE = 1e-9
ROUNDING = 1e-13  # what a sum of such samples that cancels out may be instead of 0
WANTED_OF_EACH = 20  # expressions with each feature, in a run of 5,000
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\'[^\']*\'|[a-zA-Z_:][\w:]*|[\d.]+\w*|[=!<>]=|[=!]~|\s+|.')
EXTRA = ("(", ")", "{", "}", "[", "]", ",", "-", "+", "by", "on (job)", "offset 1m", "@ 0", "bool", "5m", "[1m]", "and", "==",
         "group_left", "sum", "1", '"x"', "ignoring ()", "[5m:]", "=")


class Request:
    """An expression, and when: at `start`, or from `start` to `end` in steps (seconds)."""

    def __init__(self, text, rng):
        self.text = text
        tick = samples.INTERVAL
        self.start = samples.START + tick * rng.randint(100, samples.LENGTH // tick)
        self.step = self.end = None
        if rng.random() < 0.2:
            self.step = tick * rng.randint(1, 8)
            self.end = self.start + self.step * rng.randint(1, 12)

    def line(self):
        times = [self.start] if self.step is None else [self.start, self.end, self.step]
        return "\t".join(str(time * 1000) for time in times) + "\t" + self.text

    def when(self):
        return f"at {self.start}" if self.step is None else f"from {self.start} to {self.end} step {self.step}"


def mutant(text, rng):
    tokens = TOKEN.findall(text)
    at = rng.randrange(len(tokens))
    how = rng.randrange(4)
    if how == 0:
        del tokens[at]
    elif how == 1:
        tokens.insert(at, tokens[at])
    elif how == 2:
        other = rng.randrange(len(tokens))
        tokens[at], tokens[other] = tokens[other], tokens[at]
    else:
        tokens.insert(at, " " + rng.choice(EXTRA) + " ")
    return "".join(tokens).replace("\t", " ").replace("\n", " ").strip() or "("


def same_number(a, b):
    a, b = float(a), float(b)
    return a == b or (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=ROUNDING)


def same_points(a, b):
    return a.keys() == b.keys() and all(same_number(a[key], b[key]) for key in a)


def same(theirs, ours, ordered):
    if "series" not in theirs or "series" not in ours:
        if theirs.keys() != ours.keys():
            return False
        return "error" in theirs or "scalar" in theirs and same_number(theirs["scalar"], ours["scalar"]) or (
            theirs.get("string", 0) == ours.get("string", 1))
    if ordered and not all(same_number(a[1]["0"], b[1]["0"]) for a, b in zip(theirs["series"], ours["series"])):
        return False
    by_labels = lambda answer: {json.dumps(metric, sort_keys=True): points for metric, points in answer["series"]}
    left, right = by_labels(theirs), by_labels(ours)
    return len(theirs["series"]) == len(ours["series"]) and left.keys() == right.keys() and all(
        same_points(left[key], right[key]) for key in left)


def is_ordered(request):
    return request.step is None and re.match(r"(sort|sort_desc)\(|(topk|bottomk)\([^()]*\)$", request.text) is not None


def ours(program, made, requests, folder):
    (folder / "samples.test").write_text(samples.as_script(made))
    asked = "\n".join(request.line() for request in requests) + "\n"
    run = subprocess.run([program, folder / "samples.test"], input=asked, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def generated(count, rng):
    """So many expressions, each feature in turn, and how many have each feature."""
    generator, texts, seen = expressions.Generator(rng), [], collections.Counter()
    for number in range(count):
        text, used = generator.expression(expressions.FEATURES[number % len(expressions.FEATURES)])
        texts.append(text)
        seen.update(used)
    return texts, seen


def shown(answer):
    text = json.dumps(answer)
    return text if len(text) < 400 else text[:400] + "…"


def compare(requests, theirs, mine):
    """Prints what differs without a known reason; (how many, how many with each known reason)."""
    unexplained, explained = 0, collections.Counter()
    for request, their, our in zip(requests, theirs, mine):
        if same(their, our, is_ordered(request)):
            continue
        why = versions.explanation(request.text, their, our)
        if why:
            explained[why] += 1
            continue
        unexplained += 1
        print(f"DIFFERENT {request.when()}: {request.text}\n  prometheus: {shown(their)}\n  tocsin:     {shown(our)}")
    return unexplained, explained


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", required=True, type=pathlib.Path, help="the built promql-answers")
    parser.add_argument("--expressions", type=int, default=5000)
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    return parser.parse_args()


def main():
    given = arguments()
    if not (shutil.which("prometheus") and shutil.which("promtool")):
        print("SKIPPED: there is no prometheus here (Debian: apt-get install prometheus)")
        return 77
    print(f"seed {given.seed}", flush=True)
    rng = random.Random(given.seed)
    texts, seen = generated(given.expressions, rng)
    texts += [mutant(rng.choice(texts), rng) for _ in range(given.mutants)]
    requests = [Request(text, rng) for text in texts]
    made = samples.make(rng.random())
    with tempfile.TemporaryDirectory(prefix="tocsin-differential-") as folder:
        folder = pathlib.Path(folder)
        with peer.prometheus(folder, samples.as_openmetrics(made)) as prometheus:
            began = time.monotonic()
            theirs = [prometheus.answer(request) for request in requests]
            print(f"prometheus {prometheus.version()}: {time.monotonic() - began:.1f} s over HTTP")
        began = time.monotonic()
        mine = ours(given.answers.resolve(), made, requests, folder)
        print(f"tocsin: {time.monotonic() - began:.1f} s")
    unexplained, explained = compare(requests, theirs, mine)
    whole = theirs[: given.expressions]
    failed = sum("error" in answer for answer in whole)
    empty = sum(answer.get("series") == [] for answer in whole)
    rejected = sum("error" in answer for answer in theirs[given.expressions:])
    rarest = sorted(expressions.FEATURES, key=seen.__getitem__)[:3]
    print(f"{given.expressions} expressions: {failed} fail, {empty} give nothing, {given.expressions - failed - empty} give "
          f"something; {given.mutants} mutants: {rejected} rejected")
    print("rarest of", len(expressions.FEATURES), "features:", ", ".join(f"{name} {seen[name]}" for name in rarest))
    for why, count in explained.most_common():
        print(f"{count:5} differ by version: {why}")
    print(f"{unexplained} differ without a known reason")
    enough = given.expressions < 5000 or (seen[rarest[0]] >= WANTED_OF_EACH and 2 * (failed + empty) <= given.expressions)
    if not enough:
        print("TOO LITTLE: some feature is too rare, or too many results are empty")
    return 0 if unexplained == 0 and enough else 1


if __name__ == "__main__":
    sys.exit(main())
