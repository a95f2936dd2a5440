"""The rows of the runbook: each rule driven over its threshold for real, and back. Whoever drives one records it;
`pytest -m evidence` drives all eleven, and the table is printed at the end."""

import json

from harness import until

ROWS = {
    "A1": ("ErrorRateHigh", "> 0.5 %"),
    "A2": ("ResponseTimeHigh", "p95 > 2 s"),
    "A3": ("LoginsFail", "< 99 %"),
    "A4": ("ApiUnavailable", "< 99.9 %"),
    "A5": ("DatabaseConnectionsHigh", "> 80 %"),
    "A6": ("RedisMemoryHigh", "> 80 %"),
    "I1": ("CpuHigh", "> 80 %"),
    "I2": ("MemoryHigh", "> 85 %"),
    "I3": ("DiskSpaceLow", "> 90 %"),
    "I4": ("NetworkLatencyHigh", "> 100 ms"),
    "I5": ("DiskBusy", "> 80 %"),
}

_driven = {}


class Driven:
    """One row on its way: fired() and well() wait for it, and note what was measured then."""

    def __init__(self, daemon, row, how, within=30, labels=None):
        """`labels`: those of the instance that is driven, where the rule may have others."""
        self.daemon, self.row, self.how, self.within = daemon, row, how, within
        self.rule = ROWS[row][0]
        self.labels = labels or {}

    def alerts(self):
        said = json.loads(self.daemon.cli("alerts", "--json").stdout)
        return [one for one in said if one["rule"] == self.rule and one["state"] == "firing"
                and self.labels.items() <= one["labels"].items()]

    def about(self):
        return f"{self.rule}: {self.daemon.named('rules', self.rule)}\n{self.daemon.log()}"

    def fired(self):
        found = until(self.alerts, self.within, self.about)
        _driven[self.row] = [self.how, found[0]["value"], None]

    def well(self, measured=None):
        """`measured`: what the rule's value is now, where others have one too."""
        until(lambda: not self.alerts(), self.within, self.about)
        _driven[self.row][2] = measured() if measured else self.daemon.named("rules", self.rule)["value"]


def shown(value):
    try:
        return f"{float(value):.4g}"
    except (TypeError, ValueError):
        return str(value if value is not None else "-")


def table():
    """Lines; none where no row was driven."""
    if not _driven:
        return []
    lines = ["", f"{'row':4}{'rule':25}{'fires':12}{'fired at':>10}{'well at':>10}  driven by"]
    for row, (rule, threshold) in ROWS.items():
        how, fired, well = _driven.get(row, ("not driven in this run", None, None))
        lines.append(f"{row:4}{rule:25}{threshold:12}{shown(fired):>10}{shown(well):>10}  {how}")
    done = sum(1 for _, _, well in _driven.values() if well is not None)
    return lines + [f"{done} of {len(ROWS)} rows fired and were well again"]
