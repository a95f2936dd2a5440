"""`tocsin test` as a person and a build server call it."""

import json
import subprocess
import xml.etree.ElementTree

GOOD = """
[packs]
enable = "infrastructure"
[[test]]
name   = "memory is short"
alert  = [{ at = "1m", rule = "MemoryHigh", state = "firing" }]
[[test.scrape]]
target = "host"
series = '''
node_memory_MemTotal_bytes     1000x2
node_memory_MemAvailable_bytes 100x2
'''
[[test]]
name   = "nothing happens"
notice = []
"""


def run(binary, *arguments):
    return subprocess.run([binary, "test", *arguments], capture_output=True, text=True, timeout=60)


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_exit_status_and_words(binary, tmp_path):
    good = write(tmp_path, "good.toml", GOOD)
    failing = write(tmp_path, "failing.toml", GOOD.replace("firing", "pending"))
    bad = write(tmp_path, "bad.toml", GOOD.replace("MemoryHigh", "MemoryHgh"))
    passed = run(binary, good)
    assert passed.returncode == 0
    assert "good.toml: 2 tests, all passed" in passed.stdout
    failed = run(binary, good, failing)
    assert failed.returncode == 1
    assert "failing.toml:6:11: error: memory is short:" in failed.stdout
    assert "failing.toml: 2 tests, 1 test failed" in failed.stdout
    wrong = run(binary, failing, bad, good)
    assert wrong.returncode == 2
    assert "did you mean `MemoryHigh`?" in wrong.stdout
    assert "good.toml: 2 tests, all passed" in wrong.stdout
    nowhere = run(binary, str(tmp_path / "nowhere.toml"))
    assert nowhere.returncode == 2
    assert "nowhere.toml: error: cannot be read" in nowhere.stdout
    assert run(binary).returncode == 2


def test_names_and_filter(binary, tmp_path):
    good = write(tmp_path, "good.toml", GOOD)
    named = run(binary, "-v", good)
    assert "passed  memory is short" in named.stdout
    assert "passed  nothing happens" in named.stdout
    one = run(binary, "-v", "--filter", "memory", good)
    assert "good.toml: 1 test, all passed" in one.stdout
    assert "nothing happens" not in one.stdout
    none = run(binary, "--filter", "memroy", good)
    assert none.returncode == 2
    assert "memroy" in none.stderr


def test_for_machines(binary, tmp_path):
    failing = write(tmp_path, "failing.toml", GOOD.replace("firing", "pending"))
    bad = write(tmp_path, "bad.toml", "[[test]]\n")
    report = tmp_path / "report.xml"
    said = run(binary, "--json", "--junit", str(report), failing, bad)
    assert said.returncode == 2
    out = json.loads(said.stdout)
    assert out["ok"] is False
    first, second = out["files"]
    assert [test["passed"] for test in first["tests"]] == [False, True]
    failure = first["tests"][0]["failures"][0]
    assert (failure["line"], failure["column"]) == (6, 11)
    assert failure["expected"] == "MemoryHigh pending"
    assert second["diagnostics"][0]["message"] == "[[test]] needs `name`"
    root = xml.etree.ElementTree.parse(report).getroot()
    suites = root.findall("testsuite")
    assert [(suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in suites] == [
        ("2", "1", "0"), ("1", "0", "1")]
    assert "MemoryHigh" in suites[0].find("testcase/failure").text
    assert run(binary, "--junit", str(tmp_path / "no" / "where.xml"), failing).returncode == 2
