"""The table of hops as the pages print it, and what follows from it alone."""

import re
from pathlib import Path

import pytest

from ledger.evidence.catalogue import TYPES
from ledger.statement import TYPE
from ledger.trace.hops import BY_NAME, PAPERS, RESTS_ON, UNDER_PAPERS, types_above, types_below
from ledger.trace.named import named, paths

DOCS = Path(__file__).parents[3] / "docs"
ROW = re.compile(
    r"^\| (`[a-z-]+:`(?:, `[a-z-]+:`)*) \| ([a-z, -]+) \| ([a-z, -]+) \|$", re.MULTILINE
)


@pytest.mark.parametrize("page", ["trace.md", "trace.zh-CN.md"])
def test_the_page_prints_the_table_as_it_is(page: str) -> None:
    printed: dict[str, dict[str, tuple[str, ...]]] = {}
    for kinds, lower, upper in ROW.findall((DOCS / page).read_text("utf-8")):
        for kind in re.findall(r"`([a-z-]+):`", kinds):
            for name in lower.split(", "):
                printed.setdefault(kind, {})[name] = tuple(upper.split(", "))

    assert printed == {kind: dict(table) for kind, table in RESTS_ON.items()}


def test_what_is_above_one_type_has_it_below() -> None:
    for kind, table in RESTS_ON.items():
        for lower in table:
            for upper in types_above(kind, lower):
                assert TYPE.fullmatch(upper)
                assert lower in types_below(kind, upper)


def test_nothing_rests_on_itself_by_way_of_others() -> None:
    for table in RESTS_ON.values():
        for start in table:
            above, waiting = set(), list(table[start])
            while waiting:
                name = waiting.pop()
                if name not in above:
                    above.add(name)
                    waiting += table.get(name, ())
            assert start not in above


def test_record_ids_are_found_where_the_schema_says_they_stand() -> None:
    one, other = "01a206fd-6778-7a62-a7b8-000000000001", "01a206fd-6778-7a62-a7b8-000000000002"
    payload = {
        "lines": [{"acceptance": one, "item_name": other}, {"acceptance": 3}, None],
        "deductions": [{"record": other}],
        "purpose": one,
    }

    assert named("settlement", payload) == {
        one: "lines.acceptance", other: "deductions.record",
    }  # fmt: skip
    assert named("settlement", {"lines": one, "deductions": {"record": []}}) == {}
    assert paths("weigh-in") == (("calibration",),)
    assert paths("no-such-type") == ()


def test_types_that_carry_papers_and_names_are_types() -> None:
    assert {"certificate", *UNDER_PAPERS, *BY_NAME} <= TYPES.keys()
    assert set(PAPERS).isdisjoint(UNDER_PAPERS)
