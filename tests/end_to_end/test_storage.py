"""Storage that hangs or is damaged: people are told all the same, and the daemon says so."""

import contextlib
import json
import sqlite3
import time

from harness import until


@contextlib.contextmanager
def locked(folder):
    """Somebody holds the database: no commit comes through."""
    connection = sqlite3.connect(folder / "state" / "tocsin.db", isolation_level=None, timeout=20)
    connection.execute("begin immediate")
    try:
        yield
    finally:
        connection.execute("rollback")
        connection.close()


def test_a_page_leaves_after_two_seconds_although_nothing_can_be_recorded(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    with locked(climbing.folder):
        target.value = 93
        chat = until(lambda: receivers.chats(), 15, "level 1 in chat")[0]
        breach = next(at for at, value in target.answered if value == 93)
        assert 1.8 <= chat["boot"] - breach <= 5
        assert "not recorded" in json.dumps(chat["body"]).lower()
        until(lambda: daemon.status()["storage"]["degraded"], 10, "storage is degraded")
        began = time.monotonic()
        answer = daemon.cli("ack", str(daemon.incidents()[0]["id"]))
        assert "not recorded" in answer.stdout + answer.stderr
        assert time.monotonic() - began < 10
    until(lambda: not daemon.status()["storage"]["degraded"], 30, "storage is well again")
    until(lambda: daemon.status()["storage"]["steps_uncommitted"] == 0, 10, "all is written")
    daemon.kill()
    daemon.start()
    assert [i["state"] for i in daemon.incidents()] == ["acknowledged"]
    assert len(receivers.chats()) == 1 or "acknowledged" in json.dumps(receivers.chats()[1]["body"]).lower()


def test_a_damaged_database_is_set_aside_loudly_and_the_daemon_goes_on(climbing):
    target, receivers, daemon = climbing.target, climbing.receivers, climbing.daemon
    daemon.stop()
    for path in (climbing.folder / "state").iterdir():
        if path.is_file():
            path.write_bytes(b"this is no database\n" * 1000)
    daemon.start()
    assert "aside" in daemon.log()
    target.value = 93
    until(lambda: receivers.chats(), 10, "it works")
