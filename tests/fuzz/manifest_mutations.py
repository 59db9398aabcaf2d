"""Broken manifests from sound ones: by structure (keys, values, types, YAML's own constructs), by text, and by bytes."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from fuzz import hostile_values as hostile

RAW_VALUES = (
    "no", "On", "yes", "0o17", "012", "0x1F", "1_000", "190:20:30", "2024-01-01", "2024-01-01 10:00:00", ".inf",
    "-.INF", ".NaN", "~", "=", "<<",
    "1e3", "1.", ".5", "+1", "-0", "9999999999999999999", "1" * 400, "!!str 1", "!!binary aGk=",
    "!!python/object:os.system x", "!x y", "! x",
    "!<tag:yaml.org,2002:int> 3", "!!set {a, b}", "!env RECONCILER_VAR_A", "!env RECONCILER_VAR_NONE",
    "!env {name: RECONCILER_VAR_B, default: 1}",
    "!env {name: RECONCILER_VAR_NONE, default: {a: [1]}}", "!env AIRBYTE_CLIENT_SECRET", "!env [a]", "!env {}",
    "!env {name: 1}", "!env", "!include part.yaml",
    "!include ../../etc/passwd", "!include m.yaml", "!include nothing.yaml", "!include /etc/passwd",
    "!include part.json", "!include {a: 1}", "*a", "*nothing",
    "&a [1, 2]", "&a x", "&b *a", "{<<: *a}", "|\n      block\n      text", ">-\n      folded", '"\\x00"', '"\\ud800"',
    '"\\e[31m"', '"\\uD83D\\uDE00"', '"unclosed', "'unclosed",
    "[1, 2", "{a: 1", "? a", "- a", "? {a: 1}\n      : b", "[[[[]]]]", "{[a]: b}", "{1: a}", "{null: a}", "{true: a}",
    "@x", "`x", "%x", "\tx",
)  # fmt: skip


@dataclass
class Raw:
    """Text that stands in the YAML as it is."""

    text: str


@dataclass
class Members:
    """A mapping that may hold a key twice. Keys are text or `Raw`."""

    pairs: list[list[Any]] = field(default_factory=list)


@dataclass
class Project:
    """The files of one case, by path."""

    files: dict[str, bytes]

    def __str__(self) -> str:
        return "\n".join(f"--- {name} ({len(data)} bytes)\n{data!r}" for name, data in self.files.items())


def tree_of(value: Any) -> Any:
    """A JSON value with its objects as `Members`."""
    if isinstance(value, dict):
        return Members([[key, tree_of(item)] for key, item in value.items()])
    return [tree_of(item) for item in value] if isinstance(value, list) else value


def slots(tree: Any) -> list[tuple[list[Any], int]]:
    """Every place of a tree that holds a value: a list and an index into it."""
    found: list[tuple[list[Any], int]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        holders = [(pair, 1) for pair in node.pairs] if isinstance(node, Members) else []
        if isinstance(node, list):
            holders = [(node, index) for index in range(len(node))]
        found += holders
        waiting += [holder[index] for holder, index in holders]
    return found


def members(tree: Any) -> list[Members]:
    """Every mapping of a tree."""
    inner = [holder[index] for holder, index in slots(tree)]
    return [node for node in [tree, *inner] if isinstance(node, Members)]


def mutate_tree(rng: Random, tree: Any) -> None:
    """One change, in place."""
    mapping = rng.choice(members(tree) or [Members()])
    found = slots(tree)
    if not found:
        return
    holder, index = rng.choice(found)
    kind = rng.randrange(15)
    pairs = mapping.pairs
    if kind == 0 and pairs:
        pairs.pop(rng.randrange(len(pairs)))
    elif kind == 1 and pairs:
        pairs.append(copy.deepcopy(rng.choice(pairs)))
    elif kind == 2:
        other, place = rng.choice(found)
        holder[index], other[place] = copy.deepcopy(other[place]), copy.deepcopy(holder[index])
    elif kind == 3 and pairs:
        rng.choice(pairs)[0] = rng.choice(hostile.KEYS)
    elif kind == 4 and pairs:
        rng.choice(pairs)[0] = (
            Raw(rng.choice(RAW_VALUES)) if rng.random() < 0.5 else rng.choice(hostile.HOSTILE_TEXTS)
        )
    elif kind == 5:
        holder[index] = hostile.scalar(rng)
    elif kind == 6:
        holder[index] = Raw(rng.choice(RAW_VALUES))
    elif kind == 7:
        holder[index] = tree_of(hostile.json_value(rng))
    elif kind == 8:
        holder[index] = tree_of(hostile.bomb(rng))
    elif kind == 9:
        holder[index] = tree_of(hostile.nested(rng, rng.choice((3, 20, 55, 64, 90))))
    elif kind == 10:
        name = rng.choice(("a", "b", "x y", "é"))
        holder[index] = Raw(f"&{name} {_flow(holder[index])}")
        other, place = rng.choice(found)
        other[place] = Raw(f"*{name}")
    elif kind == 11:
        pairs.append([rng.choice(hostile.KEYS), tree_of(hostile.json_value(rng))])
    elif kind == 12:
        holder[index] = rng.choice("xa9 é\n") * rng.choice((100, 1100, 20_000))
    else:
        word = rng.choice(hostile.SCHEMA_KEYWORDS)
        pairs.append([word, tree_of(hostile.keyword_value(rng, word))])


def yaml_text(rng: Random, tree: Any) -> str:
    """The tree as block YAML, here and there in flow style, in a random quoting."""
    return "\n".join(_block(rng, tree, 0)) + "\n"


def _block(rng: Random, node: Any, depth: int) -> list[str]:
    pad = "  " * depth
    if isinstance(node, Members) and node.pairs and depth < 40 and rng.random() > 0.05:
        lines: list[str] = []
        for key, value in node.pairs:
            lines += _entry(rng, f"{pad}{_scalar(rng, key)}:", value, depth)
        return lines
    if isinstance(node, list) and node and depth < 40 and rng.random() > 0.05:
        return [line for value in node for line in _entry(rng, f"{pad}-", value, depth)]
    return [pad + (_flow(node) if isinstance(node, (Members, list)) else _scalar(rng, node))]


def _entry(rng: Random, head: str, value: Any, depth: int) -> list[str]:
    inner = _block(rng, value, depth + 1)
    is_open = isinstance(value, (Members, list)) and not inner[0].lstrip().startswith(("{", "["))
    return [head, *inner] if is_open else [f"{head} {inner[0].strip()}", *inner[1:]]


def _scalar(rng: Random, value: Any) -> str:
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, (Members, list)):
        return _flow(value)
    if not isinstance(value, str):
        return json.dumps(value)
    style = rng.random()
    if style < 0.4:
        return json.dumps(value)
    if style < 0.5:
        return json.dumps(value, ensure_ascii=False)
    return "'" + value.replace("'", "''") + "'" if style < 0.55 else value


def _flow(node: Any) -> str:
    if isinstance(node, Raw):
        return node.text
    if isinstance(node, Members):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(value)}" for key, value in node.pairs) + "}"
    return (
        "[" + ", ".join(_flow(value) for value in node) + "]" if isinstance(node, list) else json.dumps(node)
    )


def json_text(node: Any) -> str:
    """The tree as JSON; keys may repeat, raw text becomes a string."""
    if isinstance(node, Raw):
        return json.dumps(node.text)
    if isinstance(node, Members):
        return "{" + ", ".join(f"{_json_key(key)}: {json_text(value)}" for key, value in node.pairs) + "}"
    return (
        "[" + ", ".join(json_text(value) for value in node) + "]"
        if isinstance(node, list)
        else json.dumps(node)
    )


def _json_key(key: Any) -> str:
    return json.dumps(key.text if isinstance(key, Raw) else key)


def mutate_text(rng: Random, text: str) -> str:
    """One change of the text as a whole."""
    at = rng.randrange(len(text) + 1)
    kind = rng.randrange(9)
    if kind == 0:
        return text.replace("\n", rng.choice(("\r\n", "\r", "\n\n", "\u2028", "\x85")))
    if kind == 1:
        return text.replace("  ", "\t", rng.choice((1, -1)))
    if kind == 2:
        return text[:at] + rng.choice(hostile.HOSTILE_TEXTS) + text[at:]
    if kind == 3:
        return text[:at] + rng.choice(RAW_VALUES) + text[at:]
    if kind == 4:
        return (
            rng.choice(
                (
                    "---\n",
                    "%YAML 1.1\n---\n",
                    "%TAG ! x:\n---\n",
                    "%FOO\n---\n",
                    "...\n",
                    "\ufeff",
                    "# comment\n",
                )
            )
            + text
        )
    if kind == 5:
        return (
            text
            + rng.choice(("---\n", "...\n", "--- \n", "--- !x\n", "...\n---\n", "\n\n# end", "--- |\n x\n"))
            + text
        )
    if kind == 6:
        lines = text.split("\n")
        rng.shuffle(lines)
        return "\n".join(lines)
    if kind == 7:
        lines = text.split("\n")
        del lines[rng.randrange(len(lines))]
        return "\n".join(lines)
    return text[:at] + " " * rng.choice((1, 2, 3, 80)) + text[at:]


def mutate_bytes(rng: Random, data: bytes) -> bytes:
    """One change of the bytes."""
    at, kind = rng.randrange(len(data) + 1), rng.randrange(8)
    end = min(len(data), at + rng.choice((1, 4, 60)))
    if kind == 0 and at < len(data):
        return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + bytes([rng.randrange(256)]) + data[at:]
    if kind == 2:
        return data[:at] + data[end:]
    if kind == 3:
        there = rng.randrange(len(data) + 1)
        return data[:there] + data[at:end] + data[there:]
    if kind == 4:
        return data[:at]
    if kind == 5:
        return data[:at] + bytes(rng.randrange(256) for _ in range(rng.randrange(1, 12))) + data[end:]
    if kind == 6:
        return data.decode("utf-8", "replace").encode(
            rng.choice(("utf-16", "utf-16-be", "utf-32", "latin-1", "utf-8-sig", "cp1252")), "replace"
        )
    return data[:at] + data[at:end] * rng.choice((2, 30)) + data[end:]


def mutated_project(rng: Random, manifests: list[Any], lock: Any, settings: Any) -> Project:
    """A project with one broken manifest or several; now and then the lock or the project file is broken too.

    Half of them are readable YAML or JSON with odd presets and forms, so that what lies behind the reader is met as well.
    """
    files = _readable(rng, manifests) if rng.random() < 0.5 else _rough(rng, manifests)
    files["connectors.lock.json"] = _broken(rng, lock, 0.1)
    files["reconciler.yaml"] = _broken(rng, settings, 0.08)
    return Project(files)


def _readable(rng: Random, manifests: list[Any]) -> dict[str, bytes]:
    """Manifests whose presets and forms were changed to anything that JSON can say and the reader takes."""
    files = {}
    for number in range(rng.choice((1, 1, 2))):
        manifest = copy.deepcopy(rng.choice(manifests))
        spec = manifest["spec"]
        member = rng.choice(("partialDefaultConfig", "partialUserConfigSpec"))
        changed = hostile.mutated_json(rng, spec.get(member) or {}, rng.randrange(1, 6))
        spec[member] = changed if isinstance(changed, dict) else {"connectionSpecification": changed}
        text = json.dumps(_writable(manifest))
        name = f"manifests/m{number}." + rng.choice(("json", "yaml"))
        files[name] = (
            text if name.endswith("json") else yaml_text(rng, _quoted(_writable(manifest)))
        ).encode()
    return files


def _writable(value: Any, depth: int = 0) -> Any:
    """Without what no manifest can hold: other numbers than JSON readers agree on, characters that are none, long keys."""
    if isinstance(value, dict):
        return (
            {_writable(key)[:1024]: _writable(item, depth + 1) for key, item in value.items()}
            if depth < 60
            else {}
        )
    if isinstance(value, list):
        return [_writable(item, depth + 1) for item in value] if depth < 60 else []
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "")
    is_unsafe = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) > 2**53 - 1
    return 7 if is_unsafe or (isinstance(value, float) and "e" in repr(value)) else value


def _quoted(value: Any) -> Any:
    """The tree with every text and key in double quotes."""
    if isinstance(value, dict):
        return Members([[Raw(json.dumps(key)), _quoted(item)] for key, item in value.items()])
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    return Raw(json.dumps(value)) if isinstance(value, str) else value


def _rough(rng: Random, manifests: list[Any]) -> dict[str, bytes]:
    trees = [tree_of(copy.deepcopy(value)) for value in rng.choices(manifests, k=rng.choice((1, 1, 1, 2, 3)))]
    for _ in range(rng.choice((0, 1, 1, 2, 3, 6))):
        mutate_tree(rng, rng.choice(trees))
    is_json = rng.random() < 0.15
    text = json_text(trees[0]) if is_json else "---\n".join(yaml_text(rng, tree) for tree in trees)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        text = mutate_text(rng, text)
    data = text.encode("utf-8", "surrogatepass" if rng.random() < 0.5 else "replace")
    for _ in range(rng.choice((0, 0, 0, 1, 3))):
        data = mutate_bytes(rng, data)
    files = {f"manifests/m.{'json' if is_json else 'yaml'}": data[:60_000]}
    if rng.random() < 0.2:
        part = tree_of(hostile.json_value(rng)) if rng.random() < 0.7 else trees[0]
        files["manifests/part.yaml"] = yaml_text(rng, part).encode("utf-8", "replace")[:50_000]
    return files


def _broken(rng: Random, value: Any, share: float) -> bytes:
    """A JSON file, broken in this share of the cases."""
    if rng.random() > share:
        return json.dumps(value).encode()
    data = json.dumps(hostile.mutated_json(rng, value, rng.randrange(1, 4))).encode()[:60_000]
    return mutate_bytes(rng, data) if rng.random() < 0.2 else data
