"""Jobs that report in: by the command line, over HTTP with their token, late, failed, running too long, and over
crashes of the daemon and of the job."""

import os
import signal
import subprocess
import urllib.error
import urllib.request

from harness import ROOT, until
from servers import value

TOLD = 20


def watching(daemon, jobs):
    return "console_only = true\n" + daemon.basics().split("[source.prometheus.app]")[0] + f"""
[packs]
enable = ["services"]
path = "{ROOT}/rules"
[tuning]
warm_up_at_most = "1s"
reopen_within = "0s"
{jobs}
"""


def job(name, expect_every="1h", more=""):
    return f'[source.job.{name}]\nexpect_every = "{expect_every}"\ngrace = "0s"\nevery = "1s"\n{more}\n'


def fires(daemon, rule, name):
    alerts = daemon.cli("alerts", "--json").stdout
    return f'"{rule}"' in alerts and f'"job":"{name}"' in alerts.replace(" ", "") and '"firing"' in alerts


def detail(daemon, name):
    return daemon.named("targets", f"job.{name}")["detail"]


def rule_state(daemon, rule):
    return daemon.named("rules", rule)["state"]


def post(daemon, path, token=None, body=""):
    request = urllib.request.Request(f"http://127.0.0.1:{daemon.port}{path}", body.encode(), method="POST")
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_success_that_stays_away_is_told_and_its_coming_ends_it(world):
    daemon = world.daemon
    daemon.configure(watching(daemon, job("backup", expect_every="3s")))
    daemon.start()
    daemon.cli("beat", "backup", code=0)
    until(lambda: value(daemon, "job_late_seconds") is not None and value(daemon, "job_late_seconds") < 0, TOLD, "well")
    assert rule_state(daemon, "JobLate") == "inactive"
    until(lambda: rule_state(daemon, "JobLate") == "firing", TOLD, "late")
    assert "no success since" in daemon.named("targets", "job.backup")["detail"]
    daemon.cli("beat", "backup", code=0)
    until(lambda: "CLOSED" in daemon.log(), TOLD, daemon.log)


def test_a_failure_is_told_with_its_exit_code_and_the_next_success_ends_it(world):
    daemon = world.daemon
    daemon.configure(watching(daemon, job("import")))
    daemon.start()
    daemon.cli("beat", "import", "--exit-code", "3", code=0)
    until(lambda: rule_state(daemon, "JobFailed") == "firing", TOLD, "failed")
    assert "failed with exit code 3" in daemon.named("targets", "job.import")["detail"]
    daemon.cli("beat", "import", "--exit-code", "0", code=0)
    until(lambda: rule_state(daemon, "JobFailed") == "inactive", TOLD, "well")
    daemon.cli("beat", "import", "--fail", code=0)
    until(lambda: value(daemon, "job_exit_code") == 1, TOLD, "failed again")
    unknown = daemon.cli("beat", "improt", code=1)
    assert "no job is called `improt`" in unknown.stderr
    assert daemon.cli("beat", "import", "--start", "--fail").returncode == 2


def test_the_command_that_it_runs_is_reported_and_its_status_kept(world):
    daemon = world.daemon
    daemon.configure(watching(daemon, job("dump", more='runs_at_most = "2s"')))
    daemon.start()
    ran = daemon.cli("beat", "dump", "--", "sh", "-c", "echo done; echo begun >&2; echo disk full >&2; exit 7")
    assert (ran.returncode, ran.stdout, ran.stderr) == (7, "done\n", "begun\ndisk full\n")
    until(lambda: value(daemon, "job_exit_code") == 7, TOLD, "its exit code")
    assert "exit code 7: begun" in detail(daemon, "dump") and "disk full" in detail(daemon, "dump")
    # What it leaves running holds nothing up.
    assert daemon.cli("beat", "dump", "--", "sh", "-c", "sleep 5 > /dev/null & exit 6").returncode == 6
    until(lambda: "failed with exit code 6" in detail(daemon, "dump"), TOLD, "without a word")
    assert "{" not in detail(daemon, "dump") and ":" not in detail(daemon, "dump")
    assert daemon.cli("beat", "dump", "--", "true").returncode == 0
    until(lambda: value(daemon, "job_failed") == 0, TOLD, "well")
    assert daemon.cli("beat", "dump", "--", "/no/such/program").returncode == 127
    # The job is killed without a word: what was begun runs, and in the end for too long.
    running = subprocess.Popen([str(daemon.binary), "--config", str(daemon.config), "beat", "dump", "--", "sleep", "60"])
    until(lambda: value(daemon, "job_running") == 1, TOLD, "it runs")
    child = int(open(f"/proc/{running.pid}/task/{running.pid}/children", encoding="utf-8").read())
    running.kill()
    running.wait()
    os.kill(child, signal.SIGKILL)
    until(lambda: rule_state(daemon, "JobRunsTooLong") == "firing", TOLD, "too long")
    daemon.cli("beat", "dump", "--start", code=0)
    until(lambda: rule_state(daemon, "JobRunsTooLong") == "inactive", TOLD, "begun anew")
    assert value(daemon, "job_unfinished_total") == 1
    daemon.stop()
    alone = daemon.cli("beat", "dump", "--", "sh", "-c", "exit 5")
    ignoring = subprocess.run(["bash", "-c", "trap '' CHLD; exec \"$@\"", "-", str(daemon.binary), "--config",
                               str(daemon.config), "beat", "dump", "--", "sh", "-c", "exit 4"],
                              capture_output=True, timeout=20)
    assert ignoring.returncode == 4, "also where whoever starts it ignores SIGCHLD"
    assert alone.returncode == 5 and alone.stderr, "it runs without the daemon too, which is told"
    assert daemon.cli("beat", "dump").returncode == 3


def test_over_http_who_has_the_token_speaks_and_nobody_else(world):
    daemon = world.daemon
    token = daemon.secret("backup-token", "open-sesame")
    daemon.configure(watching(daemon, job("backup", more=f'token = "{token}"') + job("closed")))
    daemon.start()
    until(lambda: value(daemon, 'job_failed{job="backup"}') == 0, TOLD, "it is watched")
    assert post(daemon, "/beat/backup/2", "open-sesame", "disk full\n")[0] == 200
    until(lambda: value(daemon, 'job_failed{job="backup"}') == 1, TOLD, "failed")
    assert "exit code 2: disk full" in daemon.named("targets", "job.backup")["detail"]
    refused = {post(daemon, "/beat/backup"), post(daemon, "/beat/backup", "open-sesam"),
               post(daemon, "/beat/backup", "open-sesame-"), post(daemon, "/beat/closed", "open-sesame"),
               post(daemon, "/beat/closed", ""), post(daemon, "/beat/nobody", "open-sesame")}
    assert {status for status, _ in refused} == {403} and len(refused) == 1, "all alike"
    assert value(daemon, 'job_failed{job="backup"}') == 1
    assert post(daemon, "/beat/backup/300", "open-sesame")[0] == 400
    assert post(daemon, "/beat/backup/start", "open-sesame")[0] == 200
    assert post(daemon, "/beat/backup", "open-sesame")[0] == 200
    until(lambda: value(daemon, 'job_failed{job="backup"}') == 0, TOLD, "well")
    (daemon.folder / "backup-token").unlink()
    assert post(daemon, "/beat/backup", "open-sesame")[0] == 503
    told = daemon.log() + daemon.metrics() + daemon.cli("status", "--json").stdout + daemon.cli("check").stdout
    assert "open-sesame" not in told


def test_what_is_known_of_jobs_survives_kill_9(world):
    daemon = world.daemon
    text = watching(daemon, job("nightly", expect_every="1h") + job("failing") + job("silent", expect_every="4s"))
    daemon.configure(text)
    daemon.start()
    daemon.cli("beat", "nightly", "--start", code=0)
    daemon.cli("beat", "failing", "--exit-code", "9", code=0)
    until(lambda: value(daemon, 'job_running{job="nightly"}') == 1, TOLD, "it runs")
    began = value(daemon, 'job_running_seconds{job="nightly"}')
    daemon.kill()
    daemon.start()
    until(lambda: (value(daemon, 'job_running_seconds{job="nightly"}') or 0) > began, TOLD, "it still runs")
    assert value(daemon, 'job_exit_code{job="failing"}') == 9
    # The clock of the silent one has not begun anew.
    until(lambda: value(daemon, 'job_late_seconds{job="silent"}') > 0, 8, "late")
    daemon.cli("beat", "nightly", code=0)
    daemon.kill()
    (daemon.folder / "state/jobs.json").write_text("{ half", encoding="utf-8")
    daemon.start()
    until(lambda: value(daemon, 'job_late_seconds{job="nightly"}') is not None, TOLD, "it starts all the same")
    assert "is damaged" in daemon.log() and "counts as new" in daemon.log()
