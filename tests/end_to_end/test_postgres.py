"""A real PostgreSQL 15: its connections against the pool, the operator's own SQL, and each trouble by name."""

import json
import os
import signal
import socket
import struct

import pytest

from evidence import Driven
from harness import ROOT, end_process, free_port, until
from servers import Postgres, answering, self_signed, shown, value


@pytest.fixture
def postgres(world):
    server = Postgres(world.folder)
    yield server
    server.stop()


def dsn(postgres, user="monitor", database="shop"):
    return f'"host=127.0.0.1 port={postgres.port} dbname={database} user={user}"'


def watching(daemon, postgres, more=""):
    password = daemon.secret("postgres-password", postgres.password)
    return "console_only = true\n" + daemon.basics() + f"""
[packs]
enable = ["application"]
path = "{ROOT}/rules"
[source.postgres.main]
dsn = {dsn(postgres)}
password = "{password}"
every = "1s"
timeout = "900ms"
statement_timeout = "300ms"
{more}
"""


def detail(daemon, name="postgres.main"):
    return daemon.named("targets", name)["detail"]


@pytest.mark.evidence
def test_connections_beyond_four_fifths_of_the_pool_are_told_and_closing_resolves_it(world, postgres):
    """A5, driven: 41 of a pool of 50 are opened, and closed."""
    daemon, receivers = world.daemon, world.receivers
    daemon.configure(watching(daemon, postgres, 'pool_size = 50\npool_user = "app"')
                     + daemon.tuning(warm_up_at_most="1s") + daemon.tellers() + daemon.policy([(1, "0s", "chat")])
                     + '[override.DatabaseConnectionsHigh]\npolicy = "production"\n')
    daemon.start()
    until(lambda: value(daemon, "pg_pool_size") == 50, 20, lambda: f"it is asked: {detail(daemon)}")
    assert value(daemon, "pg_settings_max_connections") == 100
    assert daemon.named("rules", "DatabaseConnectionsHigh")["state"] == "inactive"
    driven = Driven(daemon, "A5", "41 connections of a pool of 50 opened")
    opened = postgres.open(41)
    driven.fired()
    chat = json.dumps(until(lambda: receivers.chats(), 20, "told"))
    assert "82 % of the database connections of main" in chat
    assert value(daemon, 'pg_stat_activity_count{datname="shop",state="idle"}') == 41
    postgres.close(opened)
    driven.well()
    until(lambda: len(receivers.chats()) == 2, 10, "the close is told")
    assert detail(daemon) == ""
    assert receivers.problems() == []


def test_without_a_pool_the_server_is_the_limit(world, postgres):
    daemon = world.daemon
    daemon.configure(watching(daemon, postgres) + daemon.tuning(warm_up_at_most="1s"))
    daemon.start()
    until(lambda: value(daemon, "pg_pool_size") == 100, 20, lambda: f"it is asked: {detail(daemon)}")
    opened = postgres.open(81)
    until(lambda: daemon.named("rules", "DatabaseConnectionsHigh")["state"] == "firing", 20, "it fires")
    assert value(daemon, "pg_pool_connections") >= 82, "tocsin's own connection is one of them"
    postgres.close(opened)
    until(lambda: daemon.named("rules", "DatabaseConnectionsHigh")["state"] == "inactive", 20, "well again")


QUERIES = """
[source.postgres.main.query.signups_total]
sql = "select plan, count(*) as n, max(id) as newest from signups group by plan"
type = "counter"
labels = ["plan"]
value = "n"
[source.postgres.main.query.newest_signup]
sql = "select max(id) from signups"
[source.postgres.main.query.slow]
sql = "select pg_sleep(5)"
[source.postgres.main.query.writes]
sql = "insert into signups(plan) values ('free') returning 1"
[source.postgres.main.query.two_statements]
sql = "select 1; drop table signups"
[source.postgres.main.query.no_number]
sql = "select 'many'"
[source.postgres.main.query.endless]
sql = "select generate_series(1, 20000) as row_number, 1 as one"
labels = ["row_number"]
[source.postgres.main.query.copies]
sql = "copy (select 1) to stdout"
[source.postgres.main.query.twins]
sql = "select plan, id from signups"
labels = ["plan"]
value = "id"
[source.postgres.main.query.last_of_all]
sql = "select count(*) from signups"
"""


def message(kind, body):
    return kind + struct.pack("!I", len(body) + 4) + body


# What a server says that lets anybody in, and is that old.
OLD_SERVER = (message(b"R", struct.pack("!I", 0)) + message(b"S", b"server_version\0" b"9.2.24\0")
              + message(b"K", struct.pack("!II", 1, 2)) + message(b"Z", b"I"))


def test_the_operators_own_sql(world, postgres):
    postgres.sql("create table signups(id serial, plan text)", "grant all on signups to monitor",
                 "grant all on sequence signups_id_seq to monitor",
                 "insert into signups(plan) values ('free'), ('free'), ('paid')", database="shop")
    daemon = world.daemon
    good = QUERIES[:QUERIES.index("[source.postgres.main.query.endless]")] + QUERIES[QUERIES.index(
        "[source.postgres.main.query.last_of_all]"):]
    daemon.configure(watching(daemon, postgres, good))
    daemon.start()
    until(lambda: value(daemon, "last_of_all") == 3, 20, lambda: f"all are asked: {detail(daemon)}")
    by_plan = {one["metric"]["plan"]: float(one["value"][1]) for one in shown(daemon, "signups_total")}
    assert by_plan == {"free": 2, "paid": 1}
    assert value(daemon, "newest_signup") == 3
    said = detail(daemon)
    assert "query slow: ERROR:  canceling statement due to statement timeout" in said
    assert "query writes: ERROR:  cannot execute INSERT in a read-only transaction" in said
    assert "query two_statements: ERROR:  cannot insert multiple commands" in said
    assert "query no_number: column ?column? is no number: many" in said
    worked = {one["metric"]["collector"]: float(one["value"][1]) for one in shown(daemon, "pg_scrape_collector_success")}
    assert worked == {"server": 1, "activity": 1, "databases": 1, "standbys": 1, "signups_total": 1, "slow": 0,
                      "newest_signup": 1, "writes": 0, "two_statements": 0, "no_number": 0, "last_of_all": 1}
    assert daemon.named("targets", "postgres.main")["answered"]
    postgres.sql("insert into signups(plan) values ('paid')", database="shop")
    until(lambda: value(daemon, 'signups_total{plan="paid"}') == 2, 10, "it counts on")
    assert value(daemon, 'pg_stat_database_deadlocks{datname="shop"}') == 0
    assert value(daemon, 'pg_database_size_bytes{datname="shop"}') > 1e6
    assert value(daemon, "pg_replication_is_replica") == 0 and value(daemon, "pg_replication_lag_seconds") == 0
    assert 0 < value(daemon, "pg_probe_query_seconds") < 0.9
    one = postgres.sql("select count(*) from pg_stat_activity where application_name = 'tocsin'")
    assert one == "1", "one connection is kept"
    daemon.configure(watching(daemon, postgres, QUERIES))
    daemon.hang_up()
    until(lambda: "query endless: more than 10000 rows" in detail(daemon), 20, lambda: detail(daemon))
    assert "query copies: COPY gives no rows" in detail(daemon)
    assert "query twins: several rows have the same labels" in detail(daemon) and shown(daemon, "twins") == []
    postgres.sql("insert into signups(plan) values ('paid')", database="shop")
    until(lambda: value(daemon, "last_of_all") == 5, 10, "what two of them spoil is spoilt for no other")


def test_each_trouble_has_its_name_and_secrets_have_none(world, postgres):
    daemon = world.daemon
    right = daemon.secret("right", postgres.password)
    wrong = daemon.secret("wrong", "hunter2-is-wrong")
    broken = daemon.secret("broken", "host=127.0.0.1 password=hunter2 hunter2 hunter2")
    deaf = socket.create_server(("127.0.0.1", 0))
    web, web_server = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    old, old_server = answering(OLD_SERVER, then_close=False)
    half, half_server = answering(OLD_SERVER[:20])
    at_in_password = daemon.secret("at", f"postgresql://monitor:hunt@hunter2@127.0.0.1:{postgres.port}/shop")
    slash_in_password = daemon.secret("slash", f"postgresql://localhost:hunter2/2@127.0.0.1:{postgres.port}/shop")
    troubles = {
        "password": (f"dsn = {dsn(postgres)}\npassword = \"{wrong}\"", "unauthorized", "password authentication failed"),
        "nobody": (f'dsn = "host=127.0.0.1 port={free_port()} user=monitor"', "refused", "Connection refused"),
        "database": (f'dsn = {dsn(postgres, database="none")}\npassword = "{right}"', "unauthorized",
                     'database "none" does not exist'),
        "unnamed": ('dsn = "host=no-such-host.invalid user=monitor"', "unresolved", "does not resolve"),
        "deaf": (f'dsn = "host=127.0.0.1 port={deaf.getsockname()[1]} user=monitor"', "timed_out",
                 "could not be reached within 700ms"),
        "web": (f'dsn = "host=127.0.0.1 port={web} user=monitor sslmode=disable"', "not_metrics", "but received H"),
        "old": (f'dsn = "host=127.0.0.1 port={old} user=monitor sslmode=disable"', "unavailable",
                "the server's version is 9.2.24: PostgreSQL 10 or later is needed"),
        "half": (f'dsn = "host=127.0.0.1 port={half} user=monitor sslmode=disable"', "refused",
                 "server closed the connection"),
        "at": (f'dsn = "{at_in_password}"', "unavailable", "in a password, @ is written %40"),
        "slash": (f'dsn = "{slash_in_password}"', "unavailable", "in a password, @ is written %40"),
        "broken": (f'dsn = "{broken}"', "unavailable", "the dsn is no connection string"),
        "plain": (f'dsn = "host=127.0.0.1 port={postgres.port} user=monitor sslmode=require"', "tls_failed",
                  "does not support SSL"),
    }
    text = "console_only = true\n" + daemon.basics()
    for name, (lines, _, _) in troubles.items():
        text += f'[source.postgres.{name}]\nevery = "1s"\ntimeout = "700ms"\n{lines}\n'
    text += f"""
[source.postgres.by-name]
dsn = "postgresql://monitor@localhost:{postgres.port}/shop"
password = "{right}"
every = "1s"
[source.postgres.one-of-two]
dsn = "host=no-such-host.invalid,localhost port={postgres.port},{postgres.port} user=monitor dbname=shop"
password = "{right}"
every = "1s"
[source.postgres.by-socket]
dsn = "host={postgres.folder} port={postgres.port} user=root dbname=shop"
every = "1s"
"""
    daemon.configure(text)
    daemon.start()
    for name in ("by-name", "one-of-two", "by-socket"):
        until(lambda: value(daemon, f'pg_up{{job="{name}"}}') == 1, 20, lambda: f'{name}: {detail(daemon, "postgres." + name)}')
    for name, (_, outcome, words) in troubles.items():
        until(lambda: (t := daemon.named("targets", f"postgres.{name}"))["outcome"] and t["outcome"].replace(" ", "_") == outcome
              and words in t["detail"], 60, lambda: daemon.named("targets", f"postgres.{name}"))
    until(lambda: "not asked again for" in detail(daemon, "postgres.password"), 20, "attempts become rarer")
    told = daemon.log() + daemon.metrics() + daemon.cli("status", "--json").stdout + daemon.cli("check").stdout
    for secret in ("hunter2", postgres.password):
        assert secret not in told
    for server in (deaf, web_server, old_server, half_server):
        server.close()


def test_a_server_that_hangs_or_restarts_stalls_nobody_and_comes_back(world, postgres):
    daemon = world.daemon
    daemon.configure(watching(daemon, postgres))
    daemon.start()
    until(lambda: daemon.named("targets", "postgres.main")["answered"], 20, lambda: detail(daemon))
    backend = int(postgres.sql("select pid from pg_stat_activity where application_name = 'tocsin'"))
    os.kill(backend, signal.SIGSTOP)
    try:
        hung = until(lambda: not (t := daemon.named("targets", "postgres.main"))["answered"] and t, 20, "it hangs")
        assert hung["outcome"].replace(" ", "_") == "timed_out", hung
        answered = len(world.target.answered)
        until(lambda: len(world.target.answered) >= answered + 2, 10, "the others are scraped all the same")
        until(lambda: daemon.named("targets", "postgres.main")["answered"], 20, "by a new connection")
    finally:
        os.kill(backend, signal.SIGCONT)
    end_process(postgres.process, signal.SIGINT)
    until(lambda: not daemon.named("targets", "postgres.main")["answered"], 20, "it is gone")
    postgres.start()
    until(lambda: daemon.named("targets", "postgres.main")["answered"], 20, "it is back")


def test_over_tls_the_server_is_who_it_says_or_the_reason_is_named(world):
    daemon = world.daemon
    server = Postgres(world.folder, tls=True)
    try:
        stranger = world.folder / "stranger"
        stranger.mkdir()
        self_signed(stranger)
        password = daemon.secret("right", server.password)
        at = f"port={server.port} dbname=shop user=monitor"
        known = f"sslrootcert={world.folder}/certificate.pem"
        sources = {
            "checked": (f"host=localhost {at} sslmode=verify-full {known}", "answered", ""),
            "unchecked": (f"host=127.0.0.1 {at} sslmode=require", "answered", ""),
            "stranger": (f"host=localhost {at} sslmode=verify-full sslrootcert={stranger}/certificate.pem", "tls_failed",
                         "certificate verify failed"),
            "other-name": (f"host=db.example.com hostaddr=127.0.0.1 {at} sslmode=verify-full {known}", "tls_failed",
                           'does not match host name "db.example.com"'),
            "no-file": (f"host=localhost {at} sslmode=verify-full sslrootcert={world.folder}/none.pem", "tls_failed",
                        "none.pem"),
            "in-the-clear": (f"host=127.0.0.1 {at} sslmode=disable", "unauthorized", "no encryption"),
        }
        text = "console_only = true\n" + daemon.basics()
        for name, (dsn_of_it, _, _) in sources.items():
            text += f'[source.postgres.{name}]\nevery = "1s"\ndsn = "{dsn_of_it}"\npassword = "{password}"\n'
        daemon.configure(text)
        daemon.start()
        for name, (_, outcome, words) in sources.items():
            def as_expected(name=name, outcome=outcome, words=words):
                target = daemon.named("targets", f"postgres.{name}")
                return (target["outcome"] or "").replace(" ", "_") == outcome and words in target["detail"]
            until(as_expected, 30, lambda: daemon.named("targets", f"postgres.{name}"))
        encrypted = server.sql("select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid)"
                               " where usename = 'monitor'")
        assert encrypted == "t"
        assert server.password not in daemon.log() + daemon.metrics() + daemon.cli("status", "--json").stdout
    finally:
        server.stop()
