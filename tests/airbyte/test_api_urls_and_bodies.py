"""Where requests go and what is in them."""

from __future__ import annotations

import json

import pytest
from factories import ORGANIZATION, template_id

from reconciler.airbyte.api import NewTemplate
from reconciler.airbyte.public import public_rules
from reconciler.errors import ReconcilerError
from reconciler.model.template import SOURCE_TEMPLATE

FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://api.airbyte.com/v1", "https://api.airbyte.com", "/v1/config_templates/sources"),
        ("https://api.airbyte.com/v1/", "https://api.airbyte.com", "/v1/config_templates/sources"),
        ("http://localhost:8000", "http://localhost:8000", "/config_templates/sources"),
        ("http://[::1]:8000/api/public/v1", "http://[::1]:8000", "/api/public/v1/config_templates/sources"),
    ],
)
def test_paths_lie_under_the_base_url(url: str, origin: str, path: str) -> None:
    routes = public_rules(url)
    assert (routes.base.origin, routes.lists(ORGANIZATION)[0].path) == (origin, path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.airbyte.com/v1",
        "ftp://api.airbyte.com",
        "https://",
        "https://h:0/",
        "https://h:99999/",
        "https://h:x/",
        "https://h/v1?x=1",
        "https://h/v1#x",
        "https://h/v 1",
        "https://h/\n",
        "https://bücher.example/v1",
        "https://good.example\\.evil.example/v1",
        "https://a..b/v1",
        "https://h/v1?token=hush",
        "https://[::1",
        "https://" + "a" * 64,
    ],
)
def test_unusable_url_is_refused_with_the_two_that_are_meant(url: str) -> None:
    with pytest.raises(ReconcilerError) as caught:
        public_rules(url)
    assert caught.value.help == "a self-managed platform's API is at <host>/api/public/v1"
    assert "hush" not in caught.value.message


def test_url_with_a_password_is_refused_without_showing_it() -> None:
    with pytest.raises(ReconcilerError) as caught:
        public_rules("https://me:hush@api.airbyte.com/v1")
    assert caught.value.message == "the API url holds a user name or password"
    assert "hush" not in caught.value.help


def test_create_sends_exactly_the_documented_members() -> None:
    routes = public_rules("https://h/v1")
    without_form = routes.create(ORGANIZATION, NewTemplate(FAKER_ID.upper(), {"a": "é"}))
    with_form = routes.create(ORGANIZATION, NewTemplate(FAKER_ID, {}, {"connectionSpecification": {}}))
    assert json.loads(without_form.body or b"") == {
        "organizationId": ORGANIZATION,
        "actorDefinitionId": FAKER_ID,
        "partialDefaultConfig": {"a": "é"},
    }
    assert json.loads(with_form.body or b"") == {
        "organizationId": ORGANIZATION,
        "actorDefinitionId": FAKER_ID,
        "partialDefaultConfig": {},
        "partialUserConfigSpec": {"connectionSpecification": {}},
    }


@pytest.mark.parametrize("bad", ["", "x", "../../x", template_id(1) + "/", template_id(1) + "?x=1", "é" * 36])
def test_only_a_uuid_becomes_part_of_a_path(bad: str) -> None:
    routes = public_rules("https://h/v1")
    with pytest.raises(ReconcilerError, match=r"the template id .* is not a UUID"):
        routes.get(ORGANIZATION, bad, SOURCE_TEMPLATE)
    with pytest.raises(ReconcilerError, match=r"the organization id .* is not a UUID"):
        routes.lists(bad)[0]
