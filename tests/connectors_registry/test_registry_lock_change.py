"""Which connectors a lock must hold, and what a new lock changes."""

from __future__ import annotations

from typing import Any

from connectors_registry.registry_doubles import (
    CRM_ID,
    FAKER_ID,
    POSTGRES_ID,
    destination,
    entry,
    registry,
    source,
    specification,
)

from reconciler.connectors.registry.lock import lock_text, read_lock, read_lock_file
from reconciler.connectors.registry.lock_change import (
    ChangeKind,
    Choice,
    Reference,
    choose_connectors,
    kept_entries,
    lock_changes,
)
from reconciler.connectors.registry.lookup import builtin_collection
from reconciler.connectors.registry.registry import parse_registry
from reconciler.model.diagnostic import Severity

CRM = source()
FAKER = source("airbyte/source-faker", sourceDefinitionId=FAKER_ID, name="Sample Data")


def chosen(*references: str | Reference, sources: Any = (CRM, FAKER), **options: Any) -> Choice:
    parsed = parse_registry(registry(*sources, destinations=[destination()]))
    wanted = [Reference(each) if isinstance(each, str) else each for each in references]
    return choose_connectors(wanted, parsed, registry_words="the oss registry", **options)


def labels(choice: Choice) -> list[str]:
    return [entry.label for entry in choice.entries]


def remarks(choice: Choice) -> list[str]:
    return [
        f"{remark.severity} {remark.rule}: {remark.message}; {remark.help}"
        for told in choice.remarks.values()
        for remark in told
    ]


def test_only_what_is_named_is_locked_each_once_by_repository() -> None:
    choice = chosen("source-faker", "airbyte/source-faker", FAKER_ID.upper(), "source-crm")
    assert labels(choice) == ["source-crm", "source-faker"]
    assert choice.remarks == {}


def test_nothing_named_locks_nothing() -> None:
    assert chosen() == Choice(())


def test_an_unknown_repository_is_an_error_with_near_misses() -> None:
    choice = chosen("source-fakr")
    assert labels(choice) == []
    assert remarks(choice) == [
        (
            'error R201: the connector "source-fakr" is not in the oss registry; did you mean source-faker? Otherwise '
            "search with `reconciler connectors search`, or write its actor definition id"
        )
    ]


def test_what_the_registry_does_not_know_is_kept_whether_it_is_named_or_not() -> None:
    own, other = entry("acme/source-own", id=POSTGRES_ID), entry("acme/source-other", id=FAKER_ID)
    parsed = parse_registry(registry(CRM))
    kept = kept_entries([own, other, entry(id=CRM_ID, version="0.1.0")], parsed)
    assert kept == (own, other)
    choice = chosen("acme/source-own", "source-crm", sources=(CRM,), kept=kept)
    assert [(each.label, each.version) for each in choice.entries] == [
        ("acme/source-other", "1.0.0"),
        ("acme/source-own", "1.0.0"),
        ("source-crm", "1.0.0"),
    ]
    assert choice.remarks == {}


def test_a_name_that_is_kept_never_comes_to_mean_the_registrys_connector() -> None:
    own = entry("source-crm", id=POSTGRES_ID, name="Ours")
    assert [each.id for each in chosen("source-crm", kept=(own,)).entries] == [POSTGRES_ID]
    both = chosen("source-crm", CRM_ID, kept=(own,))
    assert {each.id for each in both.entries} == {POSTGRES_ID, CRM_ID}


def test_the_sandboxes_own_entries_are_not_kept_since_their_specifications_are_cut() -> None:
    faker = next(each for each in builtin_collection().registry.entries if each.id == FAKER_ID)
    assert kept_entries([faker], parse_registry(registry(CRM))) == ()


def test_an_unusable_entry_is_told_apart_from_a_missing_one() -> None:
    assert remarks(chosen("source-crm", sources=(source(spec=None), FAKER))) == [
        (
            'error R201: the connector "source-crm" is in the oss registry, but cannot be locked: it has no specification; '
            "try the registry of the other edition"
        )
    ]


def test_an_ambiguous_name_lists_its_connectors() -> None:
    twin = source("acme/crm-source", sourceDefinitionId=FAKER_ID)
    assert remarks(chosen("Crm", sources=(source(), twin))) == [
        (
            f'error R212: the connector "Crm" is the name of 2 connectors: acme/crm-source ({FAKER_ID}) and source-crm '
            f"({CRM_ID}); write the repository or the id of one of them"
        )
    ]


def test_a_unique_name_is_locked_with_a_warning() -> None:
    choice = chosen("Sample Data")
    assert labels(choice) == ["source-faker"]
    [remark] = choice.remarks[Reference("Sample Data")]
    assert (remark.rule, remark.severity) == ("R214", Severity.WARNING)
    assert remark.help.startswith("write source-faker")


def test_an_unknown_id_may_be_a_custom_connector_and_is_a_warning() -> None:
    unknown = "00000000-0000-4000-8000-00000000ffff"
    choice = chosen(unknown, "source-crm")
    assert labels(choice) == ["source-crm"]
    assert remarks(choice) == [
        (
            f'warning R213: the connector "{unknown}" is not in the oss registry, so its specification stays unknown; '
            "lock a custom connector from what its author has (`reconciler connectors lock --help`); otherwise correct the id"
        )
    ]


def test_a_destination_is_locked_with_a_warning() -> None:
    choice = chosen(POSTGRES_ID)
    assert labels(choice) == ["destination-postgres"]
    assert remarks(choice)[0].startswith("warning R215: ")


def test_a_destination_of_a_connection_template_is_locked_without_a_warning() -> None:
    choice = chosen(Reference(POSTGRES_ID, kind="ConnectionTemplate"))
    assert (labels(choice), remarks(choice)) == (["destination-postgres"], [])


def test_a_removed_connector_is_locked_with_a_warning() -> None:
    choice = chosen("source-crm", sources=(source(tombstone=True),))
    assert labels(choice) == ["source-crm"]
    assert remarks(choice) == [
        (
            'warning R216: the connector "source-crm" should not be used any more: the registry marks it as removed '
            "(tombstone); choose another connector"
        )
    ]


def test_connector_that_was_withdrawn_is_marked_in_the_lock_and_told() -> None:
    (before,), (after,) = (
        chosen("source-crm", sources=(source(tombstone=gone),)).entries for gone in (False, True)
    )
    text = lock_text("cloud", [after])
    assert '"tombstone": true' in text
    assert "tombstone" not in lock_text("cloud", [before])
    assert read_lock_file(text, "lock").entries == (after,)
    assert [connector.tombstone for connector in read_lock(text, "lock")] == [True]
    assert lock_changes([before], [after])[0].words == ("withdrawn: nothing can be created of it",)
    assert lock_changes([after], [before])[0].words == ("no longer withdrawn",)


def test_the_value_of_a_variable_is_not_shown() -> None:
    assert "hunter2" not in str(remarks(chosen(Reference("source-hunter2", is_hidden=True))))


def test_many_unknown_connectors_are_told_all_of_them() -> None:
    assert len(remarks(chosen(*(f"source-none-{number}" for number in range(200))))) == 200


def test_equal_locks_have_no_changes() -> None:
    assert lock_changes([entry()], [entry()]) == ()


def test_connectors_come_and_go_in_the_order_of_the_lock() -> None:
    new = entry("airbyte/source-a", id=FAKER_ID)
    added, removed = lock_changes([entry()], [new])
    assert (added.kind, added.entry, added.old_version, added.new_version) == (
        ChangeKind.ADDED,
        new,
        None,
        "1.0.0",
    )
    assert (removed.kind, removed.entry, removed.new_version) == (ChangeKind.REMOVED, entry(), None)


def test_a_new_specification_is_told_in_words() -> None:
    old = entry(version="2.3.1", specification=specification(old={"type": "string"}))
    new = entry(version="2.4.0", specification=specification(("region",), region={"type": "string"}))
    [change] = lock_changes([old], [new])
    assert (change.kind, change.old_version, change.new_version) == (ChangeKind.CHANGED, "2.3.1", "2.4.0")
    assert change.words == ("adds required `region`", "removes `old`")


def test_a_new_version_with_the_same_specification_says_so() -> None:
    [change] = lock_changes([entry()], [entry(version="1.0.1")])
    assert change.words == ("same specification",)


def test_a_connector_that_moved_is_the_same_connector() -> None:
    [change] = lock_changes([entry()], [entry("airbyte/source-crm2", name="Crm 2")])
    assert change.words == (
        "repository is now `airbyte/source-crm2`, was `airbyte/source-crm`",
        "name is now `Crm 2`, was `Crm`",
    )
