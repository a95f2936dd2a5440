"""The project's C++ files as the checks see them: text, room, includes."""

import dataclasses
import pathlib
import re

# Floors of the rooms: a file includes its own room and lower floors only.
FLOORS = {
    "base": 0, "model": 1, "series": 2, "expr": 2, "rule": 3, "incident": 3, "outbox": 3,
    "config": 4, "engine": 5, "ruletest": 6, "backtest": 6, "loop": 6, "sources": 7, "receivers": 7,
    "storage": 7, "http": 7, "toml": 7, "app": 8, "commands": 9,
}
CORE = {room for room, floor in FLOORS.items() if floor <= 5} | {"ruletest", "backtest"}

_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s\\]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])*'", re.S)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


@dataclasses.dataclass
class Include:
    line: int
    quoted: bool
    path: str


class Source:
    """One file. `code` is its text without comments and literals, line by line as it was."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.code = _TOKENS.sub(lambda token: self._blank(token.group()), text)
        self.includes = [
            Include(self.line_at(match.start()), match.group(1) == '"', match.group(2))
            for match in _INCLUDE.finditer(text)]

    @staticmethod
    def _blank(token):
        blank = re.sub(r"[^\n]", " ", token)
        return token[0] + blank[1:-1] + token[-1] if token[0] in "\"'" else blank

    def line_at(self, position):
        return self.text.count("\n", 0, position) + 1

    @property
    def room(self):
        """The room's name; "" for main.cpp and for files outside of the rooms."""
        match = re.match(r"(?:include/tocsin|daemon)/(\w+)/", self.path)
        return match.group(1) if match else ""

    @property
    def is_header(self):
        return self.path.endswith(".hpp")


def resolve(source, include, tree):
    """The file of the tree that a quoted include names, or None."""
    own_folder = source.path.rpartition("/")[0] + "/"
    for prefix in ("include/", "daemon/", own_folder):
        if prefix + include.path in tree:
            return prefix + include.path
    return None


def read_tree(root):
    """All C++ files of the project by their path from its root."""
    tree = {}
    for folder in ("include", "daemon", "tests", "bench"):
        for file in sorted((pathlib.Path(root) / folder).rglob("*")):
            if file.suffix in (".cpp", ".hpp"):
                path = file.relative_to(root).as_posix()
                tree[path] = Source(path, file.read_text(encoding="utf-8"))
    return tree
