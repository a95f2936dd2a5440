"""Records as a person writes and sees them: in queries, rules, explain and /metrics, over a reload."""

import json
import re

from harness import until

RECORDS = """
[record."load:twice"]
expr   = 'load_gauge * 2'
labels = { unit = "ratio" }
[record."load:sum"]
expr = 'sum(load:twice)'
[rule.SumHigh]
expr  = 'load:sum'
above = 100
"""


def value(daemon, expression):
    result = json.loads(daemon.cli("query", "--json", expression).stdout)["result"]
    return result[0]["value"][1] if result else None


def recording(world, records=RECORDS):
    daemon = world.daemon
    daemon.configure("console_only = true\n" + daemon.basics() + daemon.tuning())
    (daemon.config / "rules.d").mkdir()
    daemon.configure(records, "rules.d/records.toml")
    daemon.start()
    until(lambda: value(daemon, "load:sum"), 10, "the first value of a record of a record")
    return daemon


def test_what_is_recorded_is_there_for_queries_rules_explain_and_scrapers(world):
    world.target.value = 20
    daemon = recording(world)
    assert "2 records" in daemon.cli("check", code=0).stdout
    until(lambda: value(daemon, "load:sum") == "40", 10, "twice the gauge")
    assert value(daemon, 'load:twice{zone="a", unit="ratio"}') == "40"
    shown = daemon.cli("status").stdout
    assert re.search(r"load:twice +1 ", shown), shown
    assert re.search(r'^load:twice{.*unit="ratio".*} 40$', daemon.metrics(), re.MULTILINE)

    world.target.value = 60
    until(lambda: daemon.cli("explain", "SumHigh").returncode == 1, 10, "it fires")
    why = daemon.cli("explain", "SumHigh").stdout
    assert "load:sum = sum(load:twice)" in why and "load:twice = load_gauge * 2" in why, why
    parts = json.loads(daemon.cli("explain", "SumHigh", "--json").stdout)["parts"]
    assert [part.get("record", "") for part in parts] == ["", "load:sum", "", "load:twice", ""]
    assert parts[-1]["elements"][0]["value"] == "60"

    world.target.value = 1
    until(lambda: daemon.cli("explain", "SumHigh").returncode == 0, 10, "it is over")


def test_a_reload_adds_removes_and_refuses_records(world):
    daemon = recording(world)
    changed = RECORDS.replace('[record."load:twice"]', '[record."load:double"]').replace(
        "sum(load:twice)", "sum(load:double)")
    daemon.configure(changed, "rules.d/records.toml")
    told = daemon.cli("check", "--diff", code=0).stdout
    for line in ("+ record load:double", "- record load:twice   its series are forgotten",
                 "~ record load:sum: expr sum(load:twice) → sum(load:double)"):
        assert line in told, told
    daemon.cli("reload", code=0)
    until(lambda: value(daemon, "load:double"), 10, "the new record")
    assert value(daemon, "load:twice") is None

    daemon.configure(changed + '[record."load:circle"]\nexpr = \'load:circle\'\n', "rules.d/records.toml")
    refused = daemon.cli("reload")
    assert refused.returncode == 2 and "load:circle → load:circle" in refused.stdout + refused.stderr
    assert value(daemon, "load:double")


def test_a_rule_test_sees_records(binary, world):
    (world.daemon.folder / "records.toml").write_text("console_only = true\n" + RECORDS, encoding="utf-8")
    path = world.daemon.folder / "test.toml"
    path.write_text("""
load = ["records.toml"]
[source.prometheus.app]
url = "http://127.0.0.1:1/metrics"
[[test]]
name   = "the sum of both"
alert  = [
  { at = "1m", rule = "SumHigh", state = "inactive", value = 100 },
  { at = "2m", rule = "SumHigh", state = "firing", value = 102 },
]
[[test.scrape]]
target = "prometheus.app"
series = '''
load_gauge{n="1"} 20 25 25
load_gauge{n="2"} 20 25 26
'''
""", encoding="utf-8")
    run = world.daemon.cli("test", str(path))
    assert run.returncode == 0, run.stdout + run.stderr
