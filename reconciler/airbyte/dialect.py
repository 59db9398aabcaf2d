"""What a dialect has to know: its requests, the meaning of its answers, and of its refusals. Opens nothing.

One module for each dialect implements it. `client` and `session` do everything else.
"""

from __future__ import annotations

from typing import Protocol

from reconciler.airbyte.api import ListedTemplate, NewTemplate, TemplateChange
from reconciler.airbyte.calls import BaseUrl, Call
from reconciler.airbyte.refusals import Refusals
from reconciler.http.message import Answer
from reconciler.model.template import LiveTemplate


class DialectRules(Protocol):
    """One dialect under one base url. Ids that are no UUID raise `ReconcilerError`, answers of another shape `UnusableAnswer`."""

    @property
    def base(self) -> BaseUrl:
        """Where the API is."""
        ...

    @property
    def organization_header(self) -> str:
        """The header that names the organization, spelled as on the wire."""
        ...

    @property
    def token_per_organization(self) -> bool:
        """Whether a token may be for one organization only. Else one is used for all."""
        ...

    @property
    def refusals(self) -> Refusals:
        """What its error answers mean."""
        ...

    def login(self, organization_id: str, client_id: str, client_secret: str) -> Call:
        """The exchange of client id and secret for a token."""
        ...

    def lists(self, organization_id: str) -> tuple[Call, ...]:
        """The lists that together name every template of an organization."""
        ...

    def parse_list(self, call: Call, answer: Answer, *, is_own: bool) -> tuple[ListedTemplate, ...]:
        """The organization's templates in one of them, sorted by id, each once. `is_own`: the server confirmed that the token is the
        organization's.
        """
        ...

    def get(self, organization_id: str, template_id: str, kind: str) -> Call:
        """One template."""
        ...

    def parse_template(self, call: Call, answer: Answer, template_id: str) -> LiveTemplate:
        """The template. Its id must be the one that was asked for."""
        ...

    def create(self, organization_id: str, new: NewTemplate) -> Call:
        """The create. Raises `ReconcilerError` for what the dialect cannot express."""
        ...

    def update(self, organization_id: str, change: TemplateChange) -> Call:
        """The update. As `create`."""
        ...

    def tags(self, organization_id: str) -> Call | None:
        """The list of tags, which is there exactly where tags can be changed. None: there are no tags."""
        ...

    def change_tag(self, organization_id: str, listed: ListedTemplate, tag: str, *, add: bool) -> Call:
        """The request that adds or removes one tag. As `create`."""
        ...

    def global_list(self, organization_id: str) -> Call | None:
        """The list of Airbyte's own templates. None: there is none of them alone."""
        ...

    def parse_global(self, call: Call, answer: Answer) -> tuple[ListedTemplate, ...]:
        """Airbyte's own templates in it, sorted by id."""
        ...

    def ownership(self, organization_id: str, template_id: str) -> Call:
        """The request that finds out whose a template is, and changes nothing."""
        ...

    def owns(self, call: Call, answer: Answer, template_id: str) -> bool | None:
        """What its answer says, whatever the status. None: nothing."""
        ...
