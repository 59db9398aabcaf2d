"""Plans, results and problems with the worst text that a manifest or a server could hold, from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from factories import ORGANIZATION, agents, target

from reconciler.applying.outcome import ApplyResult, Creation, Outcome
from reconciler.errors import InvalidInput, ReconcilerError, UnsafePlan
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.model.json_value import JsonValue
from reconciler.model.template import Connector, Manifest
from reconciler.model.verdict import Ask, Asked, AskOption, Verdict
from reconciler.planning.entry import Assessed, Change, Entry, Operation, Plan, Status

SNIPPETS = (
    "@octocat", "me@example.com", "#123", "GH-12", "octo/cat#7", "deadbeef", "0123456789abcdef0123456789abcdef01234567",
    "https://evil.example/x", "www.evil.example", "www.`x`", "ftp://a.b", "<script>alert(1)</script>", "</details>",
    "<details>", "<!--", "-->", "<!-- reconciler:v1 -->", "<img src=x onerror=y>", "&lt;b&gt;", "&#64;octocat", "&commat;x",
    "`", "``", "```", "`````", "~~~", "```diff\n", "\n```\n", "\n~~~\n", "|", "\\|", "a | b\n--|--\n", "# heading", "\n# h",
    "\n===\n", "\n---\n", "- item", "1. one", "\n> [!NOTE]\n> x", "> quote", "*bold*", "**b**", "__b__", "_i_", "~~s~~",
    "[link](https://evil.example)", "![image](https://evil.example/i.png)", "[x]: https://evil.example", "[^1]", "[^1]: note",
    ":tada:", "$x^2$", "$`x`$", "$$", "\\", "\\`", "\\\n", "\r", "\r\n", "\t", "\x00", "\x1b[31m", "\u202e", "\u200b", "\u2028",
    "\ufeff", "\U000e0041", "\ud800", "\ufffe", "\u00a0", "é", "中文", "😀", "＠octocat", "::error::x", "##[group]", "%0A", "",
    " ", "word", "two words", "it's", "(see above)", "'quoted name'", "`spec.templateId`", "x`y`z", "5", "10 templates", "1)",
    "... more", "ends:", "-", "+", "=", "[ ] todo", "/close", "JIRA-1", "a" * 700, "`" * 300, "@a " * 300,
    " ".join("`" * n for n in range(1, 25)), "{+ add +}", "[[wiki]]", "<a@b.c>", "<https://evil.example>", "xmpp:a@b.c",
    "]]>", "<![CDATA[", "&", "\"'", "a:b,c%d", "../../x", "/etc/passwd", "C:\\x",
)  # fmt: skip

_T = TypeVar("_T")


@dataclass
class Worst:
    """Everything that reports take, made of `SNIPPETS` and random characters; the same for the same seed."""

    dice: random.Random

    def text(self) -> str:
        parts = self.dice.choices(SNIPPETS, k=self.dice.choice((0, 1, 1, 1, 2, 3, 4)))
        if self.dice.random() < 0.3:
            parts.append("".join(chr(self.dice.randrange(0x3000)) for _ in range(self.dice.randrange(8))))
        return self.dice.choice(("", " ")).join(parts)

    def maybe(self, make: Callable[[], _T]) -> _T | None:
        return make() if self.dice.random() < 0.7 else None

    def some(self, make: Callable[[], _T], most: int = 3) -> tuple[_T, ...]:
        return tuple(make() for _ in range(self.dice.randint(0, most)))

    def flag(self) -> bool:
        return self.dice.random() < 0.5

    def value(self, depth: int = 0) -> JsonValue:
        kind = self.dice.randrange(6 if depth < 3 else 4)
        if kind == 4:
            return [self.value(depth + 1) for _ in range(self.dice.randrange(3))]
        if kind == 5:
            return {self.text(): self.value(depth + 1) for _ in range(self.dice.randrange(3))}
        return (self.text(), None, self.dice.randrange(100), self.flag())[kind]

    def origin(self) -> Origin:
        return Origin(self.text(), self.dice.randrange(99), self.dice.randint(1, 99), self.dice.randrange(3))

    def problem(self) -> Diagnostic:
        severity = self.dice.choice(tuple(Severity))
        return Diagnostic(self.origin(), self.text(), self.text(), self.text(), severity)

    def problems(self) -> tuple[Diagnostic, ...]:
        return self.some(self.problem, 12)

    def ask(self, *, is_choice: bool = True) -> Ask:
        return Ask(
            path=self.text(),
            title=self.text(),
            type=self.dice.choice((None, "string", "oneOf", self.text())),
            required=self.flag(),
            secret=self.flag(),
            options=self.some(self.option) if is_choice and self.flag() else (),
            by_login=self.flag(),
        )

    def option(self) -> AskOption:
        return AskOption(self.text(), self.some(lambda: self.ask(is_choice=False)))

    def asked(self) -> Asked:
        return Asked(self.some(self.ask, 15), self.some(self.text, 25), self.some(self.text))

    def assessed(self) -> Assessed:
        verdict = self.maybe(lambda: Verdict(self.dice.choice((200, 422, 500)), self.some(self.text)))
        return Assessed(verdict, self.maybe(self.asked), self.problems(), self.dice.randrange(3))

    def change(self) -> Change:
        operation = self.dice.choice(tuple(Operation))
        return Change(self.text(), operation, self.value(), self.value())

    def connector(self) -> Connector:
        return Connector(self.text(), self.maybe(self.text), self.maybe(self.text))

    def entry(self, number: int) -> Entry:
        """An entry whose name begins with `entry<number>x`."""
        return Entry(
            status=self.dice.choice(tuple(Status)),
            kind="SourceTemplate",
            name=f"entry{number}x{self.text()}",
            organization_id=ORGANIZATION,
            connector=self.maybe(self.connector),
            reason=self.text(),
            origin=self.maybe(self.origin),
            template_id=self.maybe(self.text),
            changes=self.some(self.change, 25),
            notes=self.some(self.text),
            ways_out=self.some(self.text, 12),
            assessed=self.maybe(self.assessed),
        )

    def plan(self, most: int = 20) -> Plan:
        number = self.dice.randint(0, most)
        entries = tuple(self.entry(index) for index in range(number))
        pointing_at = agents if any(entry.status is Status.UPDATE for entry in entries) else target
        return Plan(
            target=pointing_at(max_creates=self.dice.randrange(20)),
            entries=entries,
            digest=self.text(),
            manifests_digest="",
            live_digest="",
            hidden={status: self.dice.randint(1, 5) for status in self.dice.sample(tuple(Status), 2)}
            if self.flag()
            else {},
            manifest_count=number,
            live_count=self.dice.randrange(9),
        )

    def result(self) -> ApplyResult:
        """An account of a plan's updates and creates, each with any outcome, or a refusal."""
        plan = self.plan()
        creations = tuple(self.creation(entry) for entry in plan.to_send)
        refusal = self.error() if self.dice.random() < 0.3 else None
        return ApplyResult(plan, creations, refusal, interrupted=self.flag())

    def creation(self, entry: Entry) -> Creation:
        is_update = entry.status is Status.UPDATE
        return Creation(
            entry,
            self.dice.choice([each for each in Outcome if each is not Outcome.UPDATED or is_update]),
            template_id=self.maybe(self.text),
            equals_manifest=self.dice.choice((None, True, False)),
            changes=self.some(self.change),
            is_listed=self.dice.choice((None, True, False)),
            candidates=self.some(self.text),
            detail=self.text(),
            help=self.text(),
        )

    def error(self) -> ReconcilerError:
        if self.flag():
            return InvalidInput(self.problems())
        return UnsafePlan(self.text(), help=self.text())

    def manifest(self) -> Manifest:
        return Manifest(self.text(), self.origin(), self.connector(), {})

    def judged(self) -> tuple[tuple[Manifest, Assessed], ...]:
        return self.some(lambda: (self.manifest(), self.assessed()), 6)


def worst(seed: int) -> Worst:
    return Worst(random.Random(seed))


def frame(dice: random.Random, minimum: int, **fixed: Any) -> dict[str, Any]:
    """What a caller gives beside the result; the budget is small, or that of a comment."""
    text = Worst(dice).text
    budget = dice.choice((minimum, dice.randint(minimum, 4 * minimum), 60_000))
    return {"budget": budget, "heading": text(), "notice": text(), **fixed}
