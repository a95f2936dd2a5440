"""Where Prometheus 2.42 and Prometheus 3 differ, and tocsin goes with 3. A rule explains no more than it must: what
it takes for explained is out of the comparison."""

import re

NUMBER = r"(?:\d[\d_.]*(?:e[+-]?\d+)?|0x[\da-f]+)"
DURATION = r"(?:\d+(?:ms|[smhdwy]))+"


def _nameless(answer):
    return sorted((sorted((key, value) for key, value in metric.items() if key != "__name__"), sorted(points))
                  for metric, points in answer.get("series", []))


def _accepted_since(pattern):
    """2.42 rejects what 3 reads."""
    found = re.compile(pattern, re.IGNORECASE | re.ASCII)
    return lambda text, theirs, ours: "parse error" in theirs.get("error", "") and "error" not in ours and bool(
        found.search(text))


def _atan2_kept_names(text, theirs, ours):
    if "atan2" not in text:
        return False
    return "error" in ours or "error" in theirs or _nameless(theirs) == _nameless(ours)


def _timestamp_at(text, theirs, ours):
    """2.42 finds no sample where @ leads further away than the lookback."""
    return "timestamp" in text and "@" in text and "error" not in theirs and "error" not in ours


def _filtered_many_to_one(text, theirs, ours):
    return "error" not in theirs and "many-to-one matching is written group_left" in ours.get("error", "") and bool(
        re.search(r"[<>]|==|!=", text))


def _spread_of_no_numbers(text, theirs, ours):
    """2.42 says 0 of a single value, whatever it is."""
    return re.search(r"std(dev|var)", text, re.IGNORECASE) is not None and "NaN" in str(ours)


def _tie(text, theirs, ours):
    """Of equal values a range query of 2.42 takes now the one, now the other."""
    chosen = lambda answer: sorted(
        (step, float(value) + 0.0) for _, points in answer.get("series", []) for step, value in points.items())
    return re.search(r"topk|bottomk", text, re.IGNORECASE) is not None and chosen(theirs) == chosen(ours)


def _names_in_utf8(text, theirs, ours):
    return re.search(r"label_(replace|join)|count_values", text, re.IGNORECASE) is not None and re.match(
        "invalid (destination |source )?label name", theirs.get("error", "")) is not None


def _fixed_range(text, theirs, ours):
    """2.42 moves a range that @ has fixed with each step, where the function's other argument may change."""
    return "@" in text and re.search(r"quantile_over_time|predict_linear", text) and "error" not in ours


def _calendar_of_no_time(text, theirs, ours):
    """Go leaves open which whole number NaN and Inf become."""
    dates = r"year|month|day_of_|days_in|hour|minute"
    return re.search(dates, text) is not None and "odd" in text and "NaN" in str(ours) and "error" not in theirs


def _fixed_range_alone(text, theirs, ours):
    return "@" in text and theirs.get("error") == "unexpected number of samples"


def _seconds(duration):
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
    return sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdwy])", duration))


def _step_on_the_edge(text, theirs, ours):
    """A range that ends on a step; mutants have such, expressions do not."""
    return any(_seconds(range_) % 15 == 0 for range_ in re.findall(rf"\[\s*({DURATION})\s*:", text))


def _fixed_in_a_subquery_that_starts_now(text, theirs, ours):
    """What @ fixes inside a subquery that leads (a negative offset) moves in Prometheus where the subquery's first step
    is the moment of the question."""
    if "@" not in text or "error" in theirs or "error" in ours:
        return False
    dense = re.sub(r"\s*([:\[\]])\s*", r"\1", text)
    leads = re.findall(rf"@[^\[\]]*\[({DURATION}):({DURATION})\]offset\s*-({DURATION})", dense)
    return any(0 <= _seconds(range_) - _seconds(lead) < _seconds(step) for range_, step, lead in leads)


def _rate_near_zero(text, theirs, ours):
    """Of a counter with gaps that was near zero lately; the extrapolation to zero is bounded in another order."""
    return re.search(r"\b(rate|increase)\b", text) is not None and "_total" in text and "error" not in theirs and (
        "error" not in ours)


def _alike_at_other_steps(text, theirs, ours):
    """2.42 looks at all steps of a range query at once; each step by itself is unambiguous."""
    steps = {step for _, points in ours.get("series", []) for step in points}
    return "same labelset" in theirs.get("error", "") and len(steps) > 1


def _alike_between_the_windows(text, theirs, ours):
    """Prometheus evaluates a range query's subquery at all of its steps, also at those that lie between windows that are
    shorter than a step: what is an error there is in nobody's answer."""
    dense = re.sub(r"\s*([:\[\]])\s*", r"\1", text)
    between = any(_seconds(range_) < _seconds(step) for range_, step in re.findall(rf"\[({DURATION}):({DURATION})\]", dense))
    return "same labelset" in theirs.get("error", "") and "error" not in ours and between


def _mean_of_what_cancels(text, theirs, ours):
    """2.42 corrects a mean with each value, 3 divides a sum: of values that cancel out the one says 1e-17, of either
    sign, the other 0, and some functions make much of that."""
    if "error" in theirs or "error" in ours:
        return False
    return re.search(r"\bavg(_over_time)?\b", text, re.IGNORECASE) is not None and re.search(
        r"\b(sqrt|ln|log2|log10|sgn|ceil|floor|round|atan2)\b|[/%^<>]|==|!=", text) is not None


RULES = [
    ("series that become alike are an error only where both have a value at one time", _alike_at_other_steps),
    ("(no difference of meaning) a subquery's steps that no window holds are not evaluated", _alike_between_the_windows),
    ("a step on the left edge of a subquery does not count", _step_on_the_edge),
    ("what @ fixes inside a subquery stays fixed", _fixed_in_a_subquery_that_starts_now),
    ("rate() and increase() do not reach back further than half an interval where samples are missing", _rate_near_zero),
    ("(no difference of meaning) the calendar of NaN and Inf is left open", _calendar_of_no_time),
    ("a range that @ fixes is a result by itself", _fixed_range_alone),
    ("stddev and stdvar of NaN and Inf are NaN", _spread_of_no_numbers),
    ("(no difference of meaning) the mean of values that cancel out is rounded otherwise", _mean_of_what_cancels),
    ("(no difference of meaning) which of equal values topk and bottomk take is left open", _tie),
    ("a label may have any name in UTF-8", _names_in_utf8),
    ("@ holds at each step of a range query", _fixed_range),
    ("atan2 drops the metric's name", _atan2_kept_names),
    ("timestamp() knows @", _timestamp_at),
    ("a comparison whose match is not one to one is an error also where the filter lets one element through",
     _filtered_many_to_one),
    ("a number is a duration in seconds", _accepted_since(rf"(\[|:|offset\s*[-+]?)\s*{NUMBER}\s*(\]|:|\)|,|$|[^\w.])")),
    ("a duration is a number of seconds", _accepted_since(rf"(?<![\w.]){DURATION}(?![\w.])")),
    ("names of labels and metrics may be quoted", _accepted_since(r"""[{(,]\s*["'`]""")),
    ("an offset may have a plus", _accepted_since(r"offset\s*\+")),
]


def explanation(text, theirs, ours):
    """Why the answers may differ, or None."""
    for why, explains in RULES:
        if explains(text, theirs, ours):
            return why
    return None
