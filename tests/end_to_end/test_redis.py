"""Redis's INFO from a real redis-server, and the shipped rule on it."""

import json
import os
import signal

import pytest

from evidence import Driven
from harness import ROOT, free_port, until
from servers import Redis, answering, self_signed, shown, value


@pytest.fixture
def redis(world):
    self_signed(world.folder)
    server = Redis(world.folder, tls=True)
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.stop()


def watching(daemon, redis, more=""):
    password = daemon.secret("redis-password", redis.monitor_password)
    return "console_only = true\n" + daemon.basics() + f"""
[packs]
enable = ["application"]
path = "{ROOT}/rules"
[source.redis.cache]
address = "127.0.0.1:{redis.port}"
every = "1s"
timeout = "700ms"
username = "monitor"
password = "{password}"
{more}
"""


@pytest.mark.evidence
def test_memory_beyond_four_fifths_is_told_and_deleting_resolves_it(world, redis):
    """A6, driven: keys are written to 81 % of maxmemory, and deleted."""
    daemon, receivers = world.daemon, world.receivers
    daemon.configure(watching(daemon, redis) + daemon.tuning(warm_up_at_most="1s") + daemon.tellers()
                     + daemon.policy([(1, "0s", "chat")]) + '[override.RedisMemoryHigh]\npolicy = "production"\n')
    daemon.start()
    until(lambda: value(daemon, "redis_memory_max_bytes") == 4 << 20, 20, "Redis is asked")
    assert value(daemon, "redis_up") == 1 and value(daemon, "redis_ping_seconds") > 0
    assert shown(daemon, "redis_instance_info")[0]["metric"]["maxmemory_policy"] == "noeviction"
    until(lambda: daemon.named("rules", "RedisMemoryHigh")["last_evaluation"], 10, "judged")
    assert daemon.named("rules", "RedisMemoryHigh")["state"] == "inactive"
    driven = Driven(daemon, "A6", "keys written to 81 % of maxmemory")
    redis.fill(0.81)
    driven.fired()
    chat = json.dumps(until(lambda: receivers.chats(), 20, "told"))
    assert "Redis cache uses 8" in chat
    assert value(daemon, 'redis_db_keys{db="db0"}') > 10
    redis.ask("FLUSHALL")
    driven.well()
    until(lambda: len(receivers.chats()) == 2, 10, "the close is told")
    assert receivers.problems() == []


def test_each_way_in_and_each_trouble_by_name(world, redis):
    daemon = world.daemon
    wrong = daemon.secret("wrong", "hunter2-is-wrong")
    right = daemon.secret("default-password", redis.password)
    half, half_server = answering(b"+PONG\r\n$500\r\n# Server\r\nredis_ver")
    web, web_server = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    deaf, deaf_server = answering(b"", then_close=False)
    quoting, quoting_server = answering(b"-ERR unknown command 'AUTH', with args beginning with: 'hunter2-is-wrong' \r\n")
    ways = {
        "tcp": f'address = "127.0.0.1:{redis.port}"\npassword = "{right}"',
        "unix": f'socket = "{redis.socket}"\npassword = "{right}"',
        "tls": f'address = "localhost:{redis.tls_port}"\ntls = true\nca_file = "{world.folder}/certificate.pem"\n'
               f'password = "{right}"',
        "unverified": f'address = "127.0.0.1:{redis.tls_port}"\ntls = true\nverify = false\npassword = "{right}"',
    }
    troubles = {
        "wrong": (f'address = "127.0.0.1:{redis.port}"\npassword = "{wrong}"', "unauthorized", "WRONGPASS"),
        "none": (f'address = "127.0.0.1:{redis.port}"', "unauthorized", "NOAUTH"),
        "nobody": (f'address = "127.0.0.1:{free_port()}"', "refused", "Connection refused"),
        "no-socket": ('socket = "/nonexistent/redis.sock"', "refused", "No such file"),
        "unnamed": ('address = "no-such-host.invalid:6379"', "unresolved", "does not resolve"),
        "stranger": (f'address = "localhost:{redis.tls_port}"\ntls = true', "tls_failed", "self-signed certificate"),
        "plain": (f'address = "localhost:{redis.port}"\ntls = true', "timed_out", "did not answer to TLS within"),
        "half": (f'address = "127.0.0.1:{half}"', "refused", "in the middle of its answer"),
        "web": (f'address = "127.0.0.1:{web}"', "not_metrics", "this is not Redis"),
        "quoting": (f'address = "127.0.0.1:{quoting}"\npassword = "{wrong}"', "unavailable", "beginning with: '***'"),
        "deaf": (f'address = "127.0.0.1:{deaf}"', "timed_out", "did not answer within 2s500ms"),
    }
    text = "console_only = true\n" + daemon.basics()
    for name, lines in [*ways.items(), *((name, trouble[0]) for name, trouble in troubles.items())]:
        text += f'[source.redis.{name}]\nevery = "3s"\ntimeout = "2500ms"\n{lines}\n'
    daemon.configure(text)
    daemon.start()
    for name in ways:
        until(lambda: value(daemon, f'redis_up{{job="{name}"}}') == 1, 60,
              lambda: f'{name}: {daemon.named("targets", f"redis.{name}")}')
    for name, (_, outcome, words) in troubles.items():
        until(lambda: (t := daemon.named("targets", f"redis.{name}"))["outcome"] and t["outcome"].replace(" ", "_") == outcome
              and words in t["detail"], 60, lambda: daemon.named("targets", f"redis.{name}"))
        assert value(daemon, f'up{{job="{name}"}}') == 0
    told = daemon.log() + daemon.metrics() + daemon.cli("status", "--json").stdout + daemon.cli("check").stdout
    for secret in ("hunter2", redis.password, redis.monitor_password):
        assert secret not in told
    for server in (half_server, web_server, deaf_server, quoting_server):
        server.close()


def test_a_redis_that_hangs_stalls_nobody_and_comes_back(world, redis):
    daemon = world.daemon
    daemon.configure(watching(daemon, redis))
    daemon.start()
    until(lambda: daemon.named("targets", "redis.cache")["answered"], 20, "it answers")
    os.kill(redis.process.pid, signal.SIGSTOP)
    hung = until(lambda: not (t := daemon.named("targets", "redis.cache"))["answered"] and t, 20, "it hangs")
    assert hung["outcome"].replace(" ", "_") == "timed_out", hung
    answered = len(world.target.answered)
    until(lambda: len(world.target.answered) >= answered + 2, 10, "the others are scraped all the same")
    os.kill(redis.process.pid, signal.SIGCONT)
    until(lambda: daemon.named("targets", "redis.cache")["answered"], 20, "it is back")
