"""daemon/run, as a newcomer runs it; without building anything."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile

import pytest

from harness import ROOT, free_port, until


class Run:
    """The script and all that it starts, in a process group of their own."""

    def __init__(self, binary, folder, *arguments, **environment):
        self.binary = binary
        descriptor, name = tempfile.mkstemp(dir=folder, prefix="output-")
        os.close(descriptor)
        self.output = pathlib.Path(name)
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [str(ROOT / "daemon/run"), *arguments], stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "TOCSIN_BUILD": str(binary.parent), "TOCSIN_RUN": str(folder / "run"),
                     **environment})

    def text(self):
        return self.output.read_text(encoding="utf-8", errors="replace")

    def shows(self, what, within):
        return until(lambda: re.search(what, self.text()), within, lambda: f"{what!r} in\n{self.text()}")

    def ctrl_c(self):
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(20)

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()


@pytest.fixture
def run(binary, tmp_path):
    started = []

    def start(*arguments, **environment):
        started.append(Run(binary, tmp_path, *arguments, **environment))
        return started[-1]

    yield start
    for each in started:
        each.close()


def group_is_empty(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_the_demo_climbs_is_acknowledged_as_printed_and_closes(run):
    demo = run("--demo", "--listen", "127.0.0.1:0", DEMO_SPEED="8")
    shop = int(demo.shows(r"http://127\.0\.0\.1:(\d+)/metrics", 20).group(1))
    folder = demo.shows(r"\n    cd (\S+)\n", 1).group(1)
    command = demo.shows(r"\n    (\S+ .*\back 1 .*)\n", 1).group(1)
    demo.shows(r"OPENED #\d+ · critical: .* of requests to shop fail", 20)
    demo.shows("LEVEL 3", 20)
    pasted = subprocess.run(["bash", "-c", f"cd {folder} && {command}"], capture_output=True, text=True, timeout=20)
    assert pasted.returncode == 0, pasted.stderr
    demo.shows("CLOSED", 40)
    told = re.findall(r"(OPENED|LEVEL 2|LEVEL 3|ACKNOWLEDGED|CLOSED)", demo.text())
    assert list(dict.fromkeys(told)) == ["OPENED", "LEVEL 2", "LEVEL 3", "ACKNOWLEDGED", "CLOSED"]
    assert "incident 2 opened" not in demo.text()
    assert demo.ctrl_c() == 0
    until(lambda: group_is_empty(demo.process.pid), 10, "nothing is left behind")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", shop), timeout=5)


def test_a_port_that_is_taken_is_named_with_the_way_out(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        refused = run("--listen", address)
        assert refused.process.wait(20) == 1
        assert re.search(rf"{re.escape(address)}.*taken.*--listen", refused.text())
        assert "To try, in another terminal" not in refused.text(), "there is nothing to try"


def test_what_it_prints_to_try_works(run):
    here = run("--listen", f"127.0.0.1:{free_port()}")
    here.shows("listening on", 20)
    folder = here.shows(r"\n    cd (\S+)\n", 1).group(1)
    for word in ("status", "query", "notify", "incidents"):
        command = here.shows(rf"\n    (\S+ --socket \S+ {word}\b.*)\n", 1).group(1)
        tried = subprocess.run(["bash", "-c", f"cd {folder} && {command}"], capture_output=True, text=True,
                               timeout=30)
        assert tried.returncode == 0, f"{command}\n{tried.stdout}{tried.stderr}"
    assert here.ctrl_c() == 0


def test_a_second_one_is_told_that_the_first_runs(run):
    first = run("--listen", "127.0.0.1:0")
    first.shows("listening on", 20)
    second = run("--listen", "127.0.0.1:0")
    assert second.process.wait(20) == 1
    assert "it runs already" in second.text()


def test_what_only_asks_or_is_mistyped_is_answered_before_anything_is_built(tmp_path):
    # No binary is named: what would build would take minutes and leave its traces.
    for words, code, said in ((["--help"], 0, "--demo watches a small application"),
                              (["--demo", "-h"], 0, "TOCSIN_RUN=FOLDER"),
                              (["--dmeo"], 2, "unknown option --dmeo: there are --demo"),
                              (["--demo", "--lsiten", "127.0.0.1:0"], 2, "unknown option --lsiten")):
        asked = subprocess.run([str(ROOT / "daemon/run"), *words], capture_output=True, text=True, timeout=30,
                               env={**os.environ, "TOCSIN_RUN": str(tmp_path / "run")})
        assert asked.returncode == code, asked
        assert said in asked.stdout + asked.stderr, asked
        assert not (tmp_path / "run").exists()


def test_the_demo_beside_a_daemon_takes_another_port(run):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 9797))
        except OSError:
            pass  # somebody else has it: that is as good
        else:
            taken.listen()
        demo = run("--demo", DEMO_SPEED="8")
        demo.shows(r"127\.0\.0\.1:9797 is taken", 20)
        page = demo.shows(r"The page is on http://(\S+?)\.", 20)
        port = int(demo.shows(r"The page is on http://127\.0\.0\.1:(\d+)", 20).group(1))
        assert page and port != 9797
        demo.shows(rf"listening on 127\.0\.0\.1:{port}", 20)
        assert demo.ctrl_c() == 0


def test_the_command_in_a_notice_works_from_anywhere(run, tmp_path):
    demo = run("--demo", "--listen", "127.0.0.1:0", DEMO_SPEED="8")
    demo.shows(r"OPENED #\d+ · critical: .* fail.* → chat", 20)
    command = demo.shows(r"Acknowledge, in a shell on \S+: (.*)\n", 5).group(1)
    pasted = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=20, cwd=tmp_path)
    assert pasted.returncode == 0, f"{command}\n{pasted.stderr}"
    demo.shows("ACKNOWLEDGED", 20)
    demo.ctrl_c()


def test_rules_alone_stand_beside_the_built_in_configuration(run, tmp_path):
    config = tmp_path / "run/config"
    (config / "rules.d").mkdir(parents=True)
    (config / "rules.d/mine.toml").write_text("[rule.Mine]\nexpr = 'node_load1'\nbelow = 100000\n")
    port = free_port()
    here = run("--listen", f"127.0.0.1:{port}")
    here.shows("built in, and rules of yours in .*run/config/rules.d", 20)
    here.shows("listening on", 20)
    folder = here.shows(r"\n    cd (\S+)\n", 1).group(1)
    command = here.shows(r"\n    (\S+ --socket \S+ status)\n", 1).group(1)
    status = subprocess.run(["bash", "-c", f"cd {folder} && {command}"], capture_output=True, text=True, timeout=30)
    assert "\nMine " in status.stdout and "\nCpuHigh " in status.stdout, status
    command = here.shows(r"\n    (\S+ check --embedded .*)\n", 1).group(1)
    (config / "rules.d/mine.toml").write_text("[rule.Yours]\nexpr = 'node_load1'\nbelow = 100000\n")
    tried = subprocess.run(["bash", "-c", f"cd {folder} && {command}"], capture_output=True, text=True, timeout=30)
    assert tried.returncode == 0 and "well;" in tried.stdout, tried
    here.shows(r"\+ rule Yours", 20)
    tests = config / "tests/yours.toml"
    tests.parent.mkdir()
    tests.write_text('load = [".."]\n[[test]]\nname = "it fires"\n'
                     'alert = [{ at = "0s", rule = "Yours", state = "firing" }]\n'
                     '[[test.scrape]]\ntarget = "host"\nseries = "node_load1 1"\n')
    tested = subprocess.run([here.binary, "test", str(tests)], capture_output=True, text=True, timeout=30)
    assert tested.returncode == 0, tested
    bare = subprocess.run([here.binary, "check", "--config", str(config)], capture_output=True, text=True, timeout=30)
    assert bare.returncode == 2 and "`--embedded` takes the built-in" in bare.stdout, bare

    # A tocsin.toml takes the built-in one's place: the shipped rules go, and that is said at a start.
    (config / "tocsin.toml").write_text("console_only = true\n")
    assert here.ctrl_c() == 0
    again = run("--listen", f"127.0.0.1:{port}")
    again.shows("It enables no shipped rules", 20)
    again.shows("watches .*, 1 rule,", 20)
    assert again.ctrl_c() == 0
