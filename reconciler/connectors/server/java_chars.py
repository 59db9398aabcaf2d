"""The character classes of Java's regular expressions. Pure.

Unicode's categories are asked of Python's tables. A character that is newer than what every Python has is "not known".
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, TypeAlias

from reconciler.connectors.server.work import NotKnown

Chars: TypeAlias = Callable[[str], bool]
"""Whether a character belongs to a class. May raise NotKnown."""

_POSIX: Final = {
    "Lower": string.ascii_lowercase,
    "Upper": string.ascii_uppercase,
    "Alpha": string.ascii_letters,
    "Digit": string.digits,
    "Alnum": string.ascii_letters + string.digits,
    "XDigit": string.hexdigits,
    "Punct": string.punctuation,
    "Graph": string.ascii_letters + string.digits + string.punctuation,
    "Print": string.ascii_letters + string.digits + string.punctuation + " ",
    "Blank": " \t",
    "Space": string.whitespace,
    "Cntrl": "".join(map(chr, range(32))) + "\x7f",
    "ASCII": "".join(map(chr, range(128))),
}
# Unicode's properties: the categories that have them, those of which some have them, and characters beside.
_PROPERTIES: Final = {
    "Alphabetic": ("L", ("M", "So", "Nl"), ""),
    "Alpha": ("L", ("M", "So", "Nl"), ""),
    "Digit": ("Nd", (), ""),
    "Upper": ("Lu", ("So", "Nl"), ""),
    "Lower": ("Ll", ("Lo", "Lm", "M", "So", "Nl"), ""),
    "Punct": ("P", (), ""),
    "Space": ("Z", (), "\t\n\x0b\x0c\r\x85"),
    "Blank": ("Zs", (), "\t"),
}
_CATEGORIES = re.compile("L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?")
_DOTTED_I = "\u0130"  # its small letter has two characters in Python and one in Java
_SHARP_S = "\u1e9e"  # Java takes it for the small one in a word, and not alone


@lru_cache(maxsize=1_024)
def one_of(chars: str) -> Chars:
    """The class of these characters. The same one each time, so that a text is looked through for it once."""
    return frozenset(chars).__contains__


def none_of(chars: Chars) -> Chars:
    """The characters that are not in the class."""
    return lambda char: not chars(char)


def any_of(classes: Iterable[Chars]) -> Chars:
    """The characters of several classes."""
    each = tuple(classes)
    return each[0] if len(each) == 1 else lambda char: any(chars(char) for chars in each)


def is_new(char: str) -> bool:
    """Whether Pythons may disagree about this character: all keep Unicode 3.2, and pictures, which people do write."""
    is_picture = "\U0001f300" <= char <= "\U0001f64f"
    return not is_picture and unicodedata.ucd_3_2_0.category(char) == "Cn"


def in_any_case(chars: Chars, *, ascii_only: bool) -> Chars:
    """The class when case does not count: for ASCII letters only, unless Java's UNICODE_CASE is on."""
    if ascii_only:
        return lambda char: chars(char) or (char.isascii() and (chars(char.lower()) or chars(char.upper())))
    return lambda char: chars(char) or chars(_upper(char)) or chars(_folded(char))


def letter_in_any_case(letter: str) -> Chars:
    """The characters that are the same as this one when case does not count, as with Java's UNICODE_CASE."""
    folded = _folded(letter)
    return one_of(letter) if folded == _upper(letter) else lambda char: _folded(char) == folded


def _upper(char: str) -> str:
    return _other_case(char, str.upper)


def _folded(char: str) -> str:
    return "i" if char == _DOTTED_I else _other_case(_upper(char), str.lower)


def _other_case(char: str, change: Callable[[str], str]) -> str:
    """Java's mapping of one character to one. Raises NotKnown where Python's gives several, and where one of them is newer."""
    changed = char if char == "\xdf" else change(char)
    if len(changed) > 1 or is_new(char) or is_new(changed) or char == _SHARP_S:
        raise NotKnown("a pattern in which case does not count and a letter whose other case is not known")
    return changed


def _with_property(having: str | tuple[str, ...], unclear: tuple[str, ...], beside: str) -> Chars:
    def is_in(char: str) -> bool:
        if is_new(char):
            raise NotKnown("a Unicode class of a pattern and a newer character")
        category = unicodedata.category(char)
        if category.startswith(unclear):
            raise NotKnown("a Unicode class of a pattern and a character that is no plain letter")
        return category.startswith(having) or char in beside

    return is_in


LINE_CHARS: Final = one_of("\n\x0b\x0c\r\x85\u2028\u2029")
SHORT: Final = {
    "d": one_of(_POSIX["Digit"]),
    "h": one_of(" \t\xa0\u1680\u180e\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))),
    "s": one_of(_POSIX["Space"]),
    "v": LINE_CHARS,
    "w": one_of(_POSIX["Alnum"] + "_"),
}
"""`\\d` and its like. The capital letter is the rest."""
WIDE: Final = {
    **SHORT,
    "d": _with_property("Nd", (), ""),
    "s": _with_property(*_PROPERTIES["Space"]),
    "w": _with_property(("L", "M", "Nd", "Nl", "Pc"), ("So",), "\u200c\u200d"),
}
"""The same with Java's UNICODE_CHARACTER_CLASS."""


def named(name: str) -> Chars:
    """The class `\\p{name}`. Raises NotKnown for a name that is not in the tables here: Java may refuse it."""
    plain = name.removeprefix("Is")
    if _CATEGORIES.fullmatch(plain):
        return _with_property(plain, (), "")
    if name in _POSIX:
        return one_of(_POSIX[name])
    if name != plain and plain in _PROPERTIES:
        return _with_property(*_PROPERTIES[plain])
    raise NotKnown(f"the class \\p{{{name}}} of a pattern")
