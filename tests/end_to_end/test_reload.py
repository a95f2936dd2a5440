"""What a reload changes is shown before and told after; one that is refused is made known; and a
thousand of them under load neither lose nor repeat anything."""

import concurrent.futures
import contextlib
import json
import os
import random
import re
import threading
import time

from harness import levels, until


def changed(daemon, *replacements):
    text = (daemon.config / "tocsin.toml").read_text()
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    daemon.configure(text)
    return text


def metric(daemon, name):
    return float(re.search(rf"^{name} (\S+)$", daemon.metrics(), re.MULTILINE).group(1))


def test_the_difference_is_shown_before_a_reload_and_told_by_it(climbing):
    daemon = climbing.daemon
    assert "a reload would change nothing" in daemon.cli("check", "--diff", code=0).stdout
    changed(daemon, ('above = "80"', 'above = "90"'), ('address = "127.0.0.1:0"', 'address = ""'),
            ("[receiver.hook]", "[receiver.hook-2]"))
    daemon.configure("[rule.Added]\nexpr = 'load_gauge'\nabove = 99\npolicy = \"production\"\n", "conf.d.toml")
    (daemon.config / "rules.d").mkdir()
    (daemon.config / "conf.d.toml").rename(daemon.config / "rules.d/added.toml")
    wanted = ["~ rule GaugeHigh: above critical 80 → critical 90; clear 80 → 90", "+ rule Added", "+ receiver hook-2",
              "- receiver hook   it still gets what it is owed",
              "~ setting listen: address 127.0.0.1:0 → nothing (at the next start)"]
    before = daemon.cli("check", "--diff", code=0).stdout
    for line in wanted:
        assert line in before.splitlines(), before
    assert "Added" not in [rule["name"] for rule in daemon.status()["rules"]]
    said = json.loads(daemon.cli("check", "--diff", "--json", code=0).stdout)["changes"]
    assert {"kind": "rule", "name": "Added"} in said["added"] and said["kept"]["target"] == 1
    after = daemon.cli("reload", code=0).stdout
    for line in wanted:
        assert line in after.splitlines()
        until(lambda line=line: line in daemon.log(), 15, f"the log says {line}")
    assert "[listen] address takes effect at the next start" in daemon.log()
    left = daemon.cli("check", "--diff", code=0).stdout
    assert [line for line in left.splitlines() if line[0] in "+-~"] == wanted[-1:]


def test_the_description_of_what_runs_shows_no_secret(climbing):
    daemon = climbing.daemon
    changed(daemon, ("[receiver.hook]", "[receiver.clear]\nkind = \"pagerduty\"\n"
                     "routing_key = \"geheim0123456789\"\n[receiver.hook]"))
    shown = daemon.cli("check", "--diff").stdout + daemon.cli("reload", code=0).stdout
    status, answer = daemon.ask("GET", "/configuration")
    assert status == 200 and "in the clear" in json.dumps(answer)
    assert "geheim" not in json.dumps(answer) + shown + daemon.log()


def test_files_that_nobody_reloaded_and_a_refused_reload_are_made_known(world):
    daemon = world.daemon
    text = (daemon.basics() + daemon.tuning() + daemon.tellers() + daemon.policy(levels()) + daemon.rule()
            + '[packs]\nenable = ["tocsin"]\n').replace(
                "[source.tocsin]\nenabled = false", '[source.tocsin]\nevery = "1s"')
    text += '[policy.default]\n[[policy.default.notify]]\nlevel = 1\nto = ["chat"]\n'
    text += '[override.ConfigurationNotLoaded]\nfor = "1s"\n'
    daemon.configure(text)
    daemon.start()
    assert metric(daemon, "tocsin_config_older_than_files") == 0

    def firing(rule):
        return lambda: daemon.named("rules", rule)["firing"]

    daemon.configure(text + "\n# a comment is a change, too\n")
    until(firing("ConfigurationNotLoaded"), 15, "the alert that files were not loaded")
    assert metric(daemon, "tocsin_config_older_than_files") == 1
    daemon.configure(text)  # written anew, but with the old contents
    until(lambda: metric(daemon, "tocsin_config_older_than_files") == 0, 10, "it is what runs")
    daemon.configure(text.replace("expr =", "exrp ="))
    daemon.hang_up()
    until(firing("ConfigurationRefused"), 15, "the alert that a reload was refused")
    assert metric(daemon, "tocsin_config_last_reload_successful") == 0
    assert daemon.cli("status").returncode == 1
    loaded_at = metric(daemon, "tocsin_config_last_reload_success_timestamp_seconds")
    daemon.configure(text)
    daemon.cli("reload", code=0)
    assert metric(daemon, "tocsin_config_last_reload_successful") == 1
    assert metric(daemon, "tocsin_config_last_reload_success_timestamp_seconds") >= loaded_at
    until(lambda: not firing("ConfigurationRefused")(), 15, "it is well again")


def test_a_reload_counts_the_warnings_that_check_shows(climbing):
    daemon = climbing.daemon
    changed(daemon, ('[host]', '[rule.Bare]\nexpr = "load_gauge"\npolicy = "production"\n[host]'))
    warned = daemon.cli("check", code=0).stdout
    assert "warning: without a threshold" in warned
    told = daemon.cli("reload", code=0).stdout
    assert "without a threshold" not in told and "1 warning: `tocsin check` shows it\n" in told, told
    assert "without a threshold" in daemon.log()


def test_check_tells_editors_where(climbing):
    daemon = climbing.daemon
    changed(daemon, ('above = "80"', 'abvoe = "80"'))
    said = json.loads(daemon.cli("check", "--json", code=2).stdout)
    assert (said["ok"], said["errors"], said["warnings"]) == (False, 1, 0)
    (one,) = said["diagnostics"]
    assert set(one) == {"level", "file", "path", "line", "column", "length", "message", "hint", "source"}
    line = (daemon.config / "tocsin.toml").read_text().splitlines()[one["line"] - 1]
    assert line[one["column"] - 1:][:one["length"]] == "abvoe"
    assert (one["path"], one["file"]) == (str(daemon.config / "tocsin.toml"), "tocsin.toml")
    assert (one["level"], one["hint"]) == ("error", "did you mean `above`?")


SERIES = 40
RULES = 40


class Churn:
    """Rules that come, go, are renamed and are broken, and what must be open because of them."""

    def __init__(self, world, seed):
        self.world = world
        self.random = random.Random(seed)
        self.rules = {}  # name: (series, threshold)
        self.values = {}
        self.made = 0
        self.counts = {}
        self.refused = 0

    def new_name(self):
        self.made += 1
        return f"Rule{self.made}"

    def turn_values(self):
        for series in range(SERIES):
            if series not in self.values or self.random.random() < 0.3:
                self.values[series] = self.random.choice([10, 95])
        self.world.target.more = "# TYPE load gauge\n" + "".join(
            f'load{{n="{series}"}} {value}\n' for series, value in self.values.items())

    def step(self):
        """One edit, and whether the reload must be refused."""
        what = self.random.choice(["add", "add", "remove", "rename", "threshold", "label", "nothing", "broken"])
        if not self.rules or (what == "add" and len(self.rules) > RULES):
            what = "add" if not self.rules else "remove"
        self.counts[what] = self.counts.get(what, 0) + 1
        name = self.random.choice(sorted(self.rules)) if self.rules else None
        if what == "add":
            self.rules[self.new_name()] = [self.random.randrange(SERIES), 50, ""]
        elif what == "remove":
            del self.rules[name]
        elif what == "rename":
            self.rules[self.new_name()] = self.rules.pop(name)
        elif what == "threshold":
            self.rules[name][1] = self.random.choice([50, 60, 70])
        elif what == "label":
            self.rules[name][2] = self.random.choice(["api", "web"])
        return what == "broken"

    def text(self, broken):
        parts = [f"[rule.{name}]\nexpr = 'load{{n=\"{series}\"}}'\nabove = {above}\npolicy = \"churn\"\n"
                 f'severity = "critical"\nlabels = {{ component = "{label}" }}\n'
                 for name, (series, above, label) in self.rules.items()]
        if broken:
            at = self.random.randrange(len(parts) + 1)
            parts.insert(at, self.random.choice([
                "[rule.Broken\n", "[rule.Broken]\nexpr = 'load >'\n", "[rule.Broken]\nexrp = 'load'\n",
                "[rule.Broken]\nexpr = 'load'\nabove = 1\npolicy = \"chrun\"\n", "[recevier.x]\nkind = \"console\"\n"]))
        return "".join(parts)

    def reload(self):
        broken = self.step()
        self.world.daemon.configure(self.text(broken), "rules.d/churn.toml")
        status, answer = self.world.daemon.ask("POST", "/reload")
        assert status == (422 if broken else 200), answer["text"]
        self.refused += broken

    def wanted(self):
        return sorted(name for name, (series, above, _) in self.rules.items() if self.values[series] > above)

    def check_settled(self):
        """What is true, what the daemon holds open and what the receiver was told agree."""
        daemon = self.world.daemon
        daemon.configure(self.text(False), "rules.d/churn.toml")
        assert daemon.ask("POST", "/reload")[0] == 200

        def agree():
            told = notices(self.world.receivers)
            held = sorted(one["group"] if "group" in one else one["title"] for one in daemon.incidents())
            heard = sorted(data["alerts"][0]["rule"] for data in told.open.values())
            return self.wanted() == heard and len(held) == len(heard)

        until(agree, 20, lambda: f"{self.wanted()} is true; {notices(self.world.receivers).open} was told; "
              f"{daemon.incidents()} is open")
        daemon.settled()


class notices:
    """The webhook's story by incident; fails where one is opened twice, closed twice or never opened."""

    def __init__(self, receivers):
        self.open, self.closed, self.problems = {}, {}, []
        for entry in receivers.requests("webhook"):
            if not entry["accepted"]:
                continue
            data, kind = entry["body"]["data"], entry["body"]["type"]
            key = data["dedup_key"]
            if data["action"] == "close":
                if key not in self.open:
                    self.problems.append(f"closed, but not open: {data['title']}")
                self.closed[key] = self.open.pop(key, data)
            elif kind == "incident.opened":
                if key in self.open or key in self.closed:
                    self.problems.append(f"opened twice: {data['title']}")
                self.open[key] = data


@contextlib.contextmanager
def load(daemon):
    """Others who ask without pause: metrics, status, expressions."""
    over = threading.Event()

    def ask():
        while not over.is_set():
            daemon.metrics()
            assert daemon.ask("GET", "/status")[0] == 200
            assert daemon.ask("GET", "/query?expr=sum(load)")[0] == 200

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        askers = [pool.submit(ask) for _ in range(2)]
        try:
            yield
        finally:
            over.set()
        for asker in askers:
            asker.result()


def test_a_thousand_reloads_under_load_lose_nothing_and_tell_nothing_twice(world):
    seed = int(os.environ.get("TOCSIN_SEED", random.SystemRandom().randrange(2**32)))
    reloads = int(os.environ.get("TOCSIN_RELOADS", "1000"))
    daemon, churn = world.daemon, Churn(world, seed)
    churn.turn_values()
    (daemon.config / "rules.d").mkdir()
    daemon.configure(daemon.basics() + daemon.tuning(storm_incidents=10000, flap_transitions=1000) + daemon.tellers()
                     + '[policy.churn]\nrepeat = "1h"\n[[policy.churn.notify]]\nlevel = 1\nto = ["hook"]\n')
    daemon.start()
    started = time.monotonic()
    with load(daemon):
        for number in range(1, reloads + 1):
            churn.reload()
            if number % 20 == 0:
                churn.turn_values()
            if number % (reloads // 5) == 0:
                churn.check_settled()
    took = time.monotonic() - started
    churn.rules.clear()
    churn.check_settled()
    told = notices(world.receivers)
    assert told.problems == [], f"seed {seed}: {told.problems}"
    assert told.open == {} and len(told.closed) > reloads // 20, f"seed {seed}"
    assert world.receivers.problems() == []
    print(f"\nseed {seed}: {reloads} reloads in {took:.1f} s, {churn.refused} refused as they must be, "
          f"{len(told.closed)} incidents told and closed; {churn.counts}")


def test_a_configuration_that_was_lost_is_no_wish_for_the_built_in_one(world):
    daemon = world.daemon
    daemon.configure(daemon.basics() + daemon.tuning() + daemon.tellers() + daemon.policy(levels()) + daemon.rule())
    daemon.run_inside = lambda *words: [*words, "--embedded"]
    daemon.start()
    (daemon.config / "tocsin.toml").rename(daemon.folder / "elsewhere.toml")
    refused = daemon.cli("--socket", str(daemon.socket), "reload")
    assert refused.returncode != 0 and "not reloaded" in refused.stdout + refused.stderr, refused
    assert [rule["name"] for rule in daemon.ask("GET", "/status")[1]["rules"]] == ["GaugeHigh"]
    (daemon.folder / "elsewhere.toml").rename(daemon.config / "tocsin.toml")
    daemon.cli("reload", code=0)
