"""Names that one translation unit would have twice, where the files of a room are compiled as one."""

import re

_WORDS = re.compile(r"[{};]|\bnamespace\s*[\w:]*\s*\{")
_TYPE = re.compile(r"^(?:template\s*<.*>\s*)?(?:struct|class|enum(?:\s+class)?|union)\s+(?:\[\[\w+\]\]\s*)?(\w+)")
_ALIAS = re.compile(r"^(?:template\s*<.*>\s*)?using\s+(\w+)\s*=\s*(.*)", re.S)
_FUNCTION = re.compile(r"(\w+|operator\S+)\s*\((.*)\)[^()]*$", re.S)
_VARIABLE = re.compile(r"(\w+)\s*(?:\[[^\]]*\]\s*)*(?:=.*)?$", re.S)


def _parameters(text):
    """The types in a parameter list: without names and defaults."""
    types = []
    for one in re.sub(r"<[^<>]*,[^<>]*>", "<>", text).split(","):
        words = one.split("=")[0].split()
        named = len(words) > 1 and re.fullmatch(r"\w+", words[-1])
        types.append(" ".join(words[:-1] if named else words))
    return "(" + ", ".join(types) + ")"


def _name(declaration):
    """What it declares, so that two of it are one too many; None for what may stand twice."""
    declaration = declaration.strip()
    if not declaration or declaration.startswith(("static_assert", "namespace")):
        return None
    if match := _TYPE.match(declaration):
        return match.group(1)
    if match := _ALIAS.match(declaration):
        return f"{match.group(1)} = {' '.join(match.group(2).split())}", match.group(1)
    if declaration.startswith("using") or re.search(r"\b(?:struct|enum)$", declaration):
        return None
    head = declaration.split("=")[0]
    if "(" in head and (match := _FUNCTION.search(declaration)):
        return match.group(1) + _parameters(match.group(2))
    match = _VARIABLE.search(head)
    return match.group(1) if match else None


def _declarations(source):
    """(namespace, position, text) of each declaration directly in a nameless namespace."""
    code = re.sub(r"^[ \t]*#.*$|=\s*\{\}", lambda found: " " * len(found.group()), source.code,
                  flags=re.M)
    spaces = []
    depth = 0
    begin = 0
    for word in _WORDS.finditer(code):
        text = word.group()
        inside = depth == 0 and spaces and spaces[-1] == ""
        if depth == 0 and text.startswith("namespace"):
            spaces.append(text[len("namespace"):-1].strip())
        elif text == "}" and depth == 0:
            if spaces:
                spaces.pop()
        elif text.endswith("{"):
            if inside:
                yield "::".join(spaces), begin, code[begin:word.start()]
            depth += 1
            continue
        elif text == "}":
            depth -= 1
        elif inside:
            yield "::".join(spaces), begin, code[begin:word.start()]
        if depth == 0:
            begin = word.end()


def check_unique_names(tree):
    """No two files of a room have one name in their nameless namespaces."""
    findings = []
    known = {}
    for source in tree.values():
        if not re.match(r"daemon/\w+/|tests/unit/\w+/", source.path) or source.is_header:
            continue
        folder = source.path.rpartition("/")[0]
        for space, position, text in _declarations(source):
            name = _name(text)
            if name is None:
                continue
            name, same = (name[1], name[0]) if isinstance(name, tuple) else (name, None)
            first = known.setdefault((folder, space, name), (source.path, same))
            if first[0] == source.path or (same is not None and first[1] == same):
                continue
            line = source.line_at(position + len(text) - len(text.lstrip()))
            findings.append(f"{source.path}:{line}: {name} is in {first[0]} too: "
                            "a release compiles the room as one")
    return findings
