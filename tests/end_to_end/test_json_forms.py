"""What `--json` prints is what tocsin(1) says: scripts rely on its names."""

import json
import re

import pytest

from command_words import tocsin
from harness import until


class Form:
    """A form as the page writes it: {a, b?, c [{d}], e NAME}; below a member without one is anything,
    and so are words behind it."""

    def __init__(self, text):
        self.tokens = re.findall(r"[A-Z]{3,}|\w+\??|[{}\[\],]", text)
        self.shape = self.read()

    def read(self):
        token = self.tokens.pop(0)
        if token == "{":
            members = {}
            while self.tokens[0] != "}":
                name = self.tokens.pop(0)
                inner = self.read() if self.tokens[0] not in ",}" else None
                members[name] = inner
                if self.tokens[0] == ",":
                    self.tokens.pop(0)
            self.tokens.pop(0)
            return members
        if token == "[":
            inner = None if self.tokens[0] == "]" else self.read()
            assert self.tokens.pop(0) == "]"
            return [inner]
        assert token.isupper(), token
        return token


@pytest.fixture
def forms(binary):
    page = tocsin(binary, "man", "1").stdout.split('.SH "JSON"\n')[1].split(".SH ")[0]
    out = {}
    for item in page.split(".TP\n")[1:]:
        name, text = item.split("\n", 1)
        text = text.replace("\n", " ").replace("\\-", "-")
        for one in re.sub(r"\\f[BR]", "", name).replace("\\-", "-").split(", "):
            out[one] = Form(text).shape
    return out


def differences(forms, shape, value, where):
    """Every place where a value is not of its form."""
    while isinstance(shape, str):
        if shape == "LABELS":
            return [] if isinstance(value, dict) else [f"{where} is no object"]
        shape = forms[shape]
    if shape is None or value is None:
        return []
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        return [one for at, each in enumerate(value)
                for one in differences(forms, shape[0], each, f"{where}[{at}]")]
    if not isinstance(value, dict):
        return [f"{where} is no object"]
    told = {name.rstrip("?"): inner for name, inner in shape.items()}
    needed = {name for name in shape if not name.endswith("?")}
    out = [f"{where} has {name}, of which the page says nothing" for name in value.keys() - told.keys()]
    out += [f"{where} lacks {name}" for name in needed - value.keys()]
    for name, inner in value.items():
        out += differences(forms, told.get(name), inner, f"{where}.{name}")
    return out


def test_the_page_tells_every_member(climbing, forms, tmp_path):
    daemon = climbing.daemon
    climbing.target.value = 93
    until(lambda: daemon.incidents() and daemon.incidents()[0]["rings"], 10, "level 1")
    test = tmp_path / "rules.toml"
    test.write_text('[source.prometheus.a]\nurl = "http://127.0.0.1:1/metrics"\n[rule.R]\nexpr = "x"\nabove = "1"\n'
                    '[[test]]\nname = "wrong"\nalert = [{ at = "1m", rule = "R", state = "firing" }]\n'
                    '[[test.scrape]]\ntarget = "prometheus.a"\nseries = "x 0 0"\n')

    def holds(form, *words):
        run = daemon.cli(*words, "--json")
        assert run.stdout, f"{words}: {run.stderr}"
        printed = json.loads(run.stdout)
        assert differences(forms, forms[form], printed, " ".join(words)) == []
        return printed

    holds("ack", "ack", "1", "--note", "looking")
    assert holds("incidents", "incidents")[0]["acknowledged"]["note"] == "looking"
    holds("unack", "unack", "1")
    assert holds("incidents show", "incidents", "show", "1")["timeline"]
    assert holds("alerts", "alerts")
    holds("assess", "assess", "1", "--impact", "low")
    assert holds("explain", "explain", "GaugeHigh")["instances"]
    holds("status", "status")
    holds("query", "query", "load_gauge")
    holds("silence", "silence", "{zone=\"none\"}", "--for", "1h", "--reason", "a test")
    assert holds("silences", "silences")
    holds("maintenance start", "maintenance", "start", "{zone=\"none\"}", "--for", "1h", "--reason", "a test")
    assert holds("maintenance", "maintenance")
    holds("change", "change", "shop 2.3.1 deployed")
    assert holds("changes", "changes")
    holds("drill", "drill", "GaugeHigh", "--for", "1m")
    holds("drill end", "drill", "end", "GaugeHigh")
    holds("notify --test", "notify", "--test", "chat")
    holds("notify --preview", "notify", "--preview", "chat")
    holds("notify --preview", "notify", "--preview", "chat", "--incident", "1")
    daemon.settled()
    holds("report", "report", "--since", "1d")
    table, rules = tmp_path / "past.csv", tmp_path / "other.toml"
    table.write_text("time,load_gauge\n" + "".join(f"2026-01-01T00:{minute:02}:00Z,93\n" for minute in range(20)))
    rules.write_text(daemon.rule())
    assert holds("backtest", "backtest", "--csv", str(table))["incidents"]
    past = ("backtest", "--rules", str(rules), "--csv", str(table), "--against", str(rules))
    assert holds("backtest --against", *past)["comparison"][0]["pairs"]
    assert holds("test", "test", str(test))["files"][0]["tests"][0]["failures"]
    holds("check", "check", "--diff")
    holds("reload", "reload")
    (daemon.config / "rules.d").mkdir()
    daemon.configure("[rule.X]\nsevrity = 1\n", "rules.d/x.toml")
    assert holds("check", "check")["diagnostics"]
    holds("reload", "reload")
