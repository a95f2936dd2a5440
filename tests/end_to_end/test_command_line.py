"""Help, man pages and completions, as the tools that use them see them: man's formatters, and the
shells themselves."""

import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess

import pytest

import harness
from command_words import commands, offered, tocsin


def test_every_command_has_help_and_no_daemon_is_needed_for_it(binary):
    for name in commands(binary):
        asked = tocsin(binary, "help", *name.split()).stdout
        assert f"\n  tocsin {name}" in asked
        if name.split()[0] != "config":  # whose --help tells of the configuration
            assert tocsin(binary, *name.split(), "--help").stdout == asked


def test_without_a_word_help_goes_to_standard_error(binary):
    assert tocsin(binary, code=2).stderr == tocsin(binary, "--help").stdout


def test_a_slip_of_the_finger_is_a_usage_error(binary):
    run = tocsin(binary, "stauts", code=2)
    assert run.stdout == "" and "did you mean `status`?" in run.stderr
    for words in (["stauts"], ["incidents", "shw"]):
        assert tocsin(binary, *words, "--help", code=2).stderr == tocsin(binary, *words, code=2).stderr


@pytest.fixture(params=["1", "5"])
def page(binary, request, tmp_path):
    path = tmp_path / f"page.{request.param}"
    path.write_text(tocsin(binary, "man", request.param).stdout, encoding="utf-8")
    return path


def test_man_pages_render_without_a_warning(page):
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "all", str(page)], capture_output=True, text=True)
    assert lint.stdout + lint.stderr == ""
    groff = subprocess.run(["groff", "-K", "utf8", "-ww", "-man", "-T", "utf8", str(page)], capture_output=True)
    assert groff.stderr == b""
    assert b"tocsin" in groff.stdout


def test_the_page_shows_text_as_it_is_written(page):
    shown = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=100", str(page)], capture_output=True, text=True)
    text = re.sub(".\b", "", shown.stdout)
    expected = {"1": "tocsin silence '{instance=~\"web[12]\"}' --for 30m --reason 'new kernel'",
                "5": "summary = \"the oldest job has waited {{value}} (threshold {{threshold}})\""}
    assert expected[page.suffix[1:]] in text


BASH = """
. "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_tocsin
printf '%s\\n' "${COMPREPLY[@]}"
"""

def in_bash(binary, tmp_path, *words):
    script = tmp_path / "bash"
    script.write_text(tocsin(binary, "completions", "bash").stdout)
    run = subprocess.run(["bash", "-c", BASH, "bash", str(script), str(binary), *words],
                         capture_output=True, text=True, timeout=60)
    assert run.stderr == "", run.stderr
    return run.stdout.split("\n")[:-1]


def in_fish(binary, tmp_path, *words):
    script = tmp_path / "fish"
    script.write_text(tocsin(binary, "completions", "fish").stdout)
    line = " ".join(["tocsin", *map(shlex.quote, words[:-1]), words[-1]])
    run = subprocess.run(
        ["fish", "--no-config", "-c", f"source {script}; complete -C {shlex.quote(line)}"],
        capture_output=True, text=True, timeout=60,
        env={**os.environ, "HOME": str(tmp_path), "PATH": f"{binary.parent}:{os.environ['PATH']}"})
    assert run.stderr == "", run.stderr
    return [one.split("\t")[0] for one in run.stdout.splitlines()]


class Zsh:
    """zsh completes only at a terminal: one of its own."""

    def __init__(self, binary, tmp_path):
        (tmp_path / "_tocsin").write_text(tocsin(binary, "completions", "zsh").stdout)
        pid, self.terminal = pty.fork()
        if pid == 0:
            os.environ.update(PATH=f"{binary.parent}:{os.environ['PATH']}", TERM="dumb", HOME=str(tmp_path))
            os.execvp("zsh", ["zsh", "-f", "-i"])
        self.pid = pid
        self.ask(f"fpath=({tmp_path} $fpath); autoload -Uz compinit; compinit -u -D; echo REA''DY\n", "READY")

    def ask(self, keys, answer):
        """Types the keys; what the terminal then shows, to the answer."""
        os.write(self.terminal, keys.encode())
        shown = ""

        def arrived():
            nonlocal shown
            if select.select([self.terminal], [], [], 0.1)[0]:
                shown += os.read(self.terminal, 4096).decode(errors="replace")
            return answer in shown

        harness.until(arrived, 20, lambda: f"{answer} in {shown!r}")
        return shown

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


SHELLS = {"bash": in_bash, "fish": in_fish}


@pytest.fixture(params=SHELLS)
def shell(request, binary, tmp_path):
    return lambda *words: SHELLS[request.param](binary, tmp_path, *words)


def test_shells_offer_what_the_binary_says(shell, binary):
    assert sorted(shell("")) == sorted(offered(binary, ""))
    assert sorted(shell("una")) == ["unack"]
    assert sorted(shell("assess", "3", "--impact", "")) == ["critical", "high", "low", "medium"]
    assert "--note" in shell("ack", "3", "--")


def test_zsh_offers_what_the_binary_says(binary, tmp_path):
    zsh = Zsh(binary, tmp_path)
    try:
        zsh.ask("tocsin una\t", "tocsin unack ")
        zsh.ask("\x15tocsin ack 3 --n\t", "tocsin ack 3 --note ")
        shown = zsh.ask("\x15tocsin \t", "completions")
        assert "Acknowledge an incident" in shown
    finally:
        zsh.close()


def test_incidents_receivers_and_rules_are_offered_by_the_daemon(climbing):
    daemon = climbing.daemon
    climbing.target.value = 90
    harness.until(daemon.incidents, 10, "an incident")
    asking = ("--config", str(daemon.config))
    number = str(daemon.incidents()[0]["id"])
    assert offered(daemon.binary, *asking, "ack", "") == [number]
    assert offered(daemon.binary, "--socket", str(daemon.socket), "incidents", "show", "") == [number]
    assert set(offered(daemon.binary, *asking, "notify", "--test", "")) >= {"chat", "on-call", "hook"}
    assert offered(daemon.binary, *asking, "notify", "--test=on") == ["--test=on-call"]
    assert "rule.for" in offered(daemon.binary, "config", "--help", "rule.")


INSTALLED = {
    "usr/local/share/man/man1/tocsin.1": ("man", "1"),
    "usr/local/share/man/man5/tocsin.toml.5": ("man", "5"),
    "usr/local/share/bash-completion/completions/tocsin": ("completions", "bash"),
    "usr/local/share/zsh/site-functions/_tocsin": ("completions", "zsh"),
    "etc/fish/completions/tocsin.fish": ("completions", "fish"),
}


def test_install_brings_pages_and_completions_and_uninstall_takes_them(binary, tmp_path):
    into = {**os.environ, "DESTDIR": str(tmp_path), "BUILD": str(binary.parent)}
    subprocess.run([harness.ROOT / "systemd/install"], env=into, check=True, capture_output=True)
    for path, words in INSTALLED.items():
        assert (tmp_path / path).read_text() == tocsin(binary, *words).stdout
        assert (tmp_path / path).stat().st_mode & 0o777 == 0o644
    subprocess.run([harness.ROOT / "systemd/uninstall"], env=into, check=True, capture_output=True)
    assert not [path for path in INSTALLED if (tmp_path / path).exists()]


def test_fish_looks_where_its_completions_are_installed(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    asked = subprocess.run(["fish", "-c", "string join \\n $fish_complete_path"], capture_output=True, text=True,
                           timeout=60, env={**environment, "HOME": str(tmp_path)})
    folder = next(path for path, words in INSTALLED.items() if words == ("completions", "fish")).rpartition("/")[0]
    assert f"/{folder}" in asked.stdout.splitlines(), asked


def on_a_terminal(binary, *words, path=None, columns=80):
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "PAGER": "cat", "MANPAGER": "cat", "COLUMNS": str(columns),
                   "NO_COLOR": "1"}
    if path is not None:
        environment["PATH"] = str(path)
    process = subprocess.Popen([str(binary), *words], stdout=theirs, stderr=theirs, stdin=theirs, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 65536):
            shown += block
    except OSError:  # the other end is gone: that was all
        pass
    os.close(ours)
    assert process.wait(20) == 0
    return re.sub(".\b", "", re.sub("\x1b\\[[0-9;]*m", "", shown.decode(errors="replace"))).replace("\r", "")


def test_a_man_page_on_a_terminal_is_no_source(binary, tmp_path):
    (tmp_path / "empty").mkdir()
    for section, words in (("1", "Run the daemon in the foreground"), ("5", "the oldest job has waited {{value}}")):
        for path in (None, tmp_path / "empty"):
            shown = on_a_terminal(binary, "man", section, path=path)
            assert words in re.sub(r"\s+", " ", shown), shown[:2000]
            assert "\n.S" not in shown and "\\f" not in shown and "\\(" not in shown and "warning" not in shown[:400]
            assert max(len(line) for line in shown.splitlines()) < 180


def test_no_man_page_needs_utf8(page):
    groff = subprocess.run(["groff", "-K", "utf8", "-ww", "-man", "-T", "ascii", str(page)], capture_output=True)
    assert groff.stderr == b""


def test_what_a_narrow_terminal_cuts_is_shown_elsewhere_and_that_is_said(climbing):
    daemon = climbing.daemon
    reason = "监控系统 moves to another rack 🔔 and nobody is to be called for it, not even me"
    daemon.cli("silence", '{zone="b"}', "--for", "1h", "--reason", reason, code=0)

    def shown(*words, columns=60):
        return on_a_terminal(daemon.binary, *words, "--socket", str(daemon.socket), columns=columns)

    cut = shown("silences")
    assert reason not in cut and "…" in cut.splitlines()[1], cut
    assert cut.splitlines()[-1] == "… is what this terminal has no room for: --wide shows it", cut
    whole = shown("silences", "--wide")
    assert reason in whole and "--wide" not in whole, whole
    assert "explain RULE` tells of one" in shown("status", columns=40).splitlines()[-1]
    assert "--wide" not in daemon.cli("silences").stdout, "what is no terminal is not cut"


def test_a_folder_that_is_not_there_is_no_wish_for_the_built_in_configuration(binary, tmp_path):
    lost = tmp_path / "typo"
    for words in (("check", "--embedded"), ("run", "--embedded")):
        run = tocsin(binary, *words, "--config", str(lost), code=2)
        assert f"{lost}/tocsin.toml: error: cannot be read: " in run.stdout + run.stderr, run
    answer = json.loads(tocsin(binary, "check", "--embedded", "--json", "--config", str(lost), code=2).stdout)
    assert [one["level"] for one in answer["diagnostics"]] == ["error"], answer
    lost.mkdir()
    assert f"the built-in configuration, {lost}: well; " in tocsin(binary, "check", "--embedded", "--config", str(lost)).stdout
