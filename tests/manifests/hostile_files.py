"""Files of up to one mebibyte that are made to cost a reader time, memory or its stack; for the tests of limits and a benchmark."""

from __future__ import annotations

from manifests.manifest_reading import manifest_text

MIB = 1024 * 1024

HOSTILE = {
    "open lists": b"[" * MIB,
    "open mappings": b"{" * MIB,
    "open lists and mappings": b"[{" * (MIB // 2),
    "nested block lists": b"- " * (MIB // 2),
    "nested keys on one line": b"? " * (MIB // 2),
    "keys without names": b"?\n" * (MIB // 2),
    "colons": b": " * (MIB // 2),
    "documents": b"---\n" * (MIB // 4),
    "documents of text": b"--- a\n" * (MIB // 6),
    "list items": b"- a\n" * (MIB // 4),
    "numbers in a flow": b"[" + b"1," * (MIB // 2 - 1) + b"]",
    "lists in a list": b"[" + b"[]," * (MIB // 3 - 1) + b"]",
    "many keys": b"".join(b"k%d: 1\n" % number for number in range(95_000)),
    "one key many times": b"k: 1\n" * (MIB // 5),
    "traps": b"no: no\n" * (MIB // 7),
    "foreign tags": b"- !x a\n" * (MIB // 7),
    "many anchors": b"".join(b"- &a%d 1\n" % number for number in range(80_000)),
    "aliases": b"- &a 1\n" + b"- *a\n" * (MIB // 5 - 2),
    "aliases of a long text": b"- &a " + b"x" * (MIB - 60_000) + b"\n" + b"- *a\n" * 9_900,
    "aliases in many documents": (b"---\n- &a [" + b"x," * 999 + b"]\n" + b"- *a\n" * 9) * 500,
    "tag directives": b"".join(b"%%TAG !a%d! t\n" % number for number in range(55_000)) + b"---\na",
    "long tag prefix": b"%TAG !a! tag:" + b"x" * (MIB // 2) + b"\n---\n" + b"- !a!b c\n" * (MIB // 20),
    "other directives": b"%FOO\n" * (MIB // 5),
    "long comment": b"#" * MIB,
    "short comments": b"#\n" * (MIB // 2),
    "tabs": b"\t" * MIB,
    "line feeds": b"\n" * MIB,
    "long plain scalar": b"a: " + b"x " * (MIB // 2 - 2),
    "long number": b"- " + b"9" * (MIB - 3),
    "long base 60": b"- 1" + b":00" * (MIB // 3 - 2),
    "long date": b"- 2001-01-01" + b" " * (MIB - 20) + b"1",
    "long double-quoted": b'a: "' + b"\\n" * (MIB // 2 - 4) + b'"',
    "unfinished quotes": b'a: "' + b"\n " * (MIB // 2 - 4),
    "long block scalar": b"a: |\n" + b" x\n" * (MIB // 3 - 4),
    "long key": b"? " + b"x" * (MIB - 10) + b"\n: 1",
    "long tag": b"!" + b"a" * (MIB - 10) + b" x",
    "long anchor": b"&" + b"a" * (MIB - 10) + b" x",
    "UTF-16": ("a: 1\n" * (MIB // 10 - 1)).encode("utf-16"),
    "emoji": "😀".encode() * (MIB // 4),
    "NUL": b"\0" * MIB,
    "0xff": b"\xff" * MIB,
    "variables": b"- !env {name: RECONCILER_VAR_A, default: 1}\n" * (MIB // 45),
    "manifests": "---\n".join(manifest_text(f"m{number}") for number in range(7_000)).encode(),
    "manifests of one name": ("---\n" + manifest_text()).encode() * 7_000,
    "manifests of unknown connectors": ("---\n" + manifest_text().replace("faker", "fakr")).encode() * 7_000,
    "unknown fields": manifest_text("m", "{}", *(f"k{number}: 1" for number in range(80_000))).encode(),
    "small manifests": b"apiVersion: x\nkind: y\n---\n" * (MIB // 26),
    "wrong enum": manifest_text(
        "m", "{}", "partialUserConfigSpec:", f"  connectionSpecification: {{type: string, enum: [{'1,' * 90_000}]}}"
    ).encode(),
    "long name": manifest_text("n" * 1_000_000).encode(),
    "long connector": manifest_text().replace("source-faker", "s" * 1_000_000).encode(),
    "includes": b"- !include part.yaml\n" * (MIB // 21),
}  # fmt: skip
HOSTILE_JSON = {
    "open lists": b"[" * MIB,
    "open objects": b'{"a":' * (MIB // 5),
    "numbers": b"[" + b"1," * (MIB // 2 - 2) + b"1]",
    "lines": b"[\n" + b"1,\n" * (MIB // 3 - 2) + b"1]",
    "one key many times": b"{" + b'"a":1,' * (MIB // 6 - 2) + b'"a":1}',
    "long string": b'"' + b"\\n" * (MIB // 2 - 2) + b'"',
    "long number": b"1" * MIB,
    "blanks": b" " * MIB,
    "surrogates": b"[" + b'"\\ud800",' * (MIB // 9 - 2) + b"1]",
}
