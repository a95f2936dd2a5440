"""What a process costs, read from /proc. Each figure is of one process with all its threads."""

import dataclasses
import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Counters:
    """What only grows; the difference of two readings is what a stretch of time cost."""

    cpu_s: float  # in steps of a nanosecond
    cpu_ticks_s: float  # in clock ticks, but with what ended threads and children used
    wakeups: int  # the process went to sleep and was woken again
    preempted: int  # somebody else's turn: the machine's load, not the process
    written: int  # bytes that went to storage
    written_calls: int  # bytes handed to write() and its like, sockets too


def threads(pid):
    return list(pathlib.Path(f"/proc/{pid}/task").iterdir())


def key_values(path):
    lines = pathlib.Path(path).read_text().splitlines()
    return {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}


def counters(pid):
    cpu, wakeups, preempted = 0, 0, 0
    for thread in threads(pid):
        try:
            cpu += int((thread / "schedstat").read_text().split()[0])
            status = key_values(thread / "status")
        except OSError:
            continue  # it has ended since the folder was read
        wakeups += int(status["voluntary_ctxt_switches"][0])
        preempted += int(status["nonvoluntary_ctxt_switches"][0])
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = sum(int(field) for field in fields[11:15]) / TICKS
    io = key_values(f"/proc/{pid}/io")
    return Counters(cpu / 1e9, ticks, wakeups, preempted, int(io["write_bytes"][0]), int(io["wchar"][0]))


def spent(before, after):
    """The difference. Where a thread ended, it took its nanoseconds along: then the ticks count."""
    cpu = after.cpu_s - before.cpu_s
    ticks = after.cpu_ticks_s - before.cpu_ticks_s
    return Counters(
        ticks if ticks - cpu > 3 / TICKS else max(cpu, 0.0), ticks,
        *(getattr(after, name) - getattr(before, name)
          for name in ("wakeups", "preempted", "written", "written_calls")))


def memory(pid):
    """KiB, and threads."""
    rollup = key_values(f"/proc/{pid}/smaps_rollup")
    return {
        "pss_kib": int(rollup["Pss"][0]),
        "private_dirty_kib": int(rollup["Private_Dirty"][0]),
        "rss_kib": int(rollup["Rss"][0]),
        "threads": len(threads(pid)),
    }


def by_mapping(pid, figure="Pss"):
    """KiB of each mapped file (or [heap], [anonymous], [stack]), the largest first."""
    sums, name = {}, ""
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if not words[0].endswith(":"):
            name = words[5] if len(words) > 5 else "[anonymous]"
        elif words[0] == figure + ":":
            sums[name] = sums.get(name, 0) + int(words[1])
    return sorted(((kib, name) for name, kib in sums.items() if kib), reverse=True)


def shared_libraries(pid):
    """The files of the libraries that it has loaded."""
    found = set()
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        words = line.split()
        if len(words) > 5 and ".so" in words[5]:
            found.add(words[5])
    return found
