"""kill -9 at any moment, and at any write, sync and send: a daemon that dies again and again while an incident opens,
climbs, is acknowledged and closes, and what its receivers saw held against the promises of durability:

    no page lost                        once it may live, all that fell due has been told
    no clock reset                      and told when it fell due, or at the first start after
    a second notice is the same one     same key, and only where a crash lies between the two
    nobody is rung for what is in hand  after an acknowledgement that was recorded, until it ends
    no open without its close           every key at the pager is resolved, chat hears of the end
    no close without its open
    the database opens every time
"""

import random
import signal

import harness
from harness import until

LEVELS = [(1, "0s", "chat"), (2, "4s", "on-call"), (3, "9s", "on-call")]
LAST_AFTER = 9.0
SOON = 6.0  # s; more than a busy machine needs, less than a clock that begins anew
MOST_CALLS = 90  # of a short life


class Broken(AssertionError):
    pass


class Lives:
    """One daemon, whose lives end as chance, or the test, says."""

    def __init__(self, binary, library, seed):
        self.random = random.Random(seed)
        self.world = harness.World(binary)
        self.library = library
        self.kills = []  # boot times
        self.round = 0
        daemon = self.world.daemon
        daemon.configure(daemon.basics() + daemon.tuning() + daemon.tellers() + daemon.policy(LEVELS)
                         + daemon.rule())

    def close(self, keep=False):
        self.world.close(keep)

    # ── lives and deaths ──

    def preloaded(self, **more):
        return {"LD_PRELOAD": str(self.library), **{name: str(value) for name, value in more.items()}}

    def died(self):
        code = self.world.daemon.process.returncode
        if code != -signal.SIGKILL:
            raise Broken(f"it ended with {code} instead of being killed:\n{self.world.daemon.log()[-3000:]}")
        # What it sent with its last breath came before its death, however late the receiver reads it.
        until(self.world.receivers.all_is_read, SOON, "the receiver has read what the dead one sent")
        self.kills.append(harness.boot_now())

    def short_life(self):
        """Ends at a call, or at a moment, by chance."""
        daemon, chance = self.world.daemon, self.random
        if chance.random() < 0.7:
            self.life_until_call(chance.randint(1, MOST_CALLS), chance.random() < 0.5, chance.uniform(0.3, 2.5))
            return
        daemon.launch()
        self.end_after(chance.uniform(0.01, 1.6))

    def life_until_call(self, number, after, at_most):
        """True where it came that far; otherwise it is killed when its time is over."""
        self.world.daemon.launch(**self.preloaded(TOCSIN_CRASH_AT=number, TOCSIN_CRASH_AFTER=int(after)))
        return self.end_after(at_most)

    def end_after(self, seconds):
        daemon = self.world.daemon
        try:
            daemon.process.wait(seconds)
            by_itself = True
        except harness.subprocess.TimeoutExpired:
            daemon.kill()
            by_itself = False
        self.died()
        return by_itself

    def barrage(self, _, seconds):
        end = harness.boot_now() + seconds
        while harness.boot_now() < end:
            self.short_life()

    def live(self):
        self.world.daemon.start()

    # ── a round: an incident from its open to its close ──

    def play(self, barrage):
        """`barrage(stage, seconds)` is what happens to the daemon at each stage; it ends dead."""
        self.round += 1
        self.mark = len(self.world.receivers.requests())
        self.world.target.value = 93.0
        barrage("climb", LAST_AFTER + 3)
        self.live()
        self.expect_top_of_the_climb()
        incident = self.only_open_incident()
        answer = self.world.daemon.cli("ack", str(incident["id"]), code=0).stdout
        acknowledged = harness.boot_now() if "not recorded" not in answer else None
        self.world.daemon.kill()
        self.died()
        barrage("in hand", 2.5)
        self.live()
        self.expect_in_hand(incident["id"])
        self.world.target.value = 5.0
        self.world.daemon.kill()
        self.died()
        barrage("close", 2)
        self.live()
        self.expect_closed(incident["id"])
        self.judge(acknowledged)
        self.world.daemon.kill()
        self.died()

    def requests(self, service):
        return [e for e in self.world.receivers.requests()[self.mark:] if e["service"] == service and e["accepted"]]

    def events(self, action):
        return [e for e in self.requests("pagerduty") if e["body"]["event_action"] == action]

    def expect_top_of_the_climb(self):
        def told():
            return any("LEVEL 3" in e["body"]["payload"]["summary"] for e in self.events("trigger"))

        self.soon(told, "level 3 at the pager")
        self.soon(lambda: self.requests("slack"), "level 1 in chat")

    def only_open_incident(self):
        self.world.daemon.settled()
        found = [one for one in self.world.daemon.incidents() if one["state"] != "closed"]
        if len(found) != 1:
            raise Broken(f"{len(found)} incidents are open for one breach: {found}")
        return found[0]

    def expect_in_hand(self, number):
        state = self.only_open_incident()
        if (state["id"], state["state"]) != (number, "acknowledged"):
            raise Broken(f"incident {number} was acknowledged, and is {state}")

    def expect_closed(self, number):
        self.soon(lambda: not self.world.receivers.open_alerts(), "every key at the pager is resolved")
        self.soon(lambda: any("CLOSED" in e["body"]["text"] for e in self.requests("slack")), "the close in chat")
        self.world.daemon.settled()

    def soon(self, probe, what):
        try:
            until(probe, SOON, what)
        except AssertionError as error:
            raise Broken(f"{error}\n{self.world.daemon.log()[-3000:]}") from error

    # ── what the receivers saw of the round ──

    def judge(self, acknowledged):
        self.judge_repeats("pagerduty", lambda e: (e["body"]["event_action"], e["body"]["dedup_key"]))
        self.judge_repeats("slack", lambda e: e["body"]["text"].split(",")[0].split(" (")[0])
        keys = {e["body"]["dedup_key"] for e in self.events("trigger")}
        if len(keys) > 2:
            raise Broken(f"two levels rang under {len(keys)} keys: {sorted(keys)}")
        unknown = {e["body"]["dedup_key"] for e in self.events("resolve")} - keys
        if unknown:
            raise Broken(f"closed without an open: {sorted(unknown)}")
        if acknowledged is not None:
            late = [e for e in self.events("trigger") if e["boot"] > acknowledged]
            if late:
                raise Broken(f"rung although acknowledged: {late[0]['body']['payload']['summary']}")
        if self.world.receivers.problems():
            raise Broken(f"a receiver refused what it got: {self.world.receivers.problems()[0]}")
        if "aside" in self.world.daemon.log():
            raise Broken("a database was set aside:\n" + self.world.daemon.log()[-3000:])

    def judge_repeats(self, service, identity):
        last = {}
        for entry in self.requests(service):
            name = identity(entry)
            before = last.get(name)
            last[name] = entry["boot"]
            if before is not None and not any(before <= kill <= entry["boot"] for kill in self.kills):
                raise Broken(f"{service} got {name} twice, and no crash lies between")


STAGES = ("climb", "in hand", "close")


class Sweep:
    """At one stage of the round the daemon ends at its N-th call, before or after it; otherwise it lives on."""

    def __init__(self, lives, stage, number, after):
        self.lives, self.stage, self.number, self.after = lives, stage, number, after
        self.came = False

    def __call__(self, stage, seconds):
        if stage == self.stage:
            self.came = self.lives.life_until_call(self.number, self.after, seconds)
            return
        self.lives.world.daemon.launch()
        self.lives.end_after(seconds)


def library_of(binary):
    return binary.parent / "tests" / "crash-at.so"
