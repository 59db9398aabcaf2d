"""A list that could be one page of several, or failed in part, is refused; one that says that it is whole is not."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from factories import ORGANIZATION, template_id

from reconciler.airbyte.public import public_rules
from reconciler.errors import UnusableAnswer
from reconciler.http.message import Answer

ROUTES = public_rules("https://api.example.com/v1")
(LIST,) = ROUTES.lists(ORGANIZATION)
URL = "https://api.example.com/v1/x?page=2"


def listed(envelope: dict[str, Any], headers: dict[str, str] | None = None, *, items: int = 3) -> int:
    """How many items the client reads from a list of `items`."""
    data = [{"id": template_id(n), "name": "Sample Data"} for n in range(items)]
    return len(
        ROUTES.parse_list(LIST, Answer(200, headers or {}, json.dumps({"data": data, **envelope}).encode()))
    )


PARTS: list[dict[str, Any]] = [
    {"next": URL},
    {"nextPage": 2},
    {"next_page_token": "abc"},
    {"nextPageToken": "abc"},
    {"NextToken": "abc"},
    {"nextLink": URL},
    {"@odata.nextLink": URL},
    {"next": {"href": URL}},
    {"nextCursor": "abc", "hasMore": False},
    {"previous": URL, "has_more": False},
    {"has_more": True},
    {"hasMore": "true"},
    {"hasNextPage": True},
    {"hasPrevious": True, "total": 3},
    {"more": True},
    {"is_truncated": True},
    {"isLastPage": False},
    {"last": False, "first": True},
    {"complete": False},
    {"incomplete_results": True},
    {"partial": True},
    {"cursor": "abc"},
    {"endCursor": "abc"},
    {"continuation": "abc"},
    {"continuationToken": "abc"},
    {"LastEvaluatedKey": {"id": {"S": "a"}}},
    {"marker": "abc"},
    {"scroll_id": "abc"},
    {"bookmark": "abc"},
    {"offset": "itr/rec"},
    {"after": "abc"},
    {"paging": {"next": {"after": "abc"}}},
    {"total": 57},
    {"total": "57"},
    {"totalCount": 57},
    {"total_count": 57},
    {"totalSize": 57},
    {"totalResults": 57},
    {"@odata.count": 57},
    {"count": 57},
    {"numFound": 57, "count": 57},
    {"size": 57},
    {"remaining": 54},
    {"pages": 19},
    {"pageCount": 19},
    {"total_pages": 19},
    {"lastPage": 19},
    {"page": 2, "total": 3},
    {"page": 1},
    {"currentPage": 1, "perPage": 20},
    {"offset": 20},
    {"limit": 3},
    {"per_page": 3, "page": 1},
    {"pagination": {"page": 1, "pages": 19}},
    {"pagination": {"hasMore": True}},
    {"meta": {"page": {"total": 57}}},
    {"meta": {"total": 57}},
    {"response_metadata": {"next_cursor": "abc"}},
    {"pageInfo": {"hasNextPage": True, "endCursor": "abc"}},
    {"paging": {"cursors": {"before": "a", "after": "b"}}},
    {"links": {"self": URL, "next": URL}},
    {"_links": {"next": {"href": URL}}},
    {"links": [{"rel": "next", "href": URL}]},
    {"page": {"size": 20, "totalElements": 57, "totalPages": 3, "number": 0}},
]


@pytest.mark.parametrize("envelope", PARTS, ids=json.dumps)
def test_a_list_that_says_or_may_mean_that_there_is_more_is_refused(envelope: dict[str, Any]) -> None:
    with pytest.raises(UnusableAnswer, match="it may be partial: it carries"):
        listed(envelope)


@pytest.mark.parametrize(
    "envelope",
    [
        {"error": "timeout"},
        {"status": "partial"},
        {"status": 200},
        {"meta": {"p": 1}},
        {"meta": {"errors": ["x"]}},
        {"ok": False},
        {"warning": "x"},
        {"code": "500"},
        {"errors": [{"message": "upstream"}]},
        {"who knows": {"what": "this is"}},
        {"meta": {"meta": {"meta": {"meta": {"total": 3}}}}},
    ],
    ids=json.dumps,
)
def test_an_envelope_that_speaks_of_trouble_or_of_something_unknown_is_not_believed(
    envelope: dict[str, Any],
) -> None:
    with pytest.raises(UnusableAnswer, match="which this version does not know"):
        listed(envelope)


@pytest.mark.parametrize(
    "envelope",
    [
        {"next": None},
        {"next": None, "previous": None, "count": 3},
        {"nextPageToken": ""},
        {"next_page": 0},
        {"has_more": False},
        {"hasMore": "false", "cursor": "abc"},
        {"total": 3},
        {"totalCount": "3"},
        {"total": 3, "limit": 3, "offset": 0},
        {"total": 3, "page": 1, "per_page": 3},
        {"limit": 20, "offset": 0},
        {"page": 0, "pageSize": 20},
        {"pagination": {"next": None, "total": 3}},
        {"pagination": {}},
        {"paging": None},
        {"meta": {"total": 3, "last_page": 1, "current_page": 1, "from": 1, "to": 3, "per_page": 15}},
        {"meta": {"request_id": "x"}},
        {"links": {"self": URL, "next": None}},
        {"links": {"first": URL, "last": URL, "prev": None, "next": None}, "meta": {"total": 3}},
        {"_links": {}},
        {
            "pageInfo": {
                "hasNextPage": False,
                "hasPreviousPage": False,
                "startCursor": "a",
                "endCursor": "c",
            }
        },
        {
            "page": {
                "size": 20,
                "totalElements": 3,
                "totalPages": 1,
                "number": 0,
                "first": True,
                "last": True,
            }
        },
        {"response_metadata": {"next_cursor": ""}},
        {"isTruncated": False, "maxResults": 100},
        {"error": None, "errors": [], "warning": ""},
        {"requestId": "x"},
    ],
    ids=json.dumps,
)
def test_a_list_that_says_that_there_is_no_more_is_read(envelope: dict[str, Any]) -> None:
    assert listed(envelope) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content-range", "items 0-2/57"),
        ("content-range", "0-2/*"),
        ("x-content-range", "items 3-5/6"),
        ("x-next-page", "2"),
        ("x-next-cursor", "abc"),
        ("next-page-token", "abc"),
        ("opc-next-page", "abc"),
        ("x-ms-continuation", "abc"),
        ("x-continuation-token", "abc"),
        ("x-cursor", "abc"),
        ("x-page", "2"),
        ("x-page", "1"),
        ("x-total", "57"),
        ("x-total-count", "57"),
        ("total-count", "57"),
        ("x-totalcount", "57"),
        ("x-result-count", "57"),
        ("x-total-pages", "19"),
        ("x-wp-totalpages", "19"),
        ("x-page-count", "19"),
        ("x-has-more", "true"),
        ("x-truncated", "1"),
        ("x-partial", "yes"),
        ("x-pagination", '{"TotalCount": 57, "PageSize": 20}'),
        ("x-pagination", '{"TotalCount"'),
        ("link", f'<{URL}>; rel="next"'),
        ("link", "<a>; rel=prev, <b>; rel=next"),
        ("link", "<b>;REL='NEXT'"),
        ("link", "<b>; rel=prev"),
    ],
)
def test_a_header_that_speaks_of_more_pages_may_mean_a_partial_list(name: str, value: str) -> None:
    with pytest.raises(UnusableAnswer, match=f"it may be partial: it carries the header {name}, which"):
        listed({}, {name: value})


@pytest.mark.parametrize(
    "headers",
    [
        {"x-total-count": "3"},
        {"x-total": "3", "x-page": "1", "x-per-page": "20", "x-next-page": "", "x-total-pages": "1"},
        {"content-range": "items 0-2/3"},
        {"x-has-more": "false"},
        {"x-pagination": '{"TotalCount": 3, "CurrentPage": 1, "HasNext": false}'},
        {"link": "<https://docs/next>; rel=help"},
        {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "57", "x-envoy-attempt-count": "2"},
        {"x-cache-hits": "4", "x-frame-options": "DENY", "accept-ranges": "bytes", "last-modified": "x"},
        {"x-mod-pagespeed": "1.13", "x-page-speed": "on", "keep-alive": "timeout=5, max=100"},
    ],
    ids=json.dumps,
)
def test_headers_that_say_that_there_is_no_more_or_speak_of_something_else_pass(
    headers: dict[str, str],
) -> None:
    assert listed({}, headers) == 3


def test_an_empty_list_with_an_empty_range_is_whole() -> None:
    assert listed({"total": 0}, {"content-range": "*/0"}, items=0) == 0


@pytest.mark.parametrize("link", ["rel=", "rel = ", "=' ", "rel;", '"rel=next', "<a>;", "next "])
def test_a_link_header_of_any_kind_is_read_in_linear_time(link: str) -> None:
    """A pattern over the whole header took eight seconds for one of 64 KiB, and no deadline ends that."""
    start = time.perf_counter()
    with contextlib.suppress(UnusableAnswer):
        listed({}, {"link": (link * 64_000)[:64_000]})
    assert time.perf_counter() - start < 1.0


@pytest.mark.parametrize("name", ["a", "aA", "A", "page ", "total_", "1", "-"])
def test_a_member_or_header_of_any_name_is_read_in_linear_time(name: str) -> None:
    long = (name * 64_000)[:64_000]
    start = time.perf_counter()
    for envelope, headers in (({long: 1}, {}), ({}, {long: "1"}), ({}, {"content-range": long})):
        with contextlib.suppress(UnusableAnswer):
            listed(envelope, headers)
    assert time.perf_counter() - start < 2.0


def test_a_long_name_is_not_repeated() -> None:
    with pytest.raises(UnusableAnswer, match="it carries a member with a long name, which"):
        listed({"x" * 41: 1})
