"""What holds of the sources that no compiler checks. Each check takes the tree and gives its
findings as "file:line: what"."""

import re

from source_tree import CORE, FLOORS, resolve
from unique_names import check_unique_names


def _finding(source, line, what):
    return f"{source.path}:{line}: {what}"


def _product(tree):
    return [source for source in tree.values() if source.path.startswith(("include/", "daemon/"))]


def _included_room(path):
    match = re.match(r"(?:tocsin/)?(\w+)/", path)
    return match.group(1) if match and match.group(1) in FLOORS else None


def check_floors(tree):
    """Own room and lower floors only; rooms of one floor do not know each other, save that expr
    reads series. An include names its room, or a file beside it."""
    findings = []
    for source in _product(tree):
        if source.room and source.room not in FLOORS:
            findings.append(_finding(source, 1, f'the room "{source.room}" has no floor'))
            continue
        for include in source.includes:
            if not include.quoted:
                continue
            sibling = resolve(source, include, tree)
            if "/" not in include.path and sibling is not None:
                continue  # beside the file that includes it: its own room
            target = _included_room(include.path)
            if target is None:
                findings.append(_finding(
                    source, include.line, f'"{include.path}" does not name its room'))
                continue
            if not source.room or target == source.room or (source.room, target) == ("expr", "series"):
                continue
            if FLOORS[target] >= FLOORS[source.room]:
                findings.append(_finding(
                    source, include.line,
                    f"{source.room} (floor {FLOORS[source.room]}) includes "
                    f"{target} (floor {FLOORS[target]})"))
    return findings


def check_circles(tree):
    """No file includes itself, by whatever way round."""
    findings = []
    state = {}

    def visit(path, way):
        source = tree[path]
        state[path] = "open"
        for include in source.includes:
            target = resolve(source, include, tree) if include.quoted else None
            if target is None:
                continue
            if state.get(target) == "open":
                circle = way[way.index(target):] + [target]
                findings.append(_finding(
                    source, include.line, "a circle: " + " -> ".join(circle)))
            elif target not in state:
                visit(target, way + [target])
        state[path] = "done"

    for path in tree:
        if path not in state:
            visit(path, [path])
    return findings


# What ends the process may say why: the one place of the core that writes.
_MAY_WRITE = {"daemon/base/check.cpp"}
# What copies share is counted, whichever thread the last copy ends on.
_MAY_COUNT_OWNERS = {"daemon/model/labels.cpp"}

_IMPURE_INCLUDES = re.compile(
    r"(?:c?stdio|stdio\.h|iostream|fstream|print|syncstream|filesystem|thread|mutex|shared_mutex|"
    r"condition_variable|future|semaphore|latch|barrier|stop_token|random|ctime|time\.h|csignal|"
    r"signal\.h|unistd\.h|fcntl\.h|pthread\.h|netdb\.h|syslog\.h|sys/.*|arpa/.*|netinet/.*|"
    r"linux/.*|spdlog/.*|boost/.*|curl/.*|sqlite3\.h|toml\+\+/.*|systemd/.*|prometheus/.*|"
    r"openssl/.*|libpq.*|hiredis/.*)$")

_IMPURE_CODE = [
    (re.compile(r"\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock|file_clock)\s*::\s*now\b"),
     "reads a clock"),
    (re.compile(r"\bnow\s*\(\s*\)"), "reads a clock"),
    (re.compile(r"(?<![\w.>])(?:std\s*::\s*|::\s*)?time\s*\(\s*(?:nullptr|NULL|0|&)"), "reads a clock"),
    (re.compile(r"\b(?:gettimeofday|clock_gettime|timespec_get|localtime\w*|mktime)\s*\("),
     "reads a clock or the host's time zone"),
    (re.compile(r"\b(?:std\s*::\s*random_device|s?rand|getrandom|arc4random\w*)\b\s*[({;]?"),
     "takes randomness that it was not given"),
    (re.compile(r"\b(?:getenv|secure_getenv|setenv|gethostname|uname)\s*\("), "asks the environment"),
    (re.compile(r"\bstd\s*::\s*(?:cout|cerr|clog|cin)\b"), "does I/O"),
    (re.compile(r"(?<![\w.>:])(?:std\s*::\s*|::\s*)?(?:fopen|fputs|fputc|puts|fprintf|printf|fwrite|fread|"
                r"open|socket|system|popen)\s*\(\s*[^)\s]"), "does I/O"),
    (re.compile(r"\bfmt\s*::\s*print\s*\("), "does I/O"),
    (re.compile(r"\bstd\s*::\s*(?:thread|jthread|mutex|recursive_mutex|shared_mutex|lock_guard|"
                r"unique_lock|scoped_lock|condition_variable|async|atomic\w*|call_once)\b"),
     "knows threads"),
    (re.compile(r"\bthread_local\b"), "knows threads"),
    (re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep|std\s*::\s*this_thread)\b"), "waits"),
    (re.compile(r"\b(?:spdlog|syslog)\b|\blog\s*::\s*(?:write|info|warning|error|debug)\b"), "logs"),
    (re.compile(r"(?<!\w)throw\b"), "throws"),
]


def check_purity(tree):
    """No core room reads a clock, does I/O, knows threads, logs or throws."""
    findings = []
    for source in _product(tree):
        if source.room not in CORE or source.path in _MAY_WRITE:
            continue
        for include in source.includes:
            if not include.quoted and _IMPURE_INCLUDES.match(include.path):
                findings.append(_finding(
                    source, include.line, f"the core includes <{include.path}>"))
        for number, line in enumerate(source.code.split("\n"), 1):
            if line.lstrip().startswith("#"):
                continue
            for pattern, what in _IMPURE_CODE:
                if what == "knows threads" and source.path in _MAY_COUNT_OWNERS:
                    continue
                if pattern.search(line):
                    findings.append(_finding(source, number, f"the core {what}: {line.strip()}"))
    return findings


# How many translation units of the product may reach a header that is slow to compile or that
# belongs behind one door.
_HEAVY = [
    (re.compile(r"sqlite3\.h$"), "SQLite", 1),
    (re.compile(r"curl/"), "curl", 5),
    (re.compile(r"toml\+\+/"), "toml++", 1),
    (re.compile(r"boost/beast"), "Beast", 3),
    (re.compile(r"spdlog/"), "spdlog", 1),
    (re.compile(r"CLI/"), "CLI11", 2),
    (re.compile(r"re2/"), "RE2", 3),
]


def _reached(path, tree, known):
    """The headers from outside that a file includes, itself or by others of ours."""
    if path not in known:
        known[path] = set()
        source = tree[path]
        for include in source.includes:
            target = resolve(source, include, tree) if include.quoted else None
            if target is not None:
                known[path] |= _reached(target, tree, known)
            elif not include.quoted:
                known[path].add(include.path)
    return known[path]


def check_heavy(tree):
    """Heavy headers stay in few translation units."""
    findings = []
    known = {}
    units = [source.path for source in _product(tree) if source.path.endswith(".cpp")]
    for pattern, name, most in _HEAVY:
        users = [unit for unit in units
                 if any(pattern.match(header) for header in _reached(unit, tree, known))]
        if len(users) > most:
            findings.append(f"{users[0]}:1: {name} is in {len(users)} translation units, "
                            f"{most} may have it: " + ", ".join(users))
    return findings


_RESULT = re.compile(r"(?<![\w:<,(])(?:tocsin\s*::\s*)?Result\s*<")


def _end_of_angles(code, start):
    depth = 0
    for position in range(start, len(code)):
        if code[position] == "<":
            depth += 1
        elif code[position] == ">":
            depth -= 1
            if depth == 0:
                return position + 1
    return len(code)


def check_nodiscard(tree):
    """A function of a header that returns a Result is [[nodiscard]]: the class itself is not."""
    findings = []
    for source in _product(tree):
        if not source.is_header:
            continue
        for match in _RESULT.finditer(source.code):
            end = _end_of_angles(source.code, match.end() - 1)
            if not re.match(r"\s*&?\s*(?:\w+\s*::\s*)*\w+\s*\(", source.code[end:]):
                continue
            before = re.split(r"[;{}]|\b(?:public|private|protected)\s*:", source.code[:match.start()])[-1]
            if re.search(r"\bconcept\b|\breturn\b|=\s*$", before):
                continue
            if "[[nodiscard]]" not in before:
                findings.append(_finding(
                    source, source.line_at(match.start()), "returns a Result and is not [[nodiscard]]"))
    return findings


_SLEEP = re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\b|(?<![\w.>])(?:::)?sleep\s*\(")


def check_no_sleep(tree):
    """A test that sleeps is slow where it passes and wrong where the machine is busy."""
    return [
        _finding(source, number, f"a test sleeps: {line.strip()}")
        for source in tree.values()
        if source.path.startswith(("tests/unit/", "tests/simulation/"))
        for number, line in enumerate(source.code.split("\n"), 1)
        if _SLEEP.search(line)]


ALL = [check_floors, check_circles, check_purity, check_heavy, check_nodiscard, check_no_sleep,
       check_unique_names]
