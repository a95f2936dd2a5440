"""What rules reach back to outlives a restart and a crash; a damaged history costs nothing but itself."""

import json

from harness import until

RULE = """
[rule.Mean]
expr  = 'avg_over_time(load_gauge[1m])'
above = 1000
"""


def value(daemon, expression):
    result = json.loads(daemon.cli("query", "--json", expression).stdout)["result"]
    return float(result[0]["value"][1]) if result else 0


def remembering(world):
    daemon = world.daemon
    basics = daemon.basics().replace("[storage]\n", '[storage]\nhistory_every = "1s"\n')
    daemon.configure("console_only = true\n" + basics + daemon.tuning() + RULE)
    daemon.start()
    until(lambda: value(daemon, "count_over_time(load_gauge[1m])") >= 6, 20, "some samples")
    return daemon


def test_after_a_stop_nothing_is_missing(world):
    daemon = remembering(world)
    before = value(daemon, "count_over_time(load_gauge[1m])")
    daemon.stop()
    daemon.start()
    after = value(daemon, "count_over_time(load_gauge[1m])")
    assert after >= before, daemon.log()
    until(lambda: daemon.named("rules", "Mean")["last_evaluation"], 10, "the rule is evaluated")
    assert daemon.named("rules", "Mean")["reason"] != "warming up"
    assert "tocsin_history_bytes" in daemon.metrics()


def test_after_kill_9_no_more_is_missing_than_was_not_yet_written(world):
    daemon = remembering(world)
    before = value(daemon, "count_over_time(load_gauge[1m])")
    daemon.kill()
    daemon.start()
    assert value(daemon, "count_over_time(load_gauge[1m])") >= before - 2.5, daemon.log()
    until(lambda: daemon.named("rules", "Mean")["last_evaluation"], 10, "the rule is evaluated")
    assert daemon.named("rules", "Mean")["reason"] != "warming up"


def test_a_damaged_history_is_set_aside_and_the_daemon_runs(world):
    daemon = remembering(world)
    daemon.stop()
    state = daemon.folder / "state"
    for file in state.glob("history.db*"):
        file.write_bytes(b"\xff" * 9000)
    daemon.start()
    assert "history.db is corrupt" in daemon.log()
    assert list(state.glob("history.db.corrupt-*"))
    until(lambda: value(daemon, "load_gauge") == world.target.value, 10, "it watches")
    world.target.asked_again(3)  # a tick and its write apart
    daemon.kill()
    daemon.start()
    assert value(daemon, "count_over_time(load_gauge[1m])") >= 1, daemon.log()


def test_without_a_history_nothing_is_kept(world):
    daemon = world.daemon
    daemon.configure("console_only = true\n" + daemon.basics().replace("[storage]\n", '[storage]\nhistory = "0s"\n'))
    daemon.start()
    until(lambda: value(daemon, "load_gauge") == world.target.value, 10, "it watches")
    daemon.stop()
    assert not list((daemon.folder / "state").glob("history.db*"))
