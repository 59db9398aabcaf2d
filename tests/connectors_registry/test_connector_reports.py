"""What the commands print: whole texts, and nothing that a hostile registry could do with them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from connectors_registry.registry_doubles import CRM_ID, FAKER_ID, POSTGRES_ID, entry, specification

from reconciler.connectors.registry.lock_change import LockUpdate, lock_changes
from reconciler.connectors.registry.lookup import (
    Collection,
    Held,
    Hit,
    builtin_collection,
    only_connector,
    search_collections,
)
from reconciler.connectors.registry.registry import ConnectorEntry, ConnectorType, Registry
from reconciler.errors import InvalidInput
from reconciler.model.diagnostic import Origin
from reconciler.report.connectors import (
    connector_document,
    lock_document,
    render_connector,
    render_lock,
    render_notes,
    render_search,
    search_document,
)
from reconciler.report.document import document_text
from reconciler.report.safe_text import Style

HOSTILE = "x\x1b[2J\u202e\n::error::y##[group]"
ARGUMENT = Origin("argument CONNECTOR", 0, 0)


def update(old: list[ConnectorEntry], new: list[ConnectorEntry], **changes: Any) -> LockUpdate:
    facts: dict[str, Any] = {
        "file": "connectors.lock.json",
        "source": "oss",
        "old_source": "oss",
        "connectors": len(new),
        "changes": lock_changes(old, new),
        "differs": old != new,
        "is_check": False,
    }
    return LockUpdate(**{**facts, **changes})


def held(*entries: ConnectorEntry, by: Held = Held.LOCK) -> Collection:
    return Collection(by, "connectors.lock.json" if by is Held.LOCK else f"the {by}", Registry(entries))


def shown(spec: Any) -> str:
    return render_connector(Hit(entry(specification=spec), held()))


def test_a_changed_lock_is_told_connector_by_connector() -> None:
    old = [entry("airbyte/source-a", id=FAKER_ID), entry(version="2.3.1")]
    new = [
        entry("airbyte/source-b", id=FAKER_ID.replace("d", "e")),
        entry(version="2.4.0", specification=specification(("region",), region={"type": "string"})),
    ]
    assert render_lock(update(old, new)) == (
        "- source-a 1.0.0: no manifest names it\n"
        "+ source-b 1.0.0\n"
        "~ source-crm 2.3.1 -> 2.4.0: adds required `region`\n"
        "connectors.lock.json: 2 connectors from the oss registry; written: 1 added, 1 changed, 1 removed.\n"
    )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"differs": False}, "up to date."),
        ({"differs": False, "is_check": True}, "up to date."),
        ({}, "written anew, no connector changed."),
        (
            {"is_check": True},
            "would be written anew, no connector changed; run `reconciler connectors lock`.",
        ),
        ({"old_source": None}, "written anew, no connector changed."),
        ({"old_source": "cloud"}, "written: its source."),
    ],
)
def test_the_last_line_says_what_happened_to_the_file(facts: dict[str, Any], said: str) -> None:
    text = render_lock(update([entry()], [entry()], **{"differs": True, **facts}))
    assert text.split("\n")[-2] == f"connectors.lock.json: 1 connector from the oss registry; {said}"


def test_another_registry_is_told() -> None:
    text = render_lock(update([entry()], [entry()], differs=True, source="r.json", old_source="cloud"))
    assert text == (
        "the registry is now r.json, was cloud\n"
        "connectors.lock.json: 1 connector from r.json; written: its source.\n"
    )


def test_a_first_lock_of_many_connectors_is_short_unless_asked() -> None:
    many = [entry(f"airbyte/source-{n:03}", id=f"00000000-0000-4000-8000-{n:012}") for n in range(100)]
    assert len(render_lock(update([], many)).splitlines()) == 22
    assert "  and 80 more added (-v shows them)\n" in render_lock(update([], many))
    assert len(render_lock(update([], many), verbose=True).splitlines()) == 101
    assert len(render_lock(update(many, [])).splitlines()) == 101


def test_the_lock_document_holds_every_change() -> None:
    document = lock_document(update([entry()], [entry(version="2")], is_check=True, notes=("n",), skipped=3))
    assert document == {
        "formatVersion": "1",
        "file": "connectors.lock.json",
        "source": "oss",
        "connectors": 1,
        "changed": True,
        "written": False,
        "skippedDefinitions": 3,
        "changes": [
            {
                "change": "changed",
                "id": CRM_ID,
                "type": "source",
                "repository": "airbyte/source-crm",
                "name": "Crm",
                "oldVersion": "1.0.0",
                "newVersion": "2",
                "words": ["same specification"],
            }
        ],
        "kept": [],
        "notes": ["n"],
        "problems": [],
    }


def test_search_takes_each_connector_from_the_first_that_knows_it() -> None:
    registry = held(
        entry(version="2"), entry("acme/source-crm", id=FAKER_ID, name="acme crm"), by=Held.REGISTRY
    )
    hits = search_collections("CRM", (held(entry()), registry))
    assert render_search(hits) == (
        "NAME      CONNECTOR        VERSION  TYPE    ID                                    FROM\n"
        f"acme crm  acme/source-crm  1.0.0    source  {FAKER_ID}  registry\n"
        f"Crm       source-crm       1.0.0    source  {CRM_ID}  lock\n"
    )
    assert [hit["from"] for hit in search_document(hits)["connectors"]] == ["registry", "lock"]  # type: ignore[index,call-overload,union-attr]


def test_a_search_without_result_prints_nothing() -> None:
    assert render_search(search_collections("none", (held(entry()),))) == ""
    assert search_document(()) == {"formatVersion": "1", "connectors": []}


def test_a_connector_is_shown_with_its_fields_and_oauth() -> None:
    spec = specification(
        ("login",),
        login={
            "oneOf": [
                {
                    "title": "OAuth",
                    "required": ["token"],
                    "properties": {
                        "kind": {"type": "string", "const": "OAuth", "enum": ["OAuth"]},
                        "token": {"type": "string", "airbyte_secret": True, "default": "hunter2"},
                    },
                }
            ]
        },
        limit={"type": ["integer", "null"], "minimum": 1, "maximum": 9, "default": 5, "order": 0},
        old={"airbyte_hidden": True, "enum": list("abcdefgh")},
    )
    spec["advanced_auth"] = {
        "auth_flow_type": "oauth2.0",
        "predicate_key": ["login", "kind"],
        "predicate_value": "OAuth",
        "oauth_config_specification": {
            "complete_oauth_output_specification": {
                "properties": {"t": {"path_in_connector_config": ["login", "token"]}}
            },
            "complete_oauth_server_input_specification": {"properties": {"client_id": {}}},
        },
    }
    assert shown(spec) == (
        "Crm\n"
        "connector   source-crm (source)\n"
        f"id          {CRM_ID}\n"
        "version     1.0.0\n"
        "from        connectors.lock.json\n"
        'OAuth       oauth2.0, when login.kind is "OAuth"\n'
        "  fills     login.token\n"
        "  its app   has to bring client_id\n"
        "\n"
        "FIELD               TYPE             REQUIRED  SECRET  DEFAULT      CONSTRAINTS\n"
        "limit               integer or null  no                5            at least 1, at most 9\n"
        "login               one of 1         yes\n"
        "login(OAuth)        option\n"
        "login(OAuth).kind   string           no                             always OAuth\n"
        "login(OAuth).token  string           yes       yes     (sensitive)\n"
        "old                 any              no                             hidden, one of a | b | c | d | e | f | 2 more\n"
    )


def test_a_connector_without_fields_says_so() -> None:
    assert shown({}).endswith("OAuth       no\n\nNo fields.\n")


def test_the_document_of_a_connector_masks_secrets_and_tells_where_it_is_from() -> None:
    spec = specification(
        key={"type": "string", "airbyte_secret": True, "default": "hunter2", "enum": ["hunter2"]}
    )
    document = connector_document(Hit(entry(specification=spec), held(by=Held.BUILTIN)))
    assert "hunter2" not in document_text(document)
    assert document["specificationIsCut"] is True
    assert document["fields"] == [
        {
            "path": "key",
            "role": "field",
            "type": "string",
            "required": False,
            "secret": True,
            "hidden": False,
            "title": None,
            "description": None,
            "default": "(sensitive)",
            "constraints": {"enum": "(sensitive)"},
        }
    ]


def test_hostile_text_of_a_registry_is_harmless_everywhere() -> None:
    spec = specification(
        (HOSTILE,), **{HOSTILE: {"type": HOSTILE, "default": HOSTILE, "pattern": HOSTILE, "enum": [HOSTILE]}}
    )
    spec["advanced_auth"] = {
        "auth_flow_type": HOSTILE,
        "predicate_key": [HOSTILE],
        "predicate_value": HOSTILE,
    }
    hostile = entry(HOSTILE, name=HOSTILE, version=HOSTILE, specification=spec)
    texts = [
        render_lock(update([entry()], [hostile], source=HOSTILE)),
        render_notes([HOSTILE]),
        render_search([Hit(hostile, held())]),
        render_connector(Hit(hostile, held())),
        document_text(connector_document(Hit(hostile, held()))),
        document_text(lock_document(update([entry()], [hostile]))),
    ]
    for text in texts:
        assert not {"\x1b", "\u202e", "\r"} & set(text)
        assert not any(line.lstrip().startswith("::") for line in text.split("\n"))
    assert not any("##[" in text for text in texts[:4])


def test_long_text_of_a_registry_is_cut() -> None:
    spec = specification(x={"default": "d" * 10_000, "enum": ["e" * 10_000] * 50})
    long = entry("r" * 10_000, name="n" * 10_000, version="v" * 10_000, specification=spec)
    assert max(map(len, render_search([Hit(long, held())]).split("\n"))) < 1_000
    assert max(map(len, render_connector(Hit(long, held()))[10_000:].split("\n"))) < 1_000


def test_colour_is_only_paint() -> None:
    plain, painted = (render_lock(update([], [entry()]), style=Style(colour)) for colour in (False, True))
    assert "\x1b[32m+\x1b[0m" in painted
    assert "\x1b" not in plain


def meant(reference: str, *collections: Collection) -> Hit:
    return only_connector(reference, collections, origin=ARGUMENT, command="reconciler new", registry=None)


MANY = (
    entry("airbyte/source-postgres", id=FAKER_ID, name="Postgres"),
    entry("airbyte/source-postgres-cdc", id=CRM_ID, name="Change Log"),
    entry("airbyte/destination-postgres", id=POSTGRES_ID, name="Postgres", type=ConnectorType.DESTINATION),
    entry("acme/source-google-ads", id="00000000-0000-4000-8000-0000000000e1", name="Google Ads"),
    entry("airbyte/source-google-drive", id="00000000-0000-4000-8000-0000000000e2", name="Google Drive"),
)


@pytest.mark.parametrize(
    ("reference", "label"),
    [
        ("postgres", "source-postgres"),
        ("POSTGRES", "source-postgres"),
        ("Source-Postgres", "source-postgres"),
        ("destination-postgres", "destination-postgres"),
        ("change log", "source-postgres-cdc"),
        ("postgres-c", "source-postgres-cdc"),
        ("cdc", "source-postgres-cdc"),
        ("ads", "acme/source-google-ads"),
        ("Ads Google", "acme/source-google-ads"),
        ("google-d", "source-google-drive"),
    ],
)
def test_a_connector_is_found_by_what_people_call_it(reference: str, label: str) -> None:
    for order in (MANY, MANY[::-1]):
        assert meant(reference, held(*order)).entry.label == label
        assert meant(reference, held(*order[:2]), held(*order[2:])).entry.label == label


@pytest.mark.parametrize(
    "reference", ["google", "source", "post gres", "", " ", "oogle", "log change postgres x"]
)
def test_what_fits_several_or_none_is_never_guessed(reference: str) -> None:
    with pytest.raises(InvalidInput):
        meant(reference, held(*MANY))


def test_candidates_of_all_collections_count() -> None:
    with pytest.raises(InvalidInput) as raised:
        meant("google", held(MANY[3]), held(MANY[4]))
    [problem] = raised.value.problems
    assert problem.message.startswith('the connector "google" is one of 2: acme/source-google-ads (')
    assert problem.help.endswith("such as `reconciler new acme/source-google-ads`")


def test_a_search_takes_words_in_any_order() -> None:
    assert [hit.entry.label for hit in search_collections("ADS google", (held(*MANY),))] == [
        "acme/source-google-ads"
    ]


def test_the_one_connector_meant_is_the_first_collections() -> None:
    hit = meant("source-crm", held(entry()), held(entry(version="2")))
    assert hit.entry.version == "1.0.0"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (
            "Crm",
            (
                f'error R212: the connector "Crm" is one of 2: acme/other ({FAKER_ID}) and source-crm ({CRM_ID}); name one of '
                "them by repository or id, such as `reconciler new acme/other`"
            ),
        ),
        (
            "source-crn",
            (
                'error R201: the connector "source-crn" is not in connectors.lock.json; did you mean acme/other or source-crm? Otherwise '
                "search with `reconciler connectors search`; `reconciler new source-crn --registry cloud` (or oss) looks into "
                "that registry"
            ),
        ),
    ],
)
def test_what_is_not_one_connector_is_invalid_input(reference: str, said: str) -> None:
    collection = held(entry(), entry("acme/other", id=FAKER_ID))
    with pytest.raises(InvalidInput) as raised:
        meant(reference, collection)
    [problem] = raised.value.problems
    assert f"{problem.severity} {problem.rule}: {problem.message}; {problem.help}" == said


def test_the_sandboxs_connectors_are_a_collection_too() -> None:
    hit = meant("Sample Data", builtin_collection())
    assert (hit.entry.repository, hit.entry.id) == ("airbyte/source-faker", FAKER_ID)
    assert json.dumps(hit.entry.specification)
