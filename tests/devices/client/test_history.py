"""A history is followed link by link, whatever the service leaves out of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from paper_log import PARTY, TOKEN, PaperLog
from sample import HOLDER, evidence

from devices.client import MealtraceClient, Trust
from ledger.encoding import b64
from ledger.errors import MalformedError, VerificationError

Page = dict[str, Any]


@pytest.fixture
def client(paper: PaperLog) -> Iterator[MealtraceClient]:
    """Seven records about one supplier stand in the log."""
    with MealtraceClient(paper.url, TOKEN, trust=Trust.policy(paper.policy), party=PARTY) as client:
        list(client.post_many(evidence() for _ in range(7)))
        yield client


def test_all_pages_are_read_and_the_chain_reaches_its_head(client: MealtraceClient) -> None:
    history = client.history(HOLDER)

    assert [item.seq for item in history.entries] == [1, 2, 3, 4, 5, 6, 7]
    assert [item.index for item in history.entries] == [1, 2, 3, 4, 5, 6, 7]
    assert history.entries[0].entry.statement.type == "certificate"
    assert history.complete


def test_a_subject_nobody_spoke_of_has_an_empty_history(client: MealtraceClient) -> None:
    history = client.history("school:2105020001")

    assert (history.entries, history.complete) == ((), True)


def test_what_came_while_it_was_read_makes_it_incomplete(
    paper: PaperLog, client: MealtraceClient
) -> None:
    paper.lie.page = lambda page: {**page, "head": {**page["head"], "seq": 8}}

    assert not client.history(HOLDER).complete


def test_who_may_see_only_some_gets_these_and_is_told(
    paper: PaperLog, client: MealtraceClient
) -> None:
    paper.lie.page = lambda page: {
        **page,
        "entries": [item for item in page["entries"] if item["seq"] in {2, 3, 6}],
        "complete": False,
        "head": None,
    }
    history = client.history(HOLDER)

    assert [item.seq for item in history.entries] == [2, 3, 6]
    assert not history.complete


def dropped(page: Page) -> Page:
    return {**page, "entries": [item for item in page["entries"] if item["seq"] != 5]}


def repeated(page: Page) -> Page:
    return {**page, "entries": [*page["entries"], page["entries"][0]]}


def moved(page: Page) -> Page:
    return {**page, "entries": [{**item, "index": item["index"] + 1} for item in page["entries"]]}


def ended_early(page: Page) -> Page:
    return {**page, "cursor": None, "head": {**page["head"], "seq": 3}}


def beginning_cut_off(page: Page) -> Page:
    return {**page, "entries": [item for item in page["entries"] if item["seq"] > 1]}


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (dropped, "has a gap: expected 5, found 6"),
        (beginning_cut_off, "has a gap: expected 1, found 2"),
        (repeated, "has a gap: expected 4, found 1"),
        (moved, "breaks at number 2"),
        (ended_early, "does not end in its head"),
    ],
)
def test_an_entry_that_is_left_out_or_moved_is_missed(
    paper: PaperLog, client: MealtraceClient, lie: Callable[[Page], Page], said: str
) -> None:
    paper.lie.page = lie
    with pytest.raises(VerificationError, match=said):
        client.history(HOLDER)


def test_a_gap_is_found_where_only_some_are_shown(paper: PaperLog, client: MealtraceClient) -> None:
    """Neighbours must fit even where others may be hidden."""
    paper.lie.page = lambda page: {**moved(page), "complete": False, "head": None}
    with pytest.raises(VerificationError, match="breaks at number 2"):
        client.history(HOLDER)


def test_an_exchanged_entry_breaks_the_chain(paper: PaperLog, client: MealtraceClient) -> None:
    paper.leaves[4] = paper.leaves[4].replace(b'"logged_at":"2026', b'"logged_at":"2025')
    with pytest.raises(VerificationError, match="breaks at number 5"):
        client.history(HOLDER)


def test_an_entry_about_somebody_else_is_noticed(paper: PaperLog, client: MealtraceClient) -> None:
    foreign = {"index": 1, "seq": 1, "entry": b64(paper.leaves[1])}
    paper.lie.page = lambda page: {**page, "entries": [foreign]}
    with pytest.raises(VerificationError, match="entry 1 is not about school:2105020001"):
        client.history("school:2105020001")


@pytest.mark.parametrize(
    "page",
    [
        {"entries": None},
        {"entries": [7]},
        {"entries": [{"index": 1}]},
        {"entries": [], "complete": True, "head": 7},
        {"entries": [], "cursor": ""},
    ],
)
def test_what_is_no_history_is_malformed(
    paper: PaperLog, client: MealtraceClient, page: Page
) -> None:
    paper.lie.page = lambda _: page
    with pytest.raises(MalformedError):
        client.history(HOLDER)


# Search pages like it


def test_a_search_goes_on_to_the_last_page(paper: PaperLog, client: MealtraceClient) -> None:
    found = list(client.search(type="certificate", limit="2"))

    assert [item["index"] for item in found] == [1, 2, 3, 4, 5, 6, 7]
    assert paper.seen[-1].query == "type=certificate&limit=2&cursor=6"


@pytest.mark.parametrize(
    "page",
    [
        {"records": None, "cursor": None},
        {"records": [], "cursor": 7},
        {"records": [], "cursor": "2"},
    ],
)
def test_what_is_no_page_is_malformed(paper: PaperLog, client: MealtraceClient, page: Page) -> None:
    paper.lie.page = lambda _: page
    with pytest.raises(MalformedError, match="page"):
        list(client.search())
