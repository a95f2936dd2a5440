"""What the table of keys gives to people and editors. The JSON schema is held against the shipped
configuration and, case by case, against what `check` says of the corpus of mistakes."""

import json
import re
import subprocess
import tomllib

import jsonschema
import pytest

from harness import ROOT

CORPUS = ROOT / "tests/unit/config/corpus"
# What `check` says where the form of a key or a value is wrong. The rest it knows from other
# sections, from units and from expressions, which a schema cannot see.
FORM = re.compile(
    r"unknown (key|section)|: expected (?!`== )|expected a (whole|table|size|number)|(?<!\[heartbeat\] )needs `|cannot be `|is no label name:|"
    r"are reserved|must be a text|a URL begins|an absolute path|stands twice in|is empty|has no `|a duration needs its unit|"
    r"no kind of reference|nothing is named after|is no part of|is no quantity|is no duration|cannot be a name|host:port")


@pytest.fixture(scope="module")
def tell(binary):
    def run(*words, code=0):
        ran = subprocess.run([str(binary), "config", *words], capture_output=True, text=True, timeout=30)
        assert ran.returncode == code, ran.stderr
        return ran.stdout if code == 0 else ran.stderr
    return run


@pytest.fixture(scope="module")
def schema(tell):
    return json.loads(tell("--schema"))


@pytest.fixture(scope="module")
def judge(schema):
    return jsonschema.Draft7Validator(schema)


def cases():
    for path in sorted(CORPUS.glob("*.txt")):
        name, files, says, into = None, {}, [], None
        for line in path.read_text(encoding="utf-8").splitlines() + ["== end"]:
            if line.startswith("== "):
                if name:
                    yield name, {each: "\n".join(text) for each, text in files.items()}, "\n".join(says)
                name, files, says, into = line[3:], {}, [], None
            elif line == "-- says":
                into = says
            elif line.startswith("-- "):
                into = files.setdefault(line[3:], [])
            elif into is not None:
                into.append(line)


def parsed(text):
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def test_the_schema_is_a_schema(schema):
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_the_shipped_configuration_conforms(judge):
    shipped = sorted((ROOT / "rules").rglob("*.toml"))
    assert len(shipped) >= 7
    for path in shipped:
        if "tests" in path.relative_to(ROOT / "rules").parts:
            continue  # unit tests of rules have a language of their own
        found = list(judge.iter_errors(tomllib.loads(path.read_text(encoding="utf-8"))))
        assert not found, f"{path}: {found[0].json_path}: {found[0].message}"


def test_the_schema_and_check_agree_on_every_mistake_of_the_corpus(judge):
    refused, accepted = 0, 0
    for name, files, says in cases():
        files = {each: parsed(text) for each, text in files.items() if not each.startswith("pack ")}
        if None in files.values():
            continue
        found = [error for tree in files.values() for error in judge.iter_errors(tree)]
        said = [line for line in says.splitlines() if re.match(r"\S+: error: ", line)]
        if any(FORM.search(line) for line in said):
            assert found, f"{name}: check refuses its form, the schema accepts it"
            refused += 1
        elif not said:
            assert not found, f"{name}: check accepts it, the schema says {found[0].json_path}: {found[0].message}"
            accepted += 1
    assert refused >= 12 and accepted >= 4, (refused, accepted)


def leaves(schema, path=()):
    for name, inner in {**schema.get("properties", {}), **schema.get("patternProperties", {})}.items():
        inner = inner.get("items", inner) if inner.get("type") == "array" else inner
        if "properties" in inner or "patternProperties" in inner:
            yield from leaves(inner, (*path, name))
        else:
            yield (*path, name), inner


def test_every_leaf_takes_its_own_examples_and_refuses_a_wrong_type(schema):
    found = list(leaves(schema))
    assert len(found) > 120
    for path, leaf in found:
        judge = jsonschema.Draft7Validator(leaf)
        for value in leaf.get("examples", []) + ([leaf["default"]] if "default" in leaf else []):
            assert judge.is_valid(value), (path, value)
        for wrong in [[[]], {"no such": []}, [1], True if leaf.get("type") != "boolean" else "true"]:
            assert not judge.is_valid(wrong), (path, wrong)


def test_help_reference_and_a_wrong_word(tell):
    assert "A value strictly above is a breach" in tell("--help", "above")
    assert tell("--help", "above") == tell("-h", "above") == tell("--help", "rule.CpuHigh.above")
    assert "[source.prometheus.NAME]" in tell("--help")
    assert "## `[receiver.NAME]`" in tell("--reference")
    assert "did you mean `above`?" in tell("--help", "abvoe", code=2)
