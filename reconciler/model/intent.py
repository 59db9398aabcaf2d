"""A create that may be on its way: what the journal keeps of it until the server's list, a refusal or a person decides it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Intent:
    """One create, known before it is sent. Holds no value of a manifest.

    The digests are of the content without the places in `without` (JSON pointers to values of variables): a digest of a
    short secret could be guessed. `presets_digests` are that of the manifest's presets and, if the server's merge defect
    would store others, that of those; `form_digest` is None where the manifest leaves the form to the server. `before` are the
    ids of templates that were there already and could be taken for this one, sorted. `sent_at` is UTC text. `answer` says
    what came back, "" when nobody knows; `template_id` is the id that the answer named. `was_listed` is True for one that is
    closed because a list named `template_id`.
    """

    id: str
    organization_id: str
    connector_id: str
    name: str
    presets_digests: tuple[str, ...]
    form_digest: str | None
    without: tuple[str, ...]
    before: tuple[str, ...]
    url: str
    sent_at: str = ""
    answer: str = ""
    template_id: str | None = None
    was_listed: bool = False
