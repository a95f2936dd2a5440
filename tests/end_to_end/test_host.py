"""The shipped rules on this very host, and tocsin's watch over itself."""

import json
import multiprocessing
import os
import time

import harness
from harness import until


def packs(*names):
    return f'[packs]\nenable = {json.dumps(names)}\npath = "{harness.ROOT}/rules"\n'


def test_the_shipped_rules_are_evaluated_on_this_host(world):
    daemon = world.daemon
    daemon.configure("console_only = true\n" + packs("infrastructure", "tocsin")
                     + daemon.basics().replace("enabled = false", 'every = "1s"'))
    daemon.start()
    rules = {"CpuHigh", "MemoryHigh", "DiskSpaceLow", "TargetDown"}

    def evaluated():
        shown = {r["name"]: r for r in daemon.status()["rules"]}
        assert rules <= set(shown)
        return shown if all(shown[name]["last_evaluation"] for name in rules) else None

    shown = until(evaluated, 20, "every rule is evaluated")
    assert [r["error"] for r in shown.values() if r["error"]] == []
    memory = until(lambda: evaluated()["MemoryHigh"]["value"], 20, "a value")
    assert 0 < float(memory) < 1


def burn(until_then):
    while time.monotonic() < until_then:
        pass


def test_a_busy_loop_on_all_cores_is_told_within_a_few_ticks(world):
    daemon = world.daemon
    daemon.configure(daemon.basics().replace("[source.host]\nenabled = false", '[source.host]\nevery = "1s"')
                     + daemon.tuning() + daemon.tellers() + daemon.policy([(1, "0s", "chat")]) + """
[rule.Busy]
expr = '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[2s]))'
above = "80%"
policy = "production"
""")
    daemon.start()
    until(lambda: daemon.named("targets", "host")["answered"], 20, "the host is read")
    end = time.monotonic() + 8
    loops = [multiprocessing.Process(target=burn, args=(end,), daemon=True) for _ in range(os.cpu_count())]
    for loop in loops:
        loop.start()
    try:
        chat = until(lambda: world.receivers.chats(), 8, "told")[0]
        assert "Busy" in json.dumps(chat["body"])
    finally:
        for loop in loops:
            loop.terminate()
            loop.join()


def test_a_receiver_that_refuses_is_an_alert_of_its_own(world):
    daemon = world.daemon
    basics = daemon.basics().replace("[source.tocsin]\nenabled = false", '[source.tocsin]\nevery = "1s"')
    daemon.configure(packs("tocsin") + basics + daemon.tuning() + daemon.tellers() + daemon.rule() + """
[policy.default]
[[policy.default.notify]]
level = 1
to = ["on-call"]
""" + daemon.policy([(1, "0s", "chat")]))
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    world.receivers.behave("404", "slack", accept=False)
    world.target.value = 93
    event = until(lambda: world.receivers.events("trigger"), 15, "an alert of the refusal")[0]
    assert "chat" in json.dumps(event["body"]["payload"]), event["body"]


def test_a_target_that_is_down_is_an_alert_of_its_own(world):
    daemon = world.daemon
    daemon.configure(packs("tocsin") + daemon.basics() + daemon.tuning() + daemon.tellers() + """
[policy.default]
[[policy.default.notify]]
level = 1
to = ["chat"]
""")
    daemon.start()
    until(lambda: daemon.named("targets", "prometheus.app")["answered"], 10, "the first scrape")
    world.target.manner = "html"
    chat = until(lambda: world.receivers.chats(), 15, "told")[0]
    assert "app" in json.dumps(chat["body"])
    world.target.manner = "well"
    until(lambda: len(world.receivers.chats()) >= 2, 15, "closed")
