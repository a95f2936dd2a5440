#!/usr/bin/env python3
"""Plants faults in the engine's decisions, one at a time, and shows which checker finds each.

    tests/simulation/mutants.py [--seeds 200] [--only NAME] [--list] [--build FOLDER]

The sources are never touched: a mutated file is compiled beside a build of the core and the
simulator (in build/mutants), linked, and run over fresh seeds until one breaks a promise. Without
a planted fault the same seeds must break none: that is run first, as "(none)".
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ["base", "model", "series", "expr", "rule", "incident", "outbox", "config", "engine"]
FLAGS = ["-std=c++20", "-O1", "-g0", "-DFMT_SHARED", "-w"]
LIBRARIES = ["-lfmt", "-lre2", "-lpthread"]

# (name, file under daemon/, exact text, mutated text). The text must occur exactly once.
MUTANTS = [
    ("a level falls due early", "incident/climb.cpp",
     "shows >= entry.after;", "shows + std::chrono::seconds(60) >= entry.after;"),
    ("a level's timer is compared the wrong way", "incident/climb.cpp",
     "shows >= entry.after;", "shows < entry.after;"),
    ("the clock of a closed incident runs on", "incident/climb.cpp",
     "  clock.running = false;", "  clock.running = clock.running;"),
    ("an acknowledgement never expires", "engine/acknowledging.cpp",
     "  if (now.boot < end) return;", "  if (now.boot >= end || now.boot < end) return;"),
    ("an acknowledgement expires at once", "engine/acknowledging.cpp",
     "  if (now.boot < end) return;", "  if (now.boot + std::chrono::hours(1) < end) return;"),
    ("an acknowledgement survives a worse severity", "engine/acknowledging.cpp",
     "if (view.severity > ack.severity) why", "if (view.severity < ack.severity) why"),
    ("an acknowledgement does not stop the levels", "engine/telling.cpp",
     "if (incident.acknowledged && !reopening_acknowledged) return;", ""),
    ("a repeat is not stopped by an acknowledgement", "engine/telling.cpp",
     "  if (!incident.acknowledged && !held_for_restart(entry)) {",
     "  if (!held_for_restart(entry)) {\n    incident.acknowledged.reset();"),
    ("the last level never repeats", "engine/telling.cpp",
     "return incident.last_rang->boot + policy.repeat;", "return std::nullopt;"),
    ("it repeats twice as often", "engine/telling.cpp",
     "return incident.last_rang->boot + policy.repeat;",
     "return incident.last_rang->boot + policy.repeat / 2;"),
    ("a close is owed to nobody who timed out", "engine/closes.cpp",
     "if (delivery == nullptr || delivery->may_have_arrived) return true;",
     "if (delivery == nullptr) return true;\n  if (delivery->may_have_arrived) return false;"),
    ("one close for all keys of a pager", "engine/closes.cpp",
     "keeps_state_by_key(name) ? 0 : rings.size() - 1", "rings.size() - 1"),
    ("who is missing is well", "engine/evaluation.cpp",
     "rule.rule->threshold || rule.rule->normal ? rule::Verdict::missing : rule::Verdict::well",
     "rule::Verdict::well"),
    ("who does not answer is well", "engine/evaluation.cpp",
     "judgement.verdict != rule::Verdict::breach && !known(both, tick)",
     "judgement.verdict == rule::Verdict::breach && !known(both, tick)"),
    ("no data counts as health", "engine/evaluation.cpp",
     "  if (!known(fed_by, tick)) {\n    judgement.why = AlertReason::no_data;",
     "  if (!known(fed_by, tick)) {\n    judgement.verdict = rule::Verdict::well;"),
    ("a key changes from try to try", "outbox/attempts.cpp",
     "  ++entry.delivery.attempts;", "  ++entry.delivery.attempts;\n  entry.delivery.dedup_key += '+';"),
    ("the same key for every ring", "engine/deliveries.cpp",
     "hash.add(static_cast<std::uint64_t>(level)).add(ring);",
     "hash.add(static_cast<std::uint64_t>(level));"),
    ("a fallback is never tried", "outbox/chains.cpp",
     "if (!chain.receivers.empty()) agenda.set(delivery.id, Agenda::Kind::fallback, due);", ""),
    ("nobody woken does not raise the level", "engine/deliveries.cpp",
     "  if (next == 0 || incident.level >= next) return;", "  if (next >= 0) return;"),
    ("a storm is never noticed", "engine/incidents.cpp",
     "if (opened.size() <= config.tuning.storm_incidents) {", "if (opened.size() <= 100'000) {"),
    ("flapping is never noticed", "rule/flapping.cpp",
     "if (alert.flapping || seen.size() <= tuning.transitions) return false;", "return false;"),
    ("silences do not withhold", "engine/withholding.cpp",
     "  if (silence_over(entry, false, at) != nullptr) return Withheld::silenced;", ""),
    ("what is withheld climbs on", "engine/telling.cpp",
     "  if (climbs == incident.clock.running) return;", "  if (climbs != incident.clock.running || climbs) return;"),
    ("what was withheld never climbs again", "engine/telling.cpp",
     "  if (climbs == incident.clock.running) return;", "  if (climbs || !incident.clock.running) return;"),
    ("the end of a silence tells nobody", "engine/withholding.cpp",
     "  touched.insert(open_incidents.begin(), open_incidents.end());", ""),
    ("a cause does not inhibit", "engine/withholding.cpp",
     "return Withheld::inhibited;", "break;"),
    ("a notice leaves before its record", "engine/deliveries.cpp",
     "  apply(outbox.add(std::move(delivery), now));",
     "  apply(outbox.add(std::move(delivery), now));\n  apply(outbox.release(id, now));"),
    ("notices wait for ever for their record", "engine/recording.cpp",
     "now.boot - pending.at.boot < config.tuning.record_within) continue;",
     "now.boot - pending.at.boot < std::chrono::hours(1)) continue;"),
    ("a reply says recorded when it is not", "engine/recording.cpp",
     "    reply.recorded = recorded;", "    reply.recorded = true;"),
    ("a restart resets the clock", "engine/restoring.cpp",
     "    if (other_boot || entry.incident.open()) changed(entry);",
     "    entry.incident.clock.at = now;\n    entry.incident.clock.elapsed = {};\n"
     "    if (other_boot || entry.incident.open()) changed(entry);"),
    ("numbers are used again after a lost tail", "engine/restoring.cpp",
     "  if (records.may_lack_tail) {", "  if (records.may_lack_tail && now.boot < BootTime{}) {"),
    ("the threshold itself is a breach", "rule/machine.cpp",
     "value > threshold : value < threshold;", "value >= threshold : value <= threshold;"),
    ("no hysteresis", "rule/machine.cpp",
     "return {active(state) && beyond_clear ? Verdict::between", "return {false ? Verdict::between"),
    ("`for` is half as long", "rule/machine.cpp",
     "return alert_.held >= std::get<HoldFor>(rule_.hold).span;",
     "return 2 * alert_.held >= std::get<HoldFor>(rule_.hold).span;"),
    ("keep_firing_for is not kept", "rule/machine.cpp",
     "if (rule_.keep_firing_for == Duration::zero()) {", "if (true) {"),
    ("the severity never follows the value", "rule/machine.cpp",
     "  void set_severity() { alert_.severity = judgement_.severity; }", "  void set_severity() {}"),
    ("what is gone is judged at nobody's ticks", "engine/evaluation.cpp",
     "    rule.listens = feeds.united(rule.listens, entry.feeds);", "    rule.listens = rule.touched;"),
    ("rings are kept for ever", "engine/telling.cpp", "  let_go_of_old_rings(entry, view);", ""),
    ("old keys are forgotten without a close", "engine/closes.cpp",
     "if (owed_close(*ring)) tell_close(entry, view, *ring, \"it has rung again since\");", ""),
    ("what was acknowledged under a silence wakes at its end", "engine/acknowledging.cpp",
     "view.active.empty() ? view.matched_withheld : view.matched;", "view.matched;"),
    ("an alert that joins is told to nobody", "engine/telling.cpp",
     "  if (now.boot < incident.update_due->boot) return;", "  return;"),
    ("who was not needed as a stand-in counts as told", "engine/deliveries.cpp",
     "if (event.kind == Kind::withdrawn && delivery.stands_in_for) not_needed(*entry, delivery.id);", ""),
    ("only the first receiver is told of a change", "engine/changes.cpp",
     "    if (!receiver.changes) continue;", "    if (!receiver.changes || !told.empty()) continue;"),
    ("a change is tried once", "outbox/attempts.cpp",
     "  if (entry.delivery.created.boot + lane.tried_for(tuning) <= now.boot) {",
     "  if (lane.aside || entry.delivery.created.boot + lane.tried_for(tuning) <= now.boot) {"),
]


def sources():
    found = []
    for room in ROOMS:
        found += sorted((ROOT / "daemon" / room).glob("*.cpp"))
    found += sorted((ROOT / "tests/simulation").glob("*.cpp"))
    found += sorted((ROOT / "tests/simulation/checkers").glob("*.cpp"))
    return found


def includes():
    return [f"-I{ROOT / folder}" for folder in ("include", "daemon", "tests/simulation")]


def compiled(source, target, depends=True):
    """Compiles where the object is older than what it was made of."""
    note = target.with_suffix(".d")
    if depends and target.exists() and note.exists():
        made = target.stat().st_mtime
        needs = note.read_text().replace("\\\n", " ").split()[1:]
        if all(os.path.exists(n) and os.path.getmtime(n) < made for n in needs):
            return
    command = ["g++", *FLAGS, *includes(), "-MMD", "-MF", str(note), "-c", str(source), "-o", str(target)]
    if subprocess.run(["which", "ccache"], capture_output=True).returncode == 0:
        command.insert(0, "ccache")
    began = time.time()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{source} does not compile:\n{done.stderr[:3000]}")
    os.utime(target, (began, began))  # what is changed meanwhile makes it old


def object_of(build, source):
    return build / "objects" / (str(source.relative_to(ROOT)).replace("/", "_") + ".o")


def linked(objects, program):
    done = subprocess.run(["g++", "-o", str(program), *map(str, objects), *LIBRARIES],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{program} does not link:\n{done.stderr[:3000]}")


def hunted(program, seeds, first):
    """How many seeds it took until one broke a promise, and which checker said so."""
    done = subprocess.run([str(program), "--seeds", str(seeds), "--from", str(first), "--first", "--quiet"],
                          capture_output=True, text=True)
    found = re.search(r"^VIOLATION seed (\d+) at [^:]+:\d+:\d+: ([^:]+): (.*)$", done.stdout, re.M)
    if found:
        return int(found.group(1)) - first + 1, found.group(2), found.group(3)
    if done.returncode not in (0, 1):
        if not done.stderr.strip():
            raise SystemExit(f"{program} ended with {done.returncode}, without a word")
        return 1, "the engine's own checks", done.stderr.strip()[-100:]
    return None, "", ""


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seeds", type=int, default=200, help="fresh seeds at most for each")
    arguments.add_argument("--from", dest="first", type=int, default=None, help="first seed")
    arguments.add_argument("--only", help="mutants whose name contains this")
    arguments.add_argument("--list", action="store_true", help="names them, and those that cannot be planted")
    arguments.add_argument("--build", type=pathlib.Path, default=ROOT / "build/mutants")
    arguments.add_argument("--no-baseline", action="store_true", help="skips the run without a fault")
    wanted = arguments.parse_args()
    chosen = [m for m in MUTANTS if not wanted.only or wanted.only in m[0]]
    if wanted.list:
        lost = 0
        for name, file, original, _ in chosen:
            places = (ROOT / "daemon" / file).read_text().count(original)
            lost += places != 1
            print(f"{name}  ({file})" + ("" if places == 1 else f": CANNOT BE PLANTED, its text occurs {places} times"))
        return 1 if lost else 0
    first = wanted.first if wanted.first is not None else random.SystemRandom().randrange(10**12)
    (wanted.build / "objects").mkdir(parents=True, exist_ok=True)
    files = sources()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda f: compiled(f, object_of(wanted.build, f)), files))
    base = wanted.build / "simulation"
    linked([object_of(wanted.build, f) for f in files], base)

    print(f"fresh seeds from {first}, {wanted.seeds} at most for each mutant", flush=True)
    missed = 0
    if not wanted.no_baseline:
        after, checker, text = hunted(base, wanted.seeds, first)
        print(f"{'(none)':<48} " + (f"VIOLATION of seed {first + after - 1} by {checker}: {text}" if after else "no violation"),
              flush=True)
        missed += 1 if after else 0
    for name, file, original, mutated in chosen:
        source = ROOT / "daemon" / file
        text = source.read_text()
        if text.count(original) != 1:
            print(f"{name:<48} CANNOT BE PLANTED: its text occurs {text.count(original)} times in {file}", flush=True)
            missed += 1
            continue
        folder = wanted.build / "planted"
        folder.mkdir(exist_ok=True)
        planted = folder / pathlib.Path(file).name
        planted.write_text(text.replace(original, mutated))
        target = folder / "planted.o"
        compiled(planted, target, depends=False)
        program = folder / "simulation"
        linked([target if f == source else object_of(wanted.build, f) for f in files], program)
        started = time.monotonic()
        after, checker, _ = hunted(program, wanted.seeds, first)
        took = time.monotonic() - started
        if after is None:
            missed += 1
            print(f"{name:<48} NOT FOUND in {wanted.seeds} seeds ({took:.0f} s)", flush=True)
        else:
            print(f"{name:<48} after {after:>3} seeds by \"{checker}\" ({took:.0f} s)", flush=True)
    print(f"{len(chosen)} planted, {missed} not well", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
