"""The JUnit document as CI systems read it."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from factories import manifest
from hypothesis import given
from hypothesis import strategies as st
from report.hostile import worst

from reconciler.errors import InvalidInput, UnsafePlan
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.planning.entry import Assessed
from reconciler.report.junit import render_error_junit, render_junit
from reconciler.report.view import Validation

NOTHING = Assessed()


def parsed(text: str) -> ET.Element:
    """The one suite, held against the rules that all readers share."""
    root = ET.fromstring(text)
    (suite,) = root
    cases = list(suite)
    assert (root.tag, suite.tag) == ("testsuites", "testsuite")
    for element in (root, suite):
        assert element.get("name")
        assert element.get("tests") == str(len(cases))
        assert element.get("failures") == str(sum(case.find("failure") is not None for case in cases))
        assert (element.get("errors"), element.get("skipped"), element.get("time")) == ("0", "0", "0")
    for case in cases:
        assert case.tag == "testcase"
        assert [child.tag for child in case] in ([], ["failure"], ["system-out"], ["failure", "system-out"])
        assert None not in (case.get("classname"), case.get("name"), case.get("file"), case.get("time"))
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
    return suite


def error(
    line: int, message: str = "wrong", *, file: str = "manifests/a.yaml", document: int = 0
) -> Diagnostic:
    return Diagnostic(Origin(file, line, 7, document), "R102", message, "mend it")


def test_report_of_valid_and_invalid_manifests(golden: Callable[[str, str], None]) -> None:
    warning = Diagnostic(Origin("manifests/a.yaml", 9, 1), "R534", "no log-in", severity=Severity.WARNING)
    valid, invalid = manifest("good"), manifest("a")
    problems = (
        error(3, 'unknown field "scedule"'),
        error(4),
        warning,
        error(1, "no YAML", file="manifests/torn.yaml"),
    )
    judged = ((valid, NOTHING), (invalid, Assessed(problems=(error(4),))))
    text = render_junit(Validation(problems, judged))
    parsed(text)
    golden("junit.xml", text)


def test_each_manifest_is_a_case_and_so_is_each_file_of_no_manifest() -> None:
    suite = parsed(
        render_junit(
            Validation(
                (error(1, file="reconciler.yaml"), error(5)),
                ((manifest("a"), NOTHING), (manifest("b"), NOTHING)),
            )
        )
    )
    assert [(case.get("name"), case.find("failure") is not None) for case in suite] == [
        ("a", True),
        ("b", False),
        ("reconciler.yaml", True),
    ]


def test_a_failure_names_file_line_and_column() -> None:
    (case,) = parsed(render_junit(Validation((error(5),), ((manifest("a"), NOTHING),))))
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "manifests/a.yaml:5:7: wrong"
    assert failure.text == "manifests/a.yaml:5:7: error R102: wrong; mend it"


def test_problems_of_another_document_of_the_file_are_not_the_manifests() -> None:
    suite = parsed(render_junit(Validation((error(5, document=1),), ((manifest("a"), NOTHING),))))
    assert [case.find("failure") is None for case in suite] == [True, False]
    assert suite[1].get("name") == "manifests/a.yaml, document 2"


def test_a_file_that_gives_no_manifest_is_one_case_with_all_its_problems() -> None:
    torn = "manifests/torn.yaml"
    found = (
        error(3, "this", file=torn),
        error(9, "that", file=torn),
        error(2, "more", file=torn, document=1),
    )
    first, second = parsed(render_junit(Validation(found, ())))
    assert (first.get("name"), first.get("line"), second.get("name")) == (torn, "3", f"{torn}, document 2")
    failure = first.find("failure")
    assert failure is not None
    assert failure.get("message") == "2 errors"
    assert failure.text == f"{torn}:3:7: error R102: this; mend it\n{torn}:9:7: error R102: that; mend it"


def test_a_problem_in_an_included_file_fails_the_manifest_that_includes_it() -> None:
    found = error(2, file="shared/form.yaml")
    (case,) = parsed(render_junit(Validation((found,), ((manifest("a"), Assessed(problems=(found,))),))))
    assert case.get("name") == "a"
    assert case.find("failure") is not None


def test_manifests_of_one_name_stay_two_cases() -> None:
    suite = parsed(render_junit(Validation((), ((manifest("a"), NOTHING), (manifest("a"), NOTHING)))))
    assert [case.get("name") for case in suite] == ["a", "a (2)"]


def test_an_error_without_a_result_is_a_failure_not_an_empty_report() -> None:
    (case,) = parsed(render_error_junit(UnsafePlan("stale plan", help="plan again")))
    assert "stale plan; plan again" in "".join(case.itertext())
    (torn,) = parsed(render_error_junit(InvalidInput((error(1, "this"), error(2, "that")))))
    assert all(word in "".join(torn.itertext()) for word in ("this", "that"))


@given(st.integers(0, 2**32))
def test_any_text_gives_a_document_that_every_reader_takes(seed: int) -> None:
    case = worst(seed)
    problems, judged = case.problems(), case.judged()
    text = render_junit(Validation(problems, judged))
    suite = parsed(text)
    assert len(suite) >= len(judged)
    failing = any(
        p.severity is Severity.ERROR for p in (*problems, *(p for _, a in judged for p in a.problems))
    )
    assert (suite.get("failures") != "0") is failing
    text.encode("utf-8")


@given(st.text())
def test_any_character_is_allowed(text: str) -> None:
    found = Diagnostic(Origin(f"f{text}", 1, 1), text, text, text)
    parsed(render_junit(Validation((found,), ((manifest(f"n{text}"), NOTHING),))))
