"""Expressions by chance: every function, operator and modifier of stable PromQL, each over arguments
for which it has something to say. What rounding could tip over (floor, ==, topk …) is given exact
arguments only, so that two engines that add in another order still agree."""

import samples

EXACT_ELEMENT = ("abs", "ceil", "floor", "sgn")
ELEMENT = EXACT_ELEMENT + ("exp", "sqrt", "ln", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
                           "cosh", "tanh", "asinh", "acosh", "atanh", "deg", "rad")
PART = ("asin", "acos", "atanh", "sinh", "cosh", "tanh", "tan", "exp")  # of small numbers
DATE = ("year", "month", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute")
EXACT_RANGE = ("sum_over_time", "min_over_time", "max_over_time", "count_over_time", "last_over_time",
               "present_over_time", "idelta", "changes", "resets")
RANGE = EXACT_RANGE + ("rate", "increase", "irate", "delta", "deriv", "avg_over_time", "stddev_over_time",
                       "stdvar_over_time")
COUNTERS_ONLY = ("rate", "increase", "irate", "resets")
SPECIAL = ("absent", "absent_over_time", "clamp", "clamp_min", "clamp_max", "histogram_quantile", "label_join",
           "label_replace", "pi", "predict_linear", "quantile_over_time", "round", "scalar", "sort", "sort_desc", "time",
           "timestamp", "vector")
EXACT_AGGREGATE = ("sum", "min", "max", "count", "group")
AGGREGATE = EXACT_AGGREGATE + ("avg", "stddev", "stdvar", "quantile", "topk", "bottomk", "count_values")
EXACT_ARITHMETIC = ("+", "-")
ARITHMETIC = EXACT_ARITHMETIC + ("*", "/", "%", "^", "atan2")
COMPARISON = ("==", "!=", ">", "<", ">=", "<=")
SETS = ("and", "or", "unless")
MODIFIERS = ("offset", "@", "@ start()", "@ end()", "subquery", "bool", "on", "ignoring", "group_left", "group_right",
             "by", "without", "unary -", "string")
FEATURES = ELEMENT + DATE + RANGE + SPECIAL + AGGREGATE + ARITHMETIC + COMPARISON + SETS + MODIFIERS

GAUGES = ("memory_bytes", "limit_bytes", "temperature", "sparse", "part")
COUNTERS = ("requests_total", "sparse_total")
GROUPS = ("job", "instance", "code", "job, instance", "", "nothing", "job, le", "__name__", "job, __name__", "sum, by")
MATCHERS = ('job="api"', 'job!="api"', 'job=~"a.*|db"', 'job!~"w.b"', 'instance="a:1"', 'nothing=""', 'instance=~".+"',
            'job=~"(?i:API)"', 'code=~"2..|"', 'instance!~""')


class Generator:
    def __init__(self, rng):
        self.rng = rng
        self.used = set()

    def expression(self, feature):
        """An expression with that feature in it, and the set of all features that it has."""
        self.used = set()
        text = self._with(feature)
        if self.rng.random() < 0.25 and feature not in ("string", "sort", "sort_desc"):
            text = self._wrapped(text, feature)
        return text, self.used

    # What surrounds a feature: sums do not mind what they get.
    def _wrapped(self, text, feature):
        if feature in ("pi", "time", "scalar"):
            return f"{text} {self._use('+')} {self._vector(1)}"
        return f"{self._use(self.rng.choice(EXACT_AGGREGATE))}({text})"

    def _use(self, feature):
        self.used.add(feature)
        return feature

    def _with(self, feature):
        self._use(feature)
        pick = self.rng.choice
        if feature in ELEMENT:
            return self._element(feature, 1)
        if feature in DATE:
            return f"{feature}()" if self.rng.random() < 0.1 else f"{feature}({pick(('epoch_seconds', self._timestamp()))})"
        if feature in RANGE:
            return self._over_range(feature)
        if feature in AGGREGATE:
            return self._aggregate(feature, 1)
        if feature in ARITHMETIC or feature in COMPARISON or feature in SETS:
            return self._binary(feature, 1)
        name = {"unary -": "minus", "@ start()": "at_start", "@ end()": "at_end", "@": "at", "scalar": "to_scalar",
                "vector": "to_vector"}.get(feature, feature)
        return getattr(self, "_" + name)()

    # Vectors.
    def _matchers(self):
        return "{" + ",".join(self.rng.sample(MATCHERS, self.rng.choice((0, 1, 1, 2)))) + "}"

    def _modifier(self):
        chance = self.rng.random()
        seconds = self.rng.choice((15, 30, 60, 300, 600, 1800))
        if chance < 0.06:
            self._use("offset")
            return f" offset {self.rng.choice(('', '-'))}{seconds}s"
        if chance < 0.1:
            self._use("@")
            return f" @ {self._moment()}"
        if chance < 0.13:
            end = self.rng.choice(("start", "end"))
            self._use(f"@ {end}()")
            return f" @ {end}() offset {seconds}s" if self.rng.random() < 0.5 else f" offset {seconds}s @ {end}()"
        return ""

    def _moment(self):
        return samples.START + samples.INTERVAL * self.rng.randint(80, samples.LENGTH // samples.INTERVAL)

    def _selector(self, names=None):
        name = self.rng.choice(names or GAUGES + COUNTERS + ("build_info", "twin_one", "steady"))
        if names is None and self.rng.random() < 0.05:
            return self.rng.choice(('{__name__=~"twin_.*"}', '{__name__="odd",kind!="x"}', "odd", "escaped",
                                    '{__name__!~"twin_.*|.*bucket",job="db",code=""}', "missing"))
        return f"{name}{self._matchers()}{self._modifier()}"

    def _vector(self, depth, exact=False):
        chance = self.rng.random()
        if depth <= 0 or chance < 0.4:
            return self._selector()
        if chance < 0.46:
            return f"({self._vector(depth, exact)})"
        if chance < 0.48:
            return f"{self._use('label_replace')}({self._vector(depth, exact)}, 'job', 'x$1', 'instance', '(.).*')"
        if chance < 0.5:
            return f"-{self._vector(depth - 1, exact)}"
        if chance < 0.65:
            operator = self.rng.choice((EXACT_ARITHMETIC if exact else ARITHMETIC[:4]) + SETS)
            return f"({self._binary(self._use(operator), depth - 1)})"
        if chance < 0.8:
            return self._aggregate(self._use(self.rng.choice(EXACT_AGGREGATE if exact else AGGREGATE[:9])), depth - 1)
        if chance < 0.9:
            return self._over_range(self._use(self.rng.choice(EXACT_RANGE if exact else RANGE)))
        return self._element(self._use(self.rng.choice(EXACT_ELEMENT if exact else ELEMENT)), depth - 1)

    def _element(self, name, depth):
        if name in PART:
            return f"{name}({self._selector(('part', 'odd', 'build_info'))})"
        return f"{name}({self._vector(depth, exact=name in EXACT_ELEMENT)})"

    def _aggregate(self, name, depth):
        exact = name in EXACT_AGGREGATE + ("topk", "bottomk", "count_values")
        inner = self._selector() if name == "count_values" else self._vector(depth, exact)
        parameter = {"quantile": lambda: self._scalar(("0", "0.25", "0.5", "0.95", "1", "1.5", "-1", "NaN")),
                     "topk": lambda: self._scalar(("1", "2", "3", "5.5", "0", "-1")),
                     "bottomk": lambda: self._scalar(("1", "2", "3", "5.5", "0", "-1")),
                     "count_values": lambda: self.rng.choice(('"value"', '"job"', '"__name__"'))}
        arguments = f"({parameter[name]()}, {inner})" if name in parameter else f"({inner})"
        chance = self.rng.random()
        if chance < 0.2:
            return name + arguments
        clause = f"{self._use('by' if chance < 0.65 else 'without')} ({self.rng.choice(GROUPS)})"
        return f"{name} {clause} {arguments}" if self.rng.random() < 0.6 else f"{name}{arguments} {clause}"

    def _scalar(self, choices=("2", "0.5", "-3", "8", "100")):
        if self.rng.random() < 0.1:
            return f"{self._use('scalar')}(steady)"
        return self.rng.choice(choices)

    # Operators.
    def _binary(self, operator, depth):
        bool_ = ""
        if operator in COMPARISON and self.rng.random() < 0.4:
            bool_ = " " + self._use("bool")
        chance = self.rng.random()
        exact = operator in COMPARISON or operator == "%"
        if operator not in SETS and chance < 0.3:
            sides = [self._vector(depth, exact), self._scalar()]
            if operator == "^":
                sides = [self._selector(("part", "temperature")), self.rng.choice(("2", "0.5", "-1", "3"))]
            self.rng.shuffle(sides)
            return f"{sides[0]} {operator}{bool_} {sides[1]}"
        if operator not in SETS and chance < 0.35:
            return f"{self._scalar()} {operator}{bool_ or (' bool' if operator in COMPARISON else '')} {self._scalar()}"
        if operator not in SETS and chance < 0.5:
            return self._grouped(operator, bool_)
        if chance < 0.75:
            left, right = self.rng.sample(("memory_bytes", "limit_bytes", "sparse"), 2)
            return f"{left}{self._matchers()}{self._modifier()} {operator}{bool_} {right}{self._matchers()}"
        how = self.rng.choice(("on", "ignoring"))
        labels = {"on": ("job", "job, instance", "instance", ""), "ignoring": ("code", "sensor", "version", "")}[how]
        self._use(how)
        return (f"{self._vector(depth, exact)} {operator}{bool_} {how} ({self.rng.choice(labels)}) "
                f"{self._vector(depth, exact)}")

    def _grouped(self, operator, bool_=""):
        """Many on one side, one on the other."""
        how = self._use(self.rng.choice(("on", "ignoring")))
        labels = {"on": "on (job, instance)", "ignoring": "ignoring (code, version)"}[how]
        many, one = f"requests_total{self._matchers()}", "build_info"
        include = self.rng.choice(("", "(version)", "(nothing)", "()", "(__name__)", "(version, job)"))
        if self.rng.random() < 0.5:
            return f"{many} {operator}{bool_} {labels} {self._use('group_left')} {include} {one}"
        return f"{one} {operator}{bool_} {labels} {self._use('group_right')} {include} {many}"

    # Ranges.
    def _matrix(self, names=None):
        if self.rng.random() < 0.25:
            return self._subquery_over(self._selector(names) if names else self._vector(1, exact=True))
        name = self.rng.choice(names or GAUGES + COUNTERS)
        return f"{name}{self._matchers()}[{self.rng.choice(('30s', '1m', '90s', '5m', '10m', '1h', '45s'))}]{self._modifier()}"

    def _subquery_over(self, inner):
        # Ranges are 5 s longer than a multiple of 15 s: no step lies on their edge.
        self._use("subquery")
        range_ = self.rng.choice(("2m20s", "5m5s", "10m5s", "20s", "30m5s"))
        step = self.rng.choice(("", "15s", "30s", "1m", "45s"))
        return f"{inner}[{range_}:{step}]{self._modifier()}"

    def _over_range(self, name):
        return f"{name}({self._matrix(COUNTERS if name in COUNTERS_ONLY else None)})"

    # The rest, one each.
    def _subquery(self):
        return f"{self._use(self.rng.choice(RANGE))}({self._subquery_over(self._selector(COUNTERS))})"

    def _absent(self):
        inner = self.rng.choice((self._vector(1), "missing" + self._matchers(), '(missing{job="x"})',
                                 'missing{a="b",c=~"d",e="f",e="g"}', 'missing{a=~"b",a="c"}', 'missing{a="c",a!="b"}'))
        return f"absent({inner})"

    def _absent_over_time(self):
        inner = self.rng.choice(("missing" + self._matchers(), "sparse" + self._matchers(), 'missing{a="b",c!="d"}'))
        return f"absent_over_time({inner}[{self.rng.choice(('1m', '5m'))}])"

    def _clamp(self):
        return f"clamp({self._vector(1)}, {self._scalar(('-10', '0', '100'))}, {self._scalar(('5', '200', 'NaN'))})"

    def _clamp_min(self):
        return f"clamp_min({self._vector(1)}, {self._scalar()})"

    def _clamp_max(self):
        return f"clamp_max({self._vector(1)}, {self._scalar()})"

    def _histogram_quantile(self):
        inner = self.rng.choice(("latency_seconds_bucket", "sum by (le) (rate(latency_seconds_bucket[5m]))",
                                 "increase(latency_seconds_bucket[10m])", "sum by (job, le) (latency_seconds_bucket)",
                                 'latency_seconds_bucket{le!="+Inf"}', 'latency_seconds_bucket{le=~"1|[+]Inf"}'))
        return f"histogram_quantile({self._scalar(('0', '0.1', '0.5', '0.9', '0.99', '1', '2', '-1'))}, {inner})"

    def _label_join(self):
        return f'label_join({self._vector(1)}, "{self.rng.choice(("joined", "job", "__name__"))}", "{self.rng.choice(("-", ""))}", "job", "instance")'

    def _label_replace(self):
        source, pattern, to = self.rng.choice((("job", "(.*)", "x-$1"), ("instance", "(.*):(.*)", "$2"), ("job", "nothing", "y"),
                                               ("instance", "(?P<host>.*):.*", "${host}!"), ("", "", "always"), ("code", "(.)..", "")))
        return f'label_replace({self._vector(1)}, "{self.rng.choice(("new", "job", "code", "__name__", "1wrong"))}", "{to}", "{source}", "{pattern}")'

    def _pi(self):
        return "pi()"

    def _predict_linear(self):
        return f"predict_linear({self._matrix(GAUGES)}, {self._scalar(('60', '3600', '-300'))})"

    def _quantile_over_time(self):
        return f"quantile_over_time({self._scalar(('0', '0.3', '0.5', '1', '2', '-1'))}, {self._matrix()})"

    def _round(self):
        return f"round({self._vector(1, exact=True)}{self.rng.choice(('', ', 0.5', ', 10', ', 0.125'))})"

    def _to_scalar(self):
        return f"scalar({self.rng.choice(('steady', self._vector(1)))})"

    def _sort(self):
        return f"sort({self._selector(('temperature', 'memory_bytes', 'requests_total'))})"

    def _sort_desc(self):
        return f"sort_desc({self._selector(('temperature', 'memory_bytes', 'odd'))})"

    def _time(self):
        return self.rng.choice(("time()", "time() - 5", "vector(time())"))

    def _timestamp(self):
        self._use("timestamp")
        return f"timestamp({self.rng.choice((self._selector(), self._vector(1), '(' + self._selector() + ')'))})"

    def _to_vector(self):
        return f"vector({self._scalar()})"

    def _offset(self):
        return f"{self._selector_plain()} offset {self.rng.choice(('', '-'))}{self.rng.choice(('15s', '5m', '1h', '1m30s'))}"

    def _selector_plain(self):
        return self.rng.choice(GAUGES + COUNTERS) + self._matchers()

    def _at(self):
        return f"{self._selector_plain()} @ {self._moment()}{self.rng.choice(('', '.000', ' offset 5m'))}"

    def _at_start(self):
        return f"{self._selector_plain()} @ start()"

    def _at_end(self):
        return f"sum_over_time({self._selector_plain()}[5m] @ end())"

    def _minus(self):
        return f"-{self._vector(1)}"

    def _bool(self):
        return self._binary(self._use(self.rng.choice(COMPARISON)), 1)

    def _on(self):
        return f"memory_bytes{self._matchers()} {self._use(self.rng.choice(ARITHMETIC[:4]))} on (job, instance) limit_bytes"

    def _ignoring(self):
        return f"temperature {self._use(self.rng.choice(ARITHMETIC[:4] + SETS))} ignoring (sensor) memory_bytes{self._matchers()}"

    def _group_left(self):
        return self._grouped(self._use(self.rng.choice(ARITHMETIC[:4])))

    _group_right = _group_left

    def _by(self):
        return f"{self._use(self.rng.choice(EXACT_AGGREGATE))} by ({self.rng.choice(GROUPS)}) ({self._vector(1)})"

    def _without(self):
        return f"{self._use(self.rng.choice(EXACT_AGGREGATE))}({self._vector(1)}) without ({self.rng.choice(GROUPS)},)"

    def _string(self):
        return self.rng.choice(('"plain"', "'a\\tb'", "`raw\\n`", '"\\u00e9\\x41\\101"'))
