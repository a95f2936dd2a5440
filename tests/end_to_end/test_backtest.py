"""What a backtest says is what was lived through: the daemon's own pages from its history, a real
Prometheus server's data judged as an independent count judges it; and what sources do that break."""

import datetime
import json
import math
import os
import random
import shutil
import subprocess
import threading
import time

import pytest

import harness
from harness import until
from prometheus_stand_in import PrometheusStandIn
from test_command_line import on_a_terminal

MINUTE = 60
# A month: TOCSIN_BACKTEST_HOURS=720.
HOURS = int(os.environ.get("TOCSIN_BACKTEST_HOURS", "6"))


def seconds_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def rfc3339(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def backtest(binary, *words, code=0):
    run = subprocess.run([str(binary), "backtest", *words], capture_output=True, text=True, timeout=600)
    assert run.returncode == code, f"{words}: {run.returncode}\n{run.stdout[-2000:]}\n{run.stderr}"
    return run


def judged(binary, *words):
    return json.loads(backtest(binary, "--json", *words).stdout)


def spans(answer, rule):
    """Opened and closed of the rule's incidents."""
    return [(seconds_of(one["opened"]), one["closed"] and seconds_of(one["closed"]))
            for one in answer["incidents"] if rule in one["rules"]]


# ── tocsin's own history ──

LIVED_RULES = """
[rule.Rising]
expr = "sum(rate(work_total[6s]))"
above = 5
policy = "production"
[rule.TargetDown]
expr = "up"
below = 1
for = { bad = 2, of = 2 }
policy = "production"
"""


def test_the_history_of_a_running_daemon_gives_the_pages_that_people_got(world):
    daemon, target = world.daemon, world.target
    basics = daemon.basics().replace("[storage]\n", '[storage]\nhistory_every = "1s"\n')
    daemon.configure(basics + daemon.tuning() + daemon.tellers() + daemon.policy(harness.levels(), repeat="7s")
                     + daemon.rule('for = "2s"') + LIVED_RULES)
    daemon.start()
    work = 0
    # (seconds, load, work a second, manner)
    story = [(5, 1, 1, "well"), (9, 95, 1, "well"), (4, 1, 9, "well"), (5, 1, 1, "well"), (4, 1, 1, "error"),
             (13, 90, 1, "well"), (3, 1, 1, "well"), (2, 99, 1, "well"), (6, 1, 1, "well")]
    for length, load, step, manner in story:
        target.value, target.manner = float(load), manner
        for _ in range(length):
            work += step
            target.more = f"work_total {work}\n"
            target.asked_again(1)
    until(lambda: not daemon.incidents(), 20, "all is well again")
    target.asked_again(3)  # the history is written each second
    lived = sorted(daemon.incidents("--all"), key=lambda one: one["opened"])
    answer = json.loads(daemon.cli("backtest", "--json", "--since", "10m", code=0).stdout)
    replayed = sorted(answer["incidents"], key=lambda one: one["opened"])
    assert len(lived) >= 4
    assert [one["group"] for one in lived] == [one["group"] for one in replayed], (lived, replayed)
    for was, is_now in zip(lived, replayed):
        assert abs(seconds_of(was["opened"]) - seconds_of(is_now["opened"])) < 1, (was, is_now)
        assert abs(seconds_of(was["closed"]) - seconds_of(is_now["closed"])) < 1, (was, is_now)
        rang = [(ring["receiver"], ring["level"], seconds_of(ring["at"])) for ring in was["rings"]]
        would = [(ring["receiver"], ring["level"], seconds_of(ring["at"])) for ring in is_now["rings"]]
        assert [one[:2] for one in rang] == [one[:2] for one in would], (was, is_now)
        assert all(abs(one[2] - other[2]) < 1 for one, other in zip(rang, would)), (was, is_now)
    pager = [ring for one in replayed for ring in one["rings"] if ring["receiver"] == "on-call"]
    triggers = world.receivers.events("trigger")
    assert len(pager) >= 3
    assert len(pager) == len(triggers), (pager, triggers)
    assert all(ring["wakes"] for ring in pager)
    # An edited rule over the same past: the daemon's own stays what it is.
    edited = world.folder / "edited.toml"
    edited.write_text(daemon.rule('for = "11s"'))
    both = json.loads(daemon.cli("backtest", "--json", "--since", "10m", "--rule", "GaugeHigh",
                                 "--against", str(edited), code=0).stdout)
    compared = both["comparison"][0]
    assert compared["rule"] == "GaugeHigh"
    assert (compared["both"], compared["only_one"], compared["only_other"]) == (1, 1, 0), both["comparison"]
    assert 8 <= compared["sooner_seconds"] <= 10


# ── a Prometheus server's ──

PAST_RULES = """
[rule.Load]
expr  = "load_gauge"
above = 80
for   = "5m"
[rule.Errors]
expr  = 'sum(rate(requests_total{code="500"}[5m])) / sum(rate(requests_total[5m]))'
above = "10%"
[rule.Down]
expr  = "up"
below = 1
for   = "2m"
"""


def invented_past(begin, minutes):
    """Minute by minute: load, requests that went well and that failed since the start, up."""
    chance = random.Random(7)
    lines, good, bad = [], 0, 0
    hot = failing = down = 0
    for minute in range(minutes):
        hot = hot - 1 if hot else (chance.randrange(2, 20) if chance.random() < 0.02 else 0)
        failing = failing - 1 if failing else (chance.randrange(3, 12) if chance.random() < 0.01 else 0)
        down = down - 1 if down else (chance.randrange(1, 9) if chance.random() < 0.005 else 0)
        good += chance.randrange(80, 120)
        bad += chance.randrange(40, 60) if failing else chance.randrange(0, 3)
        lines.append((begin + minute * MINUTE, round(90 + chance.random() if hot else 10 + chance.random(), 3),
                      good, bad, 0 if down else 1))
    return lines


def open_metrics(past):
    own = 'instance="web:80",job="web"'
    families = [("load_gauge", "gauge", lambda line: [("load_gauge", "", line[1])]),
                ("requests", "counter", lambda line: [("requests_total", 'code="200",', line[2]),
                                                      ("requests_total", 'code="500",', line[3])])]
    out = []
    for name, kind, of in families:
        out.append(f"# TYPE {name} {kind}")
        for place in range(len(of(past[0]))):
            for line in past:
                if not line[4]:
                    continue
                series, labels, value = of(line)[place]
                out.append(f"{series}{{{labels}{own}}} {value} {line[0]}")
    out.append("# TYPE up gauge")
    out += [f"up{{{own}}} {line[4]} {line[0]}" for line in past]
    return "\n".join(out + ["# EOF", ""])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Prometheus server that has that past, its URL, and the past."""
    for program in ("prometheus", "promtool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    folder = tmp_path_factory.mktemp("prometheus")
    begin = int(time.time()) // MINUTE * MINUTE - (HOURS + 3) * 3600
    past = invented_past(begin, HOURS * 60)
    (folder / "past.om").write_text(open_metrics(past))
    # It reads all of the text for each block.
    subprocess.run(["promtool", "tsdb", "create-blocks-from", "--max-block-duration=54h", "openmetrics",
                    str(folder / "past.om"), str(folder / "data")], check=True, capture_output=True, timeout=600)
    (folder / "prometheus.yml").write_text("global: {}\n")
    port = harness.free_port()
    process = subprocess.Popen(
        ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
         f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=10y",
         "--query.lookback-delta=59s"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"

    def ready():
        try:
            return "Ready" in harness.fetch(url + "/-/ready")[0]
        except OSError:
            return False

    until(ready, 60, "prometheus is ready")
    yield url, process, past
    harness.end_process(process)


def expected_load_pages(past):
    """An independent count: five minutes over the threshold open, the first known health closes; what
    is not known holds `for` back and believes no health."""
    pages, over_since, opened, last = [], None, None, None
    for at, load, _, _, up in past:
        if not up:
            continue
        if load > 80:
            if opened is None:
                # Not judged for longer than two intervals: `for` starts anew.
                if over_since is None or at - last > 2 * MINUTE:
                    over_since, held = at, 0
                else:
                    held += min(at - last, MINUTE)
                if held >= 5 * MINUTE:
                    opened = at
        else:
            if opened is not None:
                pages.append((opened, at))
            over_since = opened = None
        last = at
    return pages + ([(opened, None)] if opened else [])


def joined_when_reopened(pages):
    """What breaches again within ten minutes of its close is the same incident."""
    out = []
    for opened, closed in pages:
        if out and out[-1][1] is not None and opened - out[-1][1] <= 600:
            out[-1] = (out[-1][0], closed)
        else:
            out.append((opened, closed))
    return out


def test_a_prometheus_server_and_a_table_of_the_same_past_give_the_same_pages_to_the_second(server, binary, tmp_path):
    url, process, past = server
    rules = tmp_path / "rules.toml"
    rules.write_text(PAST_RULES)
    when = ["--from", rfc3339(past[0][0]), "--to", rfc3339(past[-1][0])]
    cache = tmp_path / "answers.db"
    asked = ["--config", "/nonexistent", "--rules", str(rules), *when, "--prometheus", url, "--cache", str(cache)]
    began = time.monotonic()
    answer = judged(binary, *asked)
    took = time.monotonic() - began
    print(f"{HOURS} h of minutes from Prometheus: {took:.1f} s, "
          f"{sum(len(spans(answer, rule)) for rule in ('Load', 'Errors', 'Down'))} incidents")
    assert answer["scrapes"] == len(past)
    assert spans(answer, "Load") == joined_when_reopened(expected_load_pages(past))
    assert spans(answer, "Load") and spans(answer, "Errors")

    # The same as a table, without failures: a table cannot say that a target did not answer.
    always = [(at, load, good, bad, 1) for at, load, good, bad, _ in past]
    table = tmp_path / "past.csv"
    rows = ['time,load_gauge,"requests_total{code=""200""}","requests_total{code=""500""}"']
    table.write_text("\n".join(rows + [f"{at},{load},{good},{bad}" for at, load, good, bad, _ in always]) + "\n")
    of_table = judged(binary, "--config", "/nonexistent", "--rules", str(rules), "--csv", str(table))
    assert spans(of_table, "Load") == joined_when_reopened(expected_load_pages(always))

    # What was asked once is not asked again; what was not, needs the server.
    harness.end_process(process)
    assert judged(binary, *asked)["incidents"] == answer["incidents"]
    gone = backtest(binary, *asked, "--step", "2m", code=3)
    assert f"tocsin: {url}: " in gone.stderr and "refused" in gone.stderr


def matrix(words, warnings=None):
    start, end, step = (float(words[name]) for name in ("start", "end", "step"))
    values = [[start + i * step, "90"] for i in range(math.floor((end - start) / step) + 1)]
    answer = {"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {"__name__": "load_gauge"}, "values": values}]}}
    if warnings:
        answer["warnings"] = warnings
    return 200, json.dumps(answer), None


def error(status, text):
    return status, json.dumps({"status": "error", "errorType": "execution", "error": text}), None


@pytest.mark.parametrize("answer, code, said", [
    (lambda words, *_: error(503, "the storage is not ready"), 3, "status 503: the storage is not ready"),
    (lambda words, *_: error(400, "parse error"), 2, "status 400: parse error"),
    (lambda words, *_: (200, matrix(words)[1][:-40], None), 3, "ends early or is no JSON"),
    (lambda words, *_: (200, "<html>sign in</html>", None), 3, "is no JSON"),
    (lambda words, *_: (200, "x" * 10, 5000), 3, "in the middle of its answer"),
    (lambda words, *_: (404, "not here", None), 2, "no Prometheus server's address"),
    (lambda words, *_: error(422, "query processing would load too many samples into memory"), 3,
     "even for few steps: query processing would load too many samples"),
])
def test_a_server_that_breaks_is_told_of_in_its_own_words(binary, tmp_path, answer, code, said):
    rules = tmp_path / "rules.toml"
    rules.write_text('[rule.Load]\nexpr = "load_gauge"\nabove = 80\n')
    pretender = PrometheusStandIn(answer)
    try:
        run = backtest(binary, "--config", "/nonexistent", "--rules", str(rules), "--prometheus", pretender.url,
                       "--since", "2d", code=code)
        told = [line for line in run.stderr.splitlines() if line.startswith("tocsin: ")]
        assert len(told) == 1 and said in told[0] and "load_gauge" in told[0], run.stderr
    finally:
        pretender.close()


def test_a_limit_of_the_server_is_kept_to_and_a_break_goes_on_where_it_was(binary, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('[rule.Load]\nexpr = "load_gauge"\nabove = 80\n')
    broken = threading.Event()

    def answer(words, number, _):
        steps = (float(words["end"]) - float(words["start"])) / float(words["step"])
        if steps > 500:
            return error(422, "exceeded maximum resolution")
        if number > 12 and not broken.is_set():
            return error(500, "out of disk")
        return matrix(words, ["a block is missing"] if number == 40 else None)

    pretender = PrometheusStandIn(answer)
    try:
        words = ["--config", "/nonexistent", "--rules", str(rules), "--prometheus", pretender.url,
                 "--since", "5d", "--cache", str(tmp_path / "answers.db")]
        first = backtest(binary, *words, code=3)
        assert "out of disk" in first.stderr and "the same call goes on from there" in first.stderr
        before = len(pretender.asked)
        answered = {word["start"] for word in pretender.asked[:12]
                    if float(word["end"]) - float(word["start"]) <= 500 * 60}
        assert answered
        broken.set()
        second = judged(binary, *words)
        assert not answered & {word["start"] for word in pretender.asked[before:]
                               if float(word["end"]) - float(word["start"]) <= 500 * 60}
        assert len(second["incidents"]) == 1
        assert second["incidents"][0]["open_before"]
        assert second["rules"][0]["pages"] == 1 and second["rules"][0]["open_at_end"]
        assert 5 * 86400 - 120 < second["rules"][0]["firing_seconds"] <= 5 * 86400
        assert second["scrapes"] >= 5 * 1440
    finally:
        pretender.close()


# ── a table, and rules, with slips in them ──

@pytest.mark.parametrize("text, said", [
    ("time,load_gauge\n60,1\n30,2\n", "line 3, column 1: 1970-01-01T00:00:30Z is before"),
    ("time,load_gauge\n60,much\n", "line 2, column 4: `much` is no number"),
    ("time,load_gauge\n2026-11-01 00:00,1\n", "does not say in which zone"),
    ("", "it is empty"),
])
def test_a_table_with_a_slip_is_refused_with_its_line(binary, tmp_path, text, said):
    rules, table = tmp_path / "rules.toml", tmp_path / "past.csv"
    rules.write_text('[rule.Load]\nexpr = "load_gauge"\nabove = 80\n')
    table.write_text(text)
    run = backtest(binary, "--config", "/nonexistent", "--rules", str(rules), "--csv", str(table), code=2)
    assert f"tocsin: {table}: " in run.stderr and said in run.stderr, run.stderr
    assert run.stdout == ""


def test_rules_with_a_slip_are_told_of_as_check_does(binary, tmp_path):
    rules, table = tmp_path / "rules.toml", tmp_path / "past.csv"
    rules.write_text('[rule.Load]\nexpr = "sum(load_gauge"\nabvoe = 80\n')
    table.write_text("time,load_gauge\n60,1\n120,1\n")
    run = backtest(binary, "--config", "/nonexistent", "--rules", str(rules), "--csv", str(table), code=2)
    assert f"{rules}:2:" in run.stderr and "did you mean `above`?" in run.stderr
    rules.write_text('[rule.Load]\nexpr = "load_gauge"\nabove = 80\n')
    none = backtest(binary, "--config", "/nonexistent", "--rules", str(rules), "--rule", "Laod", "--csv", str(table),
                    code=2)
    assert "no rule is called `Laod`: did you mean `Load`?" in none.stderr


def test_a_narrow_terminal_shows_whole_words_of_a_backtest(binary, tmp_path):
    rules, table = tmp_path / "rules.toml", tmp_path / "past.csv"
    rules.write_text("""
[rule.AssemblyLineQueueTooLong]
expr = "max by (plant, stage) (mill_queue_seconds)"
above = 80
""")
    series = [f'"mill_queue_seconds{{plant=""north-plant-of-the-river"",stage=""{stage}""}}"' for stage in ("sort", "pack")]
    table.write_text("\n".join([",".join(["time", *series])] + [
        f"{60 * at},{95 if 400 < at < 500 else 1},{95 if 420 < at < 480 else 1}" for at in range(1, 1440)]))
    words = ["backtest", "--config", "/nonexistent", "--rules", str(rules), "--csv", str(table), "--pages"]
    for columns in (80, 60):
        for more in ([], ["--against", str(rules)]):
            shown = on_a_terminal(binary, *words, *more, columns=columns).rpartition("\x1b[K")[2]
            assert max(len(line) for line in shown.splitlines()) <= columns, shown
            assert "1970-01-01 06:41:00" in shown and "AssemblyLineQueueTooLong" in shown and "1 h 39 min" in shown, shown
            if not more:
                assert 'stage="sort"' in shown and 'stage="pack"' in shown, shown
            cut = [line for line in shown.splitlines() if "…" in line]
            assert not cut, cut


def test_gaps_in_a_table_page_nobody_and_are_told_of(binary, tmp_path):
    rules, table = tmp_path / "rules.toml", tmp_path / "past.csv"
    rules.write_text('[rule.Load]\nexpr = "load_gauge"\nabove = 80\nfor = "10m"\n')
    hot = [(minute, 90) for minute in range(0, 6)] + [(minute, 90) for minute in range(60, 66)]
    table.write_text("time,load_gauge\n" + "".join(f"{minute * 60},{value}\n" for minute, value in hot))
    answer = judged(binary, "--config", "/nonexistent", "--rules", str(rules), "--csv", str(table))
    assert answer["incidents"] == []
    assert answer["notes"] == ["line 8: nothing for 55 min before it"]
    assert [one["from"] for one in answer["without_samples"]] == ["1970-01-01T00:05:00Z"]
