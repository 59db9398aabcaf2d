"""`templateId`: one live template is what one manifest says, and never one that is not ours."""

from __future__ import annotations

import pytest
from manifests.manifest_reading import ProjectOnDisk, manifest_text

from reconciler.manifests.repetitions import TargetFacts

TEMPLATE = "9b2c0000-0000-4000-8000-00000000000a"
EU = "7c60d51f-b44e-4682-87d6-449835ea4de6"
US = "11111111-2222-4333-8444-555555555555"


def bound(name: str, template: str = TEMPLATE, organization: str | None = None) -> str:
    lines = [f"templateId: {template}"]
    if organization is not None:
        lines.append(f"organizationId: {organization}")
    return manifest_text(name, f"{{seed: {len(name)}}}", *lines)


def test_second_manifest_bound_to_a_template_is_an_error_that_names_the_first(project: ProjectOnDisk) -> None:
    project.write("a.yaml", bound("a") + "---\n" + bound("bb", TEMPLATE.upper()))
    project.write("b.yaml", bound("ccc"))
    told = (
        'bound to the same template as "a" at manifests/a.yaml:1:1; '
        "give each manifest the id of its own template, or remove one of them"
    )
    assert project.problems() == [
        f"R109 manifests/a.yaml:15:15: {told}",
        f"R109 manifests/b.yaml:7:15: {told}",
    ]


def test_binding_of_a_manifest_with_other_problems_counts_too(project: ProjectOnDisk) -> None:
    project.write("a.yaml", bound("a").replace("connector: source-faker", "connector: 5"))
    project.write("b.yaml", bound("b"))
    assert [problem[:4] for problem in project.problems()] == ["R104", "R109"]


def test_same_id_in_two_organizations_is_two_templates(project: ProjectOnDisk) -> None:
    project.write("a.yaml", bound("a", organization=EU) + "---\n" + bound("bb", organization=US))
    assert project.problems() == []


@pytest.mark.parametrize(("organization", "rules"), [(EU, ["R109"]), (US, []), (None, [])])
def test_organization_left_out_is_that_of_the_environment(
    organization: str | None, rules: list[str], project: ProjectOnDisk
) -> None:
    project.target_facts = TargetFacts("production", organization)
    project.write("a.yaml", bound("a", organization=EU.upper()) + "---\n" + bound("bb"))
    assert [problem[:4] for problem in project.problems()] == rules


def test_different_bindings_and_none_are_no_problem(project: ProjectOnDisk) -> None:
    texts = [bound("a"), bound("bb", US), manifest_text("ccc"), manifest_text("dddd", "{seed: 9}")]
    project.write("a.yaml", "---\n".join(texts))
    assert project.problems() == []


def test_manifest_bound_to_an_unmanaged_template_is_an_error_at_its_id(project: ProjectOnDisk) -> None:
    project.target_facts = TargetFacts("production", EU, frozenset({TEMPLATE}))
    project.write("a.yaml", bound("a", TEMPLATE.upper()))
    assert project.problems() == [
        (
            'R111 manifests/a.yaml:7:15: the environment "production" lists this template under unmanaged, so it is never matched; '
            "take it off that list if this manifest is to manage it; otherwise remove the manifest"
        )
    ]
