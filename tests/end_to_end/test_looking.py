"""What people see of the series and of a rule's reasons: query over a span, and explain."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import urllib.parse

from harness import fetch, free_port, until

COLOUR = re.compile(r"\x1b\[\d+m")


def on_a_terminal(daemon, columns, *words, any_end=False, **more):
    """What a terminal of that width is shown."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR")}
    process = subprocess.Popen([str(daemon.binary), "--config", str(daemon.config), *words], stdout=theirs,
                               env={**environment, **more})
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 65536):
            shown += block
    except OSError:  # the other end is gone: that was all
        pass
    os.close(ours)
    assert process.wait(60) == 0 or any_end
    return shown.decode()


def some_samples(daemon):
    until(lambda: float(json.loads(daemon.cli("query", "--json", "count_over_time(load_gauge[1m])").stdout)
                        ["result"][0]["value"][1]) >= 4, 20, "a few samples")


def test_a_span_is_a_table_for_programs_and_a_plot_for_people(climbing):
    daemon = climbing.daemon
    climbing.target.more = 'odd{text="a\\nb\x1b[2J"} 7\nflat{n="1"} 1\nflat{n="2"} 2\n'
    some_samples(daemon)
    table = daemon.cli("query", "load_gauge * 2", "--range", "3s", "--step", "1s", code=0).stdout
    assert re.search(r'\d{4}-\d\d-\d\dT.*Z +2 +{.*zone="a"}', table), table
    assert COLOUR.search(table) is None
    data = json.loads(daemon.cli("query", "load_gauge", "--range", "3s", "--step", "1s", "--json", code=0).stdout)
    assert data["resultType"] == "matrix" and len(data["result"][0]["values"]) >= 2

    shown = on_a_terminal(daemon, 70, "query", "flat", "--range", "1m")
    assert COLOUR.search(shown) and ("⠉" in shown or "⣀" in shown)
    assert max(len(COLOUR.sub("", line)) for line in shown.splitlines()) <= 70
    plain = on_a_terminal(daemon, 70, "query", "flat", "--range", "1m", NO_COLOR="1")
    assert "\x1b" not in plain and "COURSE" in plain
    hostile = on_a_terminal(daemon, 120, "query", "odd", "--range", "1m", NO_COLOR="1")
    assert "\x1b" not in hostile and "x1b[2J" in hostile
    assert "┤" in daemon.cli("query", "odd", "--range", "1m", "--plot", code=0).stdout


def test_a_span_that_makes_no_sense_is_refused(climbing):
    daemon = climbing.daemon
    for words in (("--from", "yesterday"), ("--step", "0s"), ("--range", "1h", "--step", "1s", "--from", "2h")):
        run = daemon.cli("query", "load_gauge", *words)
        assert run.returncode == 2 and run.stderr.startswith("tocsin: "), run
    run = daemon.cli("query", "load_gauge", "--range", "1w", "--step", "1s")
    assert run.returncode == 1 and "points" in run.stderr
    assert daemon.cli("query", "load_gauge[", "--range", "1h").returncode == 2


def test_the_api_answers_step_by_step_and_with_range_vectors(climbing):
    daemon = climbing.daemon
    some_samples(daemon)
    base = f"http://127.0.0.1:{daemon.port}/api/v1/"
    now = float(json.loads(fetch(base + "query?query=time()")[0])["data"]["result"][0])
    ask = urllib.parse.urlencode({"query": "load_gauge", "start": now - 3, "end": now, "step": "1"})
    answer = json.loads(fetch(base + "query_range?" + ask)[0])
    assert answer["status"] == "success" and answer["data"]["resultType"] == "matrix"
    times = [at for at, _ in answer["data"]["result"][0]["values"]]
    assert all(now - 3.001 <= at <= now + 0.001 for at in times) and times == sorted(times)
    ask = urllib.parse.urlencode({"query": "load_gauge[1m]"})
    answer = json.loads(fetch(base + "query?" + ask)[0])["data"]
    assert answer["resultType"] == "matrix" and len(answer["result"][0]["values"]) >= 4
    assert answer["result"][0]["metric"]["__name__"] == "load_gauge"


def test_every_path_of_the_manual_is_answered(climbing):
    daemon = climbing.daemon
    climbing.target.value = 93
    until(lambda: daemon.cli("incidents").returncode == 1, 20, "an incident")
    page = daemon.cli("man", "1", code=0).stdout.replace("\\", "")
    paths = [path for line in re.findall(r"^fB(/.*)fR$", page, re.M) for path in line.split(", ")]
    assert len(paths) > 5, page
    for path in paths:
        if path.startswith(("/etc", "/run", "/var", "/ack/")):  # links to acknowledge have tests of their own
            continue
        for word, value in (("EXPR", "load_gauge"), ("start=TIME", "start=1"), ("end=TIME", "end=61"), ("&time=TIME", ""),
                            ("DURATION", "1m"), ("RULE", "GaugeHigh"), ("NUMBER", "1")):
            path = path.replace(word, value)
        assert fetch(f"http://127.0.0.1:{daemon.port}{path}")[0]  # raises where it is answered by an error


def test_explain_says_why_and_what_comes_next(climbing):
    daemon = climbing.daemon
    some_samples(daemon)
    well = daemon.cli("explain", "GaugeHigh", code=0).stdout
    assert "load_gauge" in well and "79 below 80" in well, well
    climbing.target.value = 93
    until(lambda: daemon.cli("explain", "GaugeHigh").returncode == 1, 20, "it fires")
    until(lambda: "next: level 2" in daemon.cli("explain", "GaugeHigh").stdout, 20, "level 2 is announced")
    fires = daemon.cli("explain", "GaugeHigh").stdout
    assert "13 above clear, 80" in fires and "firing" in fires and "breached" in fires, fires
    answer = json.loads(daemon.cli("explain", "GaugeHigh", "--json").stdout)
    assert answer["parts"][0]["text"] == "load_gauge"
    assert answer["parts"][0]["elements"][0]["value"] == "93"
    assert answer["instances"][0]["state"] == "firing"
    assert answer["transitions"][0]["to"] == "firing" and answer["transitions"][0]["reason"]
    served = json.loads(fetch(f"http://127.0.0.1:{daemon.port}/api/v1/explain/GaugeHigh")[0])
    assert served["rule"] == "GaugeHigh"
    unknown = daemon.cli("explain", "GaugeHgh")
    assert unknown.returncode == 2 and "GaugeHigh" in unknown.stderr


def test_a_slip_in_a_query_is_pointed_at(climbing):
    run = climbing.daemon.cli("query", "1 + rat(load_gauge[1m])")
    assert run.returncode == 2
    assert run.stderr == ('tocsin: there is no function "rat"\n    1 + rat(load_gauge[1m])\n'
                          "        ^~~ did you mean `rate`?\n"), run.stderr


def test_a_slip_in_a_metric_of_ones_own_is_pointed_at(climbing):
    daemon = climbing.daemon
    climbing.target.more = 'mill_queue_seconds{stage="sort"} 3\n'
    until(lambda: "stage" in daemon.cli("query", "mill_queue_seconds").stdout, 20, "its series")
    name = "no series is called `mill_queue_secnds`: did you mean `mill_queue_seconds`?"
    label = "`mill_queue_seconds` has no label `stge`: did you mean `stage`?"
    run = daemon.cli("query", "mill_queue_secnds", code=0)
    assert (run.stdout, run.stderr) == ("no series\n", f"tocsin: {name}\n")
    run = daemon.cli("query", 'mill_queue_seconds{stge="sort"}', "--range", "1m", code=0)
    assert (run.stdout, run.stderr) == ("no series\n", f"tocsin: {label}\n")
    answer = json.loads(daemon.cli("query", "--json", "mill_queue_secnds", code=0).stdout)
    assert answer == {"resultType": "vector", "result": [], "notes": [name]}
    assert "notes" not in json.loads(daemon.cli("query", "--json", "mill_queue_seconds").stdout)

    (daemon.config / "rules.d").mkdir()
    rules = daemon.config / "rules.d/mill.toml"
    rules.write_text("""
[record."mill:queue:max"]
expr = 'max(mill_queue_secnds)'
[rule.MillQueue]
expr = 'mill:queue:max'
above = 60
policy = "production"
[rule.MillSorting]
expr = 'mill_queue_seconds{stge="sort"}'
above = 60
policy = "production"
[rule.MillIdle]
expr = 'mill_queue_seconds'
below = 1
policy = "production"
""")
    wanted = [f"rule MillQueue: {name}", f"rule MillSorting: {label}", f"record mill:queue:max: {name}"]
    shown = daemon.cli("check", "--diff", code=0).stdout
    assert sorted(line for line in shown.splitlines() if line.startswith("note: ")) == sorted(
        "note: " + line for line in wanted), shown
    assert sorted(json.loads(daemon.cli("check", "--diff", "--json", code=0).stdout)["notes"]) == sorted(wanted)
    told = daemon.cli("reload", code=0).stdout
    assert all(f"note: {line}" in told.splitlines() for line in wanted), told
    assert json.loads(daemon.cli("reload", "--json", code=0).stdout)["notes"] == [], "they are no longer new"
    for rule, note in (("MillQueue", name), ("MillSorting", label)):
        assert note in daemon.cli("explain", rule, code=0).stdout.splitlines()
        assert json.loads(daemon.cli("explain", rule, "--json", code=0).stdout)["notes"] == [note]
    assert json.loads(daemon.cli("explain", "MillIdle", "--json").stdout)["notes"] == []


def test_a_reload_does_not_speak_of_series_that_a_new_target_may_bring(climbing):
    daemon = climbing.daemon
    climbing.target.more = 'mill_queue_seconds{stage="sort"} 3\n'
    until(lambda: "stage" in daemon.cli("query", "mill_queue_seconds").stdout, 20, "its series")
    (daemon.config / "rules.d").mkdir()
    rule = '[rule.{}]\nexpr = "{}"\nabove = 60\npolicy = "production"\n'
    rules = rule.format("Kiln", "kiln_celsius") + rule.format("MillQueue", "mill_queue_secnds")
    (daemon.config / "rules.d/kiln.toml").write_text(rules)
    assert "note: rule Kiln: no series is called `kiln_celsius`\n" in daemon.cli("check", "--diff", code=0).stdout
    (daemon.config / "rules.d/kiln.toml").write_text(
        f'[source.prometheus.kiln]\nurl = "http://127.0.0.1:{free_port()}/metrics"\n' + rules)
    for words in (("check", "--diff"), ("reload",)):
        notes = [line for line in daemon.cli(*words, code=0).stdout.splitlines() if line.startswith("note: ")]
        assert notes == ["note: rule MillQueue: no series is called `mill_queue_secnds`: "
                         "did you mean `mill_queue_seconds`?"]


def test_explain_names_the_moment_of_its_values_and_cuts_nothing_for_a_program(world):
    daemon = world.daemon
    expression = 'max by (zone) (load_gauge) - 0 * max by (zone) (load_gauge{zone=~"a|b|c|d|e|f|g|h|i|j"})'
    daemon.configure(daemon.basics(every="30s").replace("[host]", "console_only = true\n[host]") + f"""
[rule.Long]
expr = '{expression} + 0 * max by (zone) (load_seconds)'
above = "2s"
""")
    world.target.more = 'load_seconds{zone="a"} 0.25\n'
    world.target.value = 1
    daemon.start()
    # The first tick: every 30 s, at an offset of the host's own.
    until(lambda: daemon.named("rules", "Long")["value"], 40, "it is judged")
    world.target.value = 99  # what is now is not what was judged
    shown = daemon.cli("explain", "Long", code=0).stdout
    assert expression in shown and "…" not in shown, "a pipe is not cut"
    assert "the values are of then, not of now" in shown
    assert "250 ms" in shown and "above 2 s (warning)" in shown, shown
    moment = re.search(r"evaluated (\d\d:\d\d:\d\d)", shown).group(1)
    line = next(line for line in shown.splitlines() if line.startswith('{zone="a"}'))
    assert f"1 s      {moment}" in line or re.search(rf"\b1 s +{moment}", line), shown
    narrow = on_a_terminal(daemon, 70, "explain", "Long", NO_COLOR="1")
    assert "…" in narrow


def test_explain_tells_the_rows_of_a_narrow_terminal_apart(world):
    daemon = world.daemon
    labels = 'plant="the-northern-plant-of-the-river",line="assembly-line-{}",stage="{}"'
    world.target.more = "".join(f"mill_queue_seconds{{{labels.format(line, stage)}}} {value}\n" for line, stage, value in (
        ("one", "sort", 90), ("one", "pack", 30), ("two", "sort", 95), ("two", "pack", 20)))
    daemon.configure(daemon.basics().replace("[host]", "console_only = true\n[host]") + """
[rule.MillQueue]
expr = 'max by (plant, line, stage, job, instance) (mill_queue_seconds{plant=~"the-northern-plant-of-the-river|b"}) * 1'
above = "80s"
""")
    daemon.start()
    until(lambda: daemon.named("rules", "MillQueue")["firing"] == 2, 20, "it fires")
    row = daemon.named("rules", "MillQueue")
    assert row["threshold"] == "above 1 min 20 s"
    assert "1 min 35 s (above 1 min 20 s)" in daemon.cli("status").stdout
    for columns in (80, 60):
        shown = on_a_terminal(daemon, columns, "explain", "MillQueue", any_end=True, NO_COLOR="1").replace("\r", "")
        assert max(len(line) for line in shown.splitlines()) <= columns, shown
        told = re.sub(r"\s+", " ", shown)
        assert 'max by (plant, line, stage, job, instance)' in told, shown
        for line in ("one", "two"):
            for stage in ("sort", "pack"):
                # In each of the three parts, and as an instance.
                assert told.count(f'{{line="assembly-line-{line}", stage="{stage}", …}}') >= 4, (line, stage, shown)
        assert "15 s above clear" in told and "1 min below" in told, shown
        status = on_a_terminal(daemon, columns, "status", any_end=True, NO_COLOR="1").replace("\r", "")
        assert max(len(line) for line in status.splitlines()) <= columns, status
    whole = on_a_terminal(daemon, 60, "explain", "MillQueue", "--wide", any_end=True, NO_COLOR="1")
    assert "…" not in whole and whole.count("the-northern-plant-of-the-river") > 12, whole


def test_a_rule_that_measures_nothing_says_so_and_one_that_warms_up_says_until_when(world):
    daemon = world.daemon
    daemon.configure(daemon.basics().replace("[host]", "console_only = true\n[host]") + """
[rule.Nothing]
expr = 'no_such_metric'
above = 1
[rule.Filter]
expr = 'load_gauge > 1000'
[rule.FilterOfNothing]
expr = 'no_such_metric > 1000'
[rule.Warm]
expr = 'max_over_time(load_gauge[4m])'
above = 80
""")
    daemon.start()
    until(lambda: daemon.named("rules", "Warm")["last_evaluation"], 10, "the first scrape")
    world.target.value = 99
    until(lambda: daemon.named("rules", "Warm")["value"] == "99", 10, "it is in breach")
    shown = daemon.cli("status").stdout
    about = {line.split()[0]: line for line in shown.splitlines() if line}
    assert re.search(r"finds no series since (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d", about["Nothing"]), shown
    assert "finds no series" in about["FilterOfNothing"], shown
    assert "finds no series" not in about["Filter"] and "none" not in about["Filter"], shown
    assert re.search(r"warming up until (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d", about["Warm"]), shown
    explained = daemon.cli("explain", "Warm").stdout
    until_when = re.search(r"warming up until (\S+)", explained).group(1)
    assert re.search(rf"warming up +{until_when} UTC is judged; is in breach now", explained), explained
    assert "finds no series since" in daemon.cli("explain", "Nothing").stdout
    page = daemon.page()
    assert re.search(r">Warm</td>.*>warming up until [^<]+ UTC<", page), page
    assert re.search(r">Nothing</td>.*>finds no series since [^<]+ UTC<", page), page


def test_the_page_says_what_is_wrong_and_how_to_take_it(climbing):
    daemon = climbing.daemon
    climbing.target.value = 99
    until(daemon.incidents, 10, "it is open")
    number = daemon.incidents()[0]["id"]
    page = daemon.page()
    assert f">tocsin ack {number}</td>" in page, page
    assert re.search(r">GaugeHigh</td>.*>load is 99 in zone a \(above 80\)</td>.*>firing</td>", page), page
    daemon.cli("ack", str(number), "--by", "ada")
    page = daemon.page()
    assert ">by ada</td>" in page and "tocsin ack" not in page, page


def test_a_probe_that_was_refused_has_found_trouble_and_tables_fit_the_terminal(world):
    daemon = world.daemon
    daemon.configure(daemon.basics().replace("[host]", "console_only = true\n[host]") + f"""
[source.tcp.dead-port-of-a-server-with-a-long-name]
address = "127.0.0.1:{free_port()}"
every = "1s"
[rule.ARuleWhoseNameIsLongAsWell]
expr = 'no_such_metric'
above = 1
""")
    daemon.start()
    name = "tcp.dead-port-of-a-server-with-a-long-name"
    until(lambda: daemon.named("targets", name)["outcome"], 10, "its first tick")
    target = daemon.named("targets", name)
    assert target["answered"] and "refused" in target["detail"], target
    until(lambda: daemon.named("rules", "ARuleWhoseNameIsLongAsWell")["nothing_since"], 10, "it is judged")

    def width(text):
        return max(len(line) for line in COLOUR.sub("", text).splitlines())

    piped = daemon.cli("status").stdout
    line = next(line for line in piped.splitlines() if line.startswith(name))
    assert re.search(r"long-name +found trouble .*refused", line), piped
    narrow, wide = (on_a_terminal(daemon, columns, "status", NO_COLOR="1") for columns in (80, 200))
    tables = [text[text.index("\r\n\r\nTARGET"):].replace("\r", "").partition("… is what")[0] for text in (narrow, wide)]
    assert width(tables[0]) <= 80 and "…" in tables[0], narrow
    assert "ARuleWhoseNameIsLongAsWell" in tables[0], narrow
    assert "…" not in tables[1] and name in tables[1] and 80 < width(tables[1]) <= 200, wide
    assert "…" not in piped and "…" not in daemon.cli("status", "--json").stdout
    assert "did you mean `tcp_connect_seconds`?" in daemon.cli("query", "tcp_conect_seconds", code=0).stderr
    assert "found trouble" in daemon.page()
