"""Files and processes of this host, made and ended by the test."""

import os
import pathlib
import subprocess
import sys
import time

from harness import ROOT, until
from servers import shown, value

TOLD = 20


def alone(daemon):
    return "console_only = true\n" + daemon.basics().split("[source.prometheus.app]")[0]


def watching(daemon, sections):
    return alone(daemon) + f"""
[packs]
enable = ["services"]
path = "{ROOT}/rules"
[tuning]
warm_up_at_most = "1s"
reopen_within = "0s"
{sections}
"""


def rule_state(daemon, rule):
    return daemon.named("rules", rule)["state"]


def test_a_backup_that_is_missing_old_small_or_half_as_long_is_told(world):
    daemon = world.daemon
    folder = pathlib.Path(daemon.folder / "backups")
    folder.mkdir()
    daemon.configure(watching(daemon, f"""
[source.files.dumps]
patterns = ["{folder}/*.dump"]
every    = "1s"
max_age  = "1h"
min_size = "100"
"""))
    daemon.start()
    until(lambda: rule_state(daemon, "FilesMissing") == "firing", TOLD, "missing")
    assert "no file matches" in daemon.named("targets", "files.dumps")["detail"]

    def write(name, size, age):
        path = folder / name
        path.write_bytes(b"x" * size)
        os.utime(path, (time.time() - age,) * 2)

    write("monday.dump", 1000, 7200)
    until(lambda: rule_state(daemon, "FilesMissing") == "inactive", TOLD, "there is one")
    until(lambda: rule_state(daemon, "FileTooOld") == "firing", TOLD, "too old")
    write("tuesday.dump", 400, 80)
    until(lambda: rule_state(daemon, "FileTooOld") == "inactive", TOLD, "fresh")
    until(lambda: rule_state(daemon, "FileShrunk") == "firing", TOLD, "shrunk")
    assert shown(daemon, "files_newest_info")[0]["metric"]["path"].endswith("/tuesday.dump")
    assert value(daemon, "files_previous_bytes") == 1000 and value(daemon, "files_count") == 2
    write("tuesday.dump", 90, 75)
    until(lambda: rule_state(daemon, "FileTooSmall") == "firing", TOLD, "too small")
    write("wednesday.dump", 1100, 70)
    for rule in ("FileTooSmall", "FileShrunk", "FileTooOld"):
        until(lambda: rule_state(daemon, rule) == "inactive", TOLD, rule)
    write("thursday.dump", 10, 0)
    until(lambda: value(daemon, "files_newest_bytes") == 10, TOLD, "seen")
    looked = daemon.named("rules", "FileTooSmall")["last_evaluation"]
    until(lambda: daemon.named("rules", "FileTooSmall")["last_evaluation"] != looked, TOLD, "judged")
    assert rule_state(daemon, "FileTooSmall") == rule_state(daemon, "FileShrunk") == "inactive", "it is being written"
    write("thursday.dump", 10, 65)
    for rule in ("FileTooSmall", "FileShrunk"):
        until(lambda: rule_state(daemon, rule) == "firing", TOLD, f"{rule}: it was left like that")


def test_a_file_that_is_written_over_is_compared_with_what_it_was(world):
    daemon = world.daemon
    path = daemon.folder / "latest.dump"
    path.write_bytes(b"x" * 1000)
    os.utime(path, (time.time() - 3600,) * 2)
    daemon.configure(watching(daemon, f'[source.files.latest]\npatterns = ["{path}"]\nevery = "1s"\n'))
    daemon.start()
    until(lambda: value(daemon, "files_newest_bytes") == 1000, TOLD, "seen")
    assert shown(daemon, "files_previous_bytes") == []
    for size in (100, 300, 400):  # as it is written
        path.write_bytes(b"x" * size)
        until(lambda: value(daemon, "files_newest_bytes") == size, TOLD, f"{size} bytes are seen")
    os.utime(path, (time.time() - 65,) * 2)
    until(lambda: rule_state(daemon, "FileShrunk") == "firing", TOLD, "shrunk")
    assert value(daemon, "files_previous_bytes") == 1000


def test_a_folder_that_may_not_be_looked_into_is_named(world):
    daemon = world.daemon
    if os.geteuid() == 0:
        daemon.folder.chmod(0o755)
        daemon.run_inside = lambda *words: ["setpriv", "--reuid=nobody", "--clear-groups", *words]
        for each in (daemon.folder, daemon.config):
            os.chown(each, 65534, 65534)
    locked = daemon.folder / "locked"
    locked.mkdir(mode=0o700)
    # Without packs: nobody may not read them where the checkout is root's own.
    daemon.configure(alone(daemon) + f'[source.files.locked]\npatterns = ["{locked}/*"]\nevery = "1s"\n')
    if os.geteuid() != 0:
        locked.chmod(0)
    daemon.start()
    until(lambda: "Permission denied" in (daemon.named("targets", "files.locked")["detail"] or ""), TOLD,
          lambda: daemon.named("targets", "files.locked"))
    locked.chmod(0o700)


def test_processes_are_counted_and_measured_and_told_when_they_are_missing(world):
    daemon = world.daemon
    mark = f"tocsin-test-{os.getpid()}"
    program = "import sys, time\nheld = bytearray(50 << 20)\nopen('/dev/null')\nwhile True: time.sleep(0.01)"
    begin = lambda: subprocess.Popen([sys.executable, "-c", program, mark])
    workers = [begin(), begin()]
    try:
        daemon.configure(watching(daemon, f"""
[source.process.workers]
command  = '{mark}$'
at_least = 2
every    = "1s"
[source.process.none]
name  = "no-such-program"
every = "1s"
"""))
        daemon.start()
        job = '{job="workers"}'
        until(lambda: value(daemon, "processes_count" + job) == 2, TOLD, "two")
        until(lambda: value(daemon, "processes_resident_bytes" + job) > 2 * (50 << 20), TOLD, "their memory")
        assert value(daemon, "processes_threads" + job) == 2
        assert value(daemon, "processes_open_files" + job) >= 6
        assert 0 < value(daemon, "processes_open_files_ratio" + job) < 0.5
        used = value(daemon, "processes_cpu_seconds_total" + job)
        until(lambda: value(daemon, "processes_cpu_seconds_total" + job) > used, TOLD, "processor time")
        assert abs(value(daemon, "processes_oldest_start_time_seconds" + job) - time.time()) < 120
        until(lambda: value(daemon, 'processes_missing{job="none"}') == 1, TOLD, "none of the other")
        workers[0].kill()
        workers[0].wait()
        until(lambda: value(daemon, "processes_missing" + job) == 1, TOLD, "one is missing")
        assert value(daemon, "processes_cpu_seconds_total" + job) >= used, "what it used stays counted"
        until(lambda: rule_state(daemon, "ProcessesMissing") == "firing", TOLD, "told")
        workers[0] = begin()
        until(lambda: value(daemon, "processes_missing" + job) == 0, TOLD, "back")
    finally:
        for each in workers:
            each.kill()
            each.wait()
