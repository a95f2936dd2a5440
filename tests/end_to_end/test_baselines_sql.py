"""B2 over a real PostgreSQL: a year of sign-ups is in the table, their SQL history teaches the shipped rule, half of
them are lost, and come back. The daemon and the table live by the same fast clock (fast_time.cpp)."""

import json
import re

import pytest

from fast_time import FastTime
from harness import ROOT, until
from servers import Postgres

DAY = 86400

# Sign-ups of a year and of some hours to come, more by day than by night, ever more of them; `lost` is what a form
# that is broken does to those who would have signed up.
TABLE = """
create function clock_of_the_test() returns timestamptz language sql as
  $$ select to_timestamp({begun} + (extract(epoch from clock_timestamp()) - {begun}) * {times}) $$;
create unlogged table signups(at timestamptz not null, lost boolean not null default false);
insert into signups(at)
  select bucket + random() * interval '5 minutes'
  from generate_series(to_timestamp({begun}) - interval '1 year', to_timestamp({begun}) + interval '8 hours',
                       interval '5 minutes') as bucket,
       lateral generate_series(1, (
         case when bucket > to_timestamp({begun}) - interval '8 weeks' then 60 else 4 end
         * (1 + 0.4 * sin(2 * pi() * extract(epoch from bucket) / 86400)) * (0.95 + 0.1 * random()))::int);
create index on signups(at);
analyze signups;
grant select on signups to monitor;
"""

# One row for each five minutes, with 0 where nobody came: what `backtest --learn --csv` reads.
EXPORT = """
copy (select to_char(bucket at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as time, count(signups.at) as "SignupsDrop"
      from generate_series(date_bin('5 minutes', clock_of_the_test() - interval '5 weeks', 'epoch'),
                           date_bin('5 minutes', clock_of_the_test(), 'epoch'), interval '5 minutes') as bucket
      left join signups on signups.at > bucket - interval '5 minutes' and signups.at <= bucket
      group by bucket order by bucket) to stdout csv header
"""

SOURCE = """
[packs]
enable = ["business"]
path = "{root}/rules"
[override.SignupsDrop]
policy = "production"
[source.postgres.shop]
dsn = "host=127.0.0.1 port={port} dbname=shop user=monitor"
password = "{password}"
every = "5m"
timeout = "4m"
statement_timeout = "3m"
[source.postgres.shop.query.signups_total]
sql = "select count(*) from signups where at > {since} and at <= clock_of_the_test() and not lost"
type = "counter"
"""


@pytest.fixture
def postgres(world):
    server = Postgres(world.folder)
    yield server
    server.stop()


def says(daemon):
    return daemon.named("rules", "SignupsDrop")["baseline"]


def test_half_of_the_sign_ups_are_lost_and_come_back(world, binary, postgres, tmp_path):
    daemon = world.daemon
    clock = FastTime(binary, 150)
    postgres.sql(TABLE.format(begun=clock.begun, times=clock.times), database="shop")
    assert int(postgres.sql("select count(*) from signups", database="shop")) > 1_000_000
    password = daemon.secret("postgres-password", postgres.password)
    basics = daemon.basics(every="1m").replace('timeout = "500ms"', 'timeout = "50s"')
    daemon.configure("console_only = true\n" + basics + daemon.tuning(warm_up_at_most="1s") + daemon.tellers()
                     + daemon.policy([(1, "0s", "chat")])
                     + SOURCE.format(root=ROOT, port=postgres.port, password=password,
                                     since=f"to_timestamp({clock.begun} - {DAY})"))
    daemon.start(**clock.environment)
    until(lambda: "says nothing before 2 d" in says(daemon), 20, lambda: says(daemon))
    history = tmp_path / "signups.csv"
    history.write_text(postgres.sql(EXPORT, database="shop") + "\n")
    answer = json.loads(daemon.cli("backtest", "--learn", "--json", "--rule", "SignupsDrop", "--csv", str(history),
                                   code=0).stdout)
    assert answer["rules"][0]["known_seconds"] > 34 * DAY, answer
    until(lambda: says(daemon).startswith("expected "), 20, lambda: says(daemon))
    assert world.receivers.chats() == []
    postgres.sql("update signups set lost = random() < 0.5 where at > clock_of_the_test()", database="shop")
    chat = json.dumps(until(lambda: world.receivers.chats(), 60, lambda: says(daemon)), ensure_ascii=False)
    assert re.search(r"Fewer people sign up than usual: [\d.]+ % below \(\d", chat), chat
    alert = json.loads(daemon.cli("alerts", "--json").stdout)
    assert [(one["rule"], one["state"]) for one in alert] == [("SignupsDrop", "firing")]
    postgres.sql("update signups set lost = false where at > clock_of_the_test()", database="shop")
    until(lambda: daemon.incidents() == [], 60, lambda: says(daemon))
    closed = json.loads(daemon.cli("incidents", "--all", "--json").stdout)
    closed = closed["incidents"] if isinstance(closed, dict) else closed
    assert len(closed) == 1, closed
