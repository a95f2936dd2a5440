"""pytest tests/end_to_end --build build/debug (or TOCSIN_BUILD in the environment)."""

import pytest

import evidence
import harness


def pytest_addoption(parser):
    parser.addoption("--build", default=None, help="build folder that holds the tocsin binary")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.failed = outcome.get_result().failed


def pytest_configure(config):
    config.addinivalue_line("markers", "evidence: drives a row of the runbook over its threshold and back")


def pytest_terminal_summary(terminalreporter):
    for line in evidence.table():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def binary(request):
    found = harness.find_binary(request.config.getoption("--build"))
    if found is None:
        pytest.exit("no tocsin binary: name its build folder with --build or TOCSIN_BUILD", 2)
    return found


@pytest.fixture
def world(binary, request):
    """A target, receivers, and a daemon that is not yet configured or started."""
    made = harness.World(binary)
    yield made
    failed = getattr(request.node, "failed", False)
    if failed and made.daemon.log_path.exists():
        print(f"\n--- the daemon's log ---\n{made.daemon.log()}")
    made.close()


@pytest.fixture
def climbing(world):
    """The daemon runs with the levels of harness.levels()."""
    daemon = world.daemon
    daemon.configure(daemon.basics() + daemon.tuning() + daemon.tellers() + daemon.policy(harness.levels())
                     + daemon.rule())
    daemon.start()
    harness.until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    return world
