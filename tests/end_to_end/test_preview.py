"""What a notice would look like, without a daemon and without sending anything."""

import subprocess


def preview(world, *words):
    return subprocess.run([world.daemon.binary, "notify", *words, "--config", world.daemon.config],
                          capture_output=True, text=True, timeout=30)


def test_a_preview_asks_no_daemon_and_sends_nothing(world):
    daemon = world.daemon
    daemon.configure(daemon.basics() + daemon.tellers() + daemon.policy([(1, "0s", "chat")]) + daemon.rule())
    shown = preview(world, "--preview", "chat", "--kind", "closed", "--alerts", "500")
    assert shown.returncode == 0, shown.stderr
    assert "CLOSED" in shown.stdout and "and 492 more" in shown.stdout
    assert world.receivers.requests() == []
    wrong = preview(world, "--preview", "chatt")
    assert wrong.returncode == 2 and "did you mean `chat`?" in wrong.stderr
    assert preview(world).returncode == 2
