"""What is normal, learned from a past that the daemon did not live through; and what it then makes of its own
days, of which each takes minutes here (fast_time.cpp)."""

import datetime
import json
import math
import re
import threading
import time

import pytest

from fast_time import FastTime
from harness import until
from prometheus_stand_in import PrometheusStandIn

BUCKET = 300
DAY = 86400


def rfc3339(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def usual(at):
    """What people do in five minutes: more by day, less at weekends, the same each week."""
    by_day = 1 + 0.4 * math.sin(2 * math.pi * (at % DAY) / DAY)
    weekend = 0.8 if (at // DAY + 4) % 7 in (6, 0) else 1
    return round(120 * by_day * weekend) + at // BUCKET * 7 % 11 - 5


RULE = """
[rule.SignupsDrop]
expr    = "signups_in_five_minutes"
every   = "5m"
drop    = { by = "30%", false_pages = "1 per 3y" }
policy  = "production"
summary = "Fewer people sign up than usual: {{normal}}"
"""


def configured(daemon, rule=RULE):
    fast = daemon.basics(every="5m").replace('timeout = "500ms"', 'timeout = "1m"')
    daemon.configure(fast + daemon.tuning(warm_up_at_most="1s") + daemon.tellers() + daemon.policy([(1, "0s", "chat")])
                     + rule)


def table(path, begin, end, column="signups_in_five_minutes", of=usual, step=BUCKET):
    lines = [f"{at},{of(at)}" for at in range(int(begin) // step * step, int(end), step)]
    path.write_text("\n".join([f"time,{column}", *lines]) + "\n")
    return str(path)


def learned(daemon, *words, code=0):
    run = daemon.cli("backtest", "--learn", "--json", *words, code=code)
    answer = json.loads(run.stdout)
    return {one["rule"]: one for one in answer["rules"]}


def says(daemon, rule="SignupsDrop"):
    return daemon.named("rules", rule)["baseline"]


def test_six_weeks_of_a_table_are_learned_and_a_drop_pages_and_comes_back(world, binary, tmp_path):
    daemon, target = world.daemon, world.target
    clock = FastTime(binary, 150)
    share = {"is": 1.0}

    def measured():
        while not target.stopping.is_set():
            target.more = f"signups_in_five_minutes {usual(int(clock.now()) // BUCKET * BUCKET) * share['is']}\n"
            time.sleep(0.05)

    threading.Thread(target=measured, daemon=True).start()
    configured(daemon)
    daemon.start(**clock.environment)
    until(lambda: "says nothing before 2 d" in says(daemon), 20, lambda: says(daemon))
    past = table(tmp_path / "past.csv", clock.now() - 42 * DAY, clock.now() - BUCKET)
    text = daemon.cli("backtest", "--learn", "--csv", past, code=0).stdout
    assert "SignupsDrop  42 d  " in text and "has learned it" in text, text
    assert "SignupsDrop: expected " in text, text
    until(lambda: says(daemon).startswith("expected ") and " in 5 min" in says(daemon), 20, lambda: says(daemon))
    assert "of 7 d" not in says(daemon)
    explained = json.loads(daemon.cli("explain", "--json", "SignupsDrop").stdout)["baseline"]
    assert explained["judges"] and explained["lower"] < explained["expected"] < explained["upper"]
    # What was learned is kept as what it learns itself is.
    daemon.kill()
    daemon.start(**clock.environment)
    until(lambda: says(daemon).startswith("expected "), 20, lambda: says(daemon))
    # It knows more than a shorter past would teach it, unless somebody says so.
    short = table(tmp_path / "short.csv", clock.now() - 9 * DAY, clock.now() - BUCKET)
    refused = learned(daemon, "--csv", short, code=1)["SignupsDrop"]
    assert not refused["learned"] and "--replace forgets that" in refused["text"], refused
    assert world.receivers.chats() == []
    share["is"] = 0.3
    chat = json.dumps(until(lambda: world.receivers.chats(), 60, lambda: says(daemon)), ensure_ascii=False)
    assert re.search(r"Fewer people sign up than usual: [\d.]+ % below \(\d", chat) and "less than one in a million by chance" in chat
    assert "}  saw " in chat and "  expected " in chat and "  usual " in chat, chat
    again = learned(daemon, "--csv", short, "--replace", code=1)["SignupsDrop"]
    assert "is in alarm" in again["text"], again
    share["is"] = 1.0
    until(lambda: daemon.incidents() == [], 60, lambda: says(daemon))


SLIPS = [
    ("several series", 'time,"signups_in_five_minutes{plan=""a""}","signups_in_five_minutes{plan=""b""}"',
     lambda at: f"{usual(at)},{usual(at)}", "a baseline judges one series, and its result has 2"),
    ("negative counts", "time,signups_in_five_minutes", lambda at: -usual(at),
     "a baseline cannot judge what is negative: -"),
    ("nothing but zeros", "time,signups_in_five_minutes", lambda at: 0, "all of its values are 0"),
    ("no number at all", "time,signups_in_five_minutes", lambda at: "NaN", "no bucket of it had a value"),
    ("another series", "time,logins", usual, "it reads signups_in_five_minutes; there are logins"),
]


@pytest.fixture
def waiting(world):
    """A daemon with a rule that knows nothing yet."""
    configured(world.daemon)
    world.daemon.start()
    return world.daemon


def test_what_cannot_teach_is_told_of_by_its_fault(waiting, tmp_path):
    end = int(time.time()) // BUCKET * BUCKET
    for number, (what, head, of, said) in enumerate(SLIPS):
        past = tmp_path / f"{number}.csv"
        past.write_text(head + "\n" + "".join(f"{at},{of(at)}\n" for at in range(end - 4 * DAY, end, BUCKET)))
        one = learned(waiting, "--csv", str(past), code=1)["SignupsDrop"]
        assert not one["learned"] and said in one["text"], (what, one)
    named = table(tmp_path / "hourly.csv", end - 20 * DAY, end, "SignupsDrop", step=3600)
    assert "its column has a value each 1 h, and the rule counts by 5 min" in learned(
        waiting, "--csv", named, code=1)["SignupsDrop"]["text"]
    short = table(tmp_path / "short.csv", end - DAY, end, "SignupsDrop")
    assert "1 d are too little" in learned(waiting, "--csv", short, code=1)["SignupsDrop"]["text"]
    ahead = table(tmp_path / "ahead.csv", end - 10 * DAY, end + 7200, "SignupsDrop")
    assert "ends in the future" in learned(waiting, "--csv", ahead, code=1)["SignupsDrop"]["text"]
    local = tmp_path / "local.csv"
    local.write_text("time,SignupsDrop\n2026-11-01 00:00,1\n")
    assert "does not say in which zone" in waiting.cli("backtest", "--learn", "--csv", str(local), code=2).stderr
    disorder = tmp_path / "disorder.csv"
    disorder.write_text(f"time,SignupsDrop\n{end},1\n{end - 300},1\n")
    assert "sort the lines by time" in waiting.cli("backtest", "--learn", "--csv", str(disorder), code=2).stderr
    # Nights without a line are no zeros; the week is known all the same, and all of this has left no trace.
    gaps = tmp_path / "gaps.csv"
    gaps.write_text("time,SignupsDrop\n" + "".join(
        f"{at},{usual(at)}\n" for at in range(end - 10 * DAY, end, BUCKET) if at % DAY > 6 * 3600))
    one = learned(waiting, "--csv", str(gaps))["SignupsDrop"]
    assert one["learned"] and "a line that is missing is no 0" in one["note"], one
    assert 6.5 * DAY < one["taught_seconds"] < 7.6 * DAY and one["known_seconds"] > 9 * DAY


def test_a_daemon_or_a_rule_that_is_not_there_is_told_of(world, tmp_path):
    daemon = world.daemon
    configured(daemon)
    past = table(tmp_path / "past.csv", time.time() - 4 * DAY, time.time() - BUCKET)
    run = daemon.cli("backtest", "--learn", "--csv", past, code=3)
    assert "is handed to the daemon that runs: start it first" in run.stderr
    daemon.start()
    configured(daemon, RULE.replace('"signups_in_five_minutes"', '"signups_in_five_minutes * 2"'))
    other = learned(daemon, "--csv", past, code=1)["SignupsDrop"]
    assert "reload it first" in other["text"], other
    configured(daemon, daemon.rule())
    assert "no rule has a baseline" in daemon.cli("backtest", "--learn", "--csv", past, code=2).stderr
    named = daemon.cli("backtest", "--learn", "--csv", past, "--rule", "GaugeHigh", code=2)
    assert "GaugeHigh has no baseline" in named.stderr


def sign_ups_of_ten_days(words):
    """What a Prometheus server that has them answers a range query."""
    start, end, step = (float(words[name]) for name in ("start", "end", "step"))
    begin, values = time.time() - 10 * DAY, []
    at = start
    while at <= end:
        if at >= begin:
            values.append([at, str(usual(int(at) // BUCKET * BUCKET))])
        at += step
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {"__name__": "signups_in_five_minutes"}, "values": values}] if values else []}})


def test_a_prometheus_server_that_wants_a_token_teaches(waiting, tmp_path):
    token = tmp_path / "token"
    token.write_text("let-me-in\n")
    server = PrometheusStandIn(lambda words, _, headers: (
        200 if headers["Authorization"] == "Bearer let-me-in" else 401, sign_ups_of_ten_days(words), None))
    try:
        asked = ["backtest", "--learn", "--since", "12d", "--step", "5m", "--prometheus", server.url]
        assert "it wants to know who asks: give --bearer" in waiting.cli(*asked, code=2).stderr
        one = json.loads(waiting.cli(*asked, "--json", "--bearer", f"file:{token}", code=0).stdout)["rules"][0]
        assert one["learned"] and 9.9 * DAY < one["known_seconds"] < 10.1 * DAY, one
        wrong = waiting.cli(*asked, "--bearer", "file:/nonexistent/token", code=2)
        assert "--bearer: cannot read the secret file:/nonexistent/token" in wrong.stderr
    finally:
        server.close()
