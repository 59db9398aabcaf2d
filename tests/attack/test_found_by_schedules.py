"""Scripts that broke a promise once, each as short as it could be made."""

from __future__ import annotations

import pytest
from attack.attack_faults import CREATE, GET, LIST, TOKEN, Fault
from attack.attack_world import Scenario, attack


def outcomes(scenario: Scenario, *faults: Fault) -> list[str | None]:
    """The outcomes that the first run told."""
    account = attack(scenario, faults)[0]
    assert account is not None
    return [entry.get("outcome") for entry in account.document["entries"] if entry["origin"]]


def test_every_create_is_held_against_the_list_again_once_the_list_showed_more_than_the_plan_knew() -> None:
    """The plan's list was empty. The look before the first create showed all; the second create did not think of it."""
    attack(Scenario(manifests=2, stored=2), (Fault(0, LIST, 0, "shrunk"),))


@pytest.mark.parametrize("lists", [1, 2, 5])
def test_run_does_not_end_before_the_list_shows_what_it_created(lists: int) -> None:
    """The next run would have created it again."""
    assert outcomes(Scenario(manifests=1), Fault(0, CREATE, 0, "lag", lists)) == ["created"]


def test_list_with_an_error_beside_no_data_is_no_empty_list() -> None:
    attack(
        Scenario(manifests=2, stored=2), (Fault(0, LIST, 0, "failed-200"), Fault(0, LIST, 1, "failed-200"))
    )


def test_web_page_that_looks_like_a_list_is_none() -> None:
    attack(Scenario(manifests=1), (Fault(0, LIST, 1, "wrong-type"),))


def test_one_changed_connector_id_in_an_answer_does_not_make_a_template_missing() -> None:
    attack(Scenario(manifests=1, stored=1), (Fault(0, GET, 0, "other-connector"),))


@pytest.mark.parametrize("kind", ["invented-id-after", "foreign-id-after"])
def test_wrong_id_in_the_answer_is_found_out(kind: str) -> None:
    assert outcomes(Scenario(manifests=1, stranger=True), Fault(0, CREATE, 0, kind, 5)) == ["recovered"]


def test_id_that_is_nowhere_is_not_called_created() -> None:
    assert outcomes(Scenario(manifests=1), Fault(0, CREATE, 0, "invented-id", 5)) == ["unknown"]


@pytest.mark.parametrize("kind", ["401-after", "429-after"])
def test_refused_create_that_was_stored_all_the_same_is_recovered(kind: str) -> None:
    assert outcomes(Scenario(manifests=1), Fault(0, CREATE, 0, kind)) == ["recovered"]


def test_refused_create_that_is_not_sent_again_is_called_refused_not_untouched() -> None:
    assert outcomes(Scenario(manifests=1), Fault(0, CREATE, 0, "401"), Fault(0, TOKEN, 1, "empty-200")) == [
        "rejected"
    ]


def test_refused_create_is_looked_for_before_it_is_called_refused() -> None:
    assert outcomes(
        Scenario(manifests=1), Fault(0, CREATE, 0, "429-after"), Fault(0, LIST, 2, "null-data")
    ) == ["recovered"]


@pytest.mark.parametrize("status", [404, 409])
@pytest.mark.parametrize("lists", [1, 3])
def test_create_that_was_refused_after_the_insert_is_found_although_the_list_lags(
    status: int, lists: int
) -> None:
    lagging = [Fault(0, LIST, 2 + n, "shrunk") for n in range(lists)]
    assert outcomes(Scenario(manifests=1), Fault(0, CREATE, 0, f"{status}-after"), *lagging) == ["recovered"]


def test_template_that_was_read_back_wrong_is_read_once_more_before_it_is_said() -> None:
    assert outcomes(Scenario(manifests=1), Fault(0, GET, 0, "other-connector")) == ["created"]


def test_id_that_could_not_be_read_before_a_signal_came_is_not_called_created() -> None:
    """One byte of the id was changed on the way, and the signal came before the list could show it."""
    faults = (Fault(0, CREATE, 0, "corrupt", 31878), Fault(0, LIST, 2, "stop-before"))
    assert outcomes(Scenario(manifests=1), *faults) in (["unknown"], ["recovered"])


def test_wrong_id_is_found_out_also_when_reading_it_back_meets_trouble_with_everything() -> None:
    """`created` with the wrong id, and the true template told as a second one: that was said once."""
    faults = (Fault(0, CREATE, 0, "invented-id-after", 5), Fault(0, GET, 0, "301-moved"))
    assert outcomes(Scenario(manifests=1), *faults) == ["recovered"]
