"""Mail addresses as Apache's commons-validator, which networknt 1.5.2 carries along, takes them. Pure.

It knows the names of all top-level domains of its day. Kept here are those of countries and the common others; whether it has
another one is "not known".
"""

from __future__ import annotations

import re

from reconciler.connectors.server.java_pattern import java_matches
from reconciler.connectors.server.java_uri import IPV6
from reconciler.connectors.server.work import NotKnown

_WORD = r"""(?:(?:\\.|[^\s\p{Cntrl}()<>@,;:\\".\[\]])+|"(?:\\"|[^"])*")"""
_USER = rf"{_WORD}(?:\.{_WORD})*"
_LONGEST_USER = 64
_LONGEST_DOMAIN = 253
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(_LABEL)
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+([A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?)\.?")
_NUMBERED = re.compile(r"\[(.*)\]")
_IPV4 = re.compile(r"(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})", re.ASCII)
_COUNTRIES = """
ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz ca cc cd
cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge
gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki
km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my
mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se
sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz
va vc ve vg vi vn vu wf ws ye yt za zm zw
"""
_COMMON = "arpa com org net edu gov mil int info biz name pro aero coop museum app dev cloud tech online site store xyz"
_TOP_LEVEL = frozenset((_COUNTRIES + _COMMON + " localhost localdomain").split())
_NEVER_TOP_LEVEL = frozenset(
    {"test", "example", "invalid", "local", "internal", "lan", "corp", "home", "mail"}
)


def is_mail_address(text: str) -> bool:
    """Whether the server takes this text for a mail address. Raises NotKnown."""
    user, _, domain = text.rpartition("@")
    if text.endswith(".") or not domain or re.search(r"\s", domain, re.ASCII):
        return False
    if len(user.encode("utf-16-le", "surrogatepass")) > 2 * _LONGEST_USER or not java_matches(_USER, user):
        return False
    return _is_domain(domain.replace("IPv6:", "") if domain.startswith("[IPv6:") else domain)


def _is_domain(domain: str) -> bool:
    numbered = _NUMBERED.fullmatch(domain)
    if numbered is not None:
        return _is_numeric(numbered[1])
    if not domain.isascii():
        raise NotKnown("a mail address with a domain beyond ASCII")
    found = _DOMAIN.fullmatch(domain) if len(domain) <= _LONGEST_DOMAIN else None
    if found is not None:
        return _is_top_level(found[1].lower())
    return len(domain) <= _LONGEST_DOMAIN and _HOST.fullmatch(domain) is not None


def _is_numeric(address: str) -> bool:
    if ":" not in address:
        return _IPV4.fullmatch(address) is not None and all(int(part) <= 255 for part in address.split("."))
    if IPV6.fullmatch(address):
        return True
    raise NotKnown("a mail address with an odd IPv6 address")


def _is_top_level(name: str) -> bool:
    if name in _TOP_LEVEL:
        return True
    if len(name) <= 2 or name in _NEVER_TOP_LEVEL or not (name.isalpha() or name.startswith("xn--")):
        return False
    raise NotKnown("a mail address with a rare top-level domain")
