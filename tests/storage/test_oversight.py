"""What oversight keeps beside the log, on both databases: all of a stretch, or none of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from logs import new_log
from sqlalchemy import text

from ledger.errors import ConflictError, VerificationError
from ledger.oversight.engine import Changes, Finding
from ledger.oversight.family import Row
from storage.oversight import Oversight, Position, WantedRows

AT = "2026-10-01T00:00:00.000Z"
LATER = "2026-10-02T00:00:00.000Z"


@pytest.fixture
def oversight(url: str, tmp_path: Path) -> Iterator[Oversight]:
    store = new_log(url, tmp_path)[0]
    yield store.oversight
    store.close()


def changes(**members: Any) -> Changes:
    return Changes(members.pop("size", 1), **members)


def finding(number: int, **request: Any) -> Finding:
    return Finding("f", {"id": f"00000000-0000-7000-8000-{number:012}", **request})


def row(name: str, status: str = "open", **detail: Any) -> tuple[tuple[str, str], Row]:
    return ("f", name), Row("f", name, "school:1", "2026-10-01", "k", status, detail)


def test_nothing_is_there_before_the_first_stretch(oversight: Oversight) -> None:
    assert oversight.position() is None
    assert oversight.timers() == []
    assert oversight.read(["f a"]) == {}
    assert oversight.rows(WantedRows("f")) == []
    assert oversight.to_post(10) == []
    assert oversight.waiting() == (0, 0)


def test_a_stretch_is_stored_with_the_position_it_belongs_to(oversight: Oversight) -> None:
    stretch = changes(
        state={"f a": {"n": 1}, "f b": [1, "二"]},
        timers={(AT, "f", "a"), (LATER, "f", "b")},
        rows=dict([row("r", n=1)]),
        findings=[finding(1, x=1), finding(2), finding(1, x=2)],
    )
    stored = oversight.save(None, Position(7, AT, "1"), stretch)

    assert oversight.position() == stored
    assert (stored.size, stored.now, stored.rules) == (7, AT, "1")
    assert oversight.read(["f a", "f b", "f c"]) == {"f a": {"n": 1}, "f b": [1, "二"]}
    assert oversight.timers() == [(AT, "f", "a"), (LATER, "f", "b")]
    (shown,) = oversight.rows(WantedRows("f"))
    assert shown.detail == {"n": 1}
    assert [one.get("x") for one in oversight.to_post(10)] == [1, None]


def test_the_next_stretch_takes_the_place_of_what_it_changes(oversight: Oversight) -> None:
    first = changes(
        state={"f a": 1, "f b": 2, "f c": 3},
        timers={(AT, "f", "a"), (LATER, "f", "b")},
        rows=dict([row("r"), row("s")]),
    )
    before = oversight.save(None, Position(1, AT, "1"), first)
    second = changes(
        state={"f a": 9, "f b": None},
        timers={(LATER, "f", "c")},
        fired={(AT, "f", "a")},
        rows={("f", "r"): Row("f", "r"), **dict([row("s", "met")])},
    )
    oversight.save(before, Position(2, LATER, "1"), second)

    assert oversight.read(["f a", "f b", "f c"]) == {"f a": 9, "f c": 3}
    assert oversight.timers() == [(LATER, "f", "b"), (LATER, "f", "c")]
    assert [shown.status for shown in oversight.rows(WantedRows("f"))] == ["met"]


@pytest.mark.parametrize("before", [None, Position(1, AT, "1", b"other")])
def test_who_is_not_where_the_log_was_followed_to_writes_nothing(
    oversight: Oversight, before: Position | None
) -> None:
    oversight.save(None, Position(1, AT, "1"), changes(state={"f a": 1}))

    with pytest.raises(ConflictError):
        oversight.save(before, Position(2, AT, "1"), changes(state={"f a": 2}))

    assert oversight.read(["f a"]) == {"f a": 1}


def test_findings_leave_once_they_are_posted_and_refused_ones_stay(oversight: Oversight) -> None:
    found = [finding(number) for number in range(600)]
    oversight.save(None, Position(1, AT, "1"), changes(findings=found))
    oversight.posted([one.id for one in found[:550]])
    oversight.refused(found[550].id, "no")

    assert [one["id"] for one in oversight.to_post(1000)] == [one.id for one in found[551:]]
    assert oversight.waiting() == (49, 1)


def test_many_keys_are_written_and_forgotten_at_once(oversight: Oversight) -> None:
    keys = {f"f {number}": number for number in range(2_000)}
    rows = dict(row(str(number)) for number in range(2_000))
    before = oversight.save(None, Position(1, AT, "1"), changes(state=keys, rows=rows))
    assert oversight.read(list(keys)) == keys

    gone = {name: Row(*name) for name in rows}
    oversight.save(before, Position(2, AT, "1"), changes(state=dict.fromkeys(keys), rows=gone))

    assert oversight.read(list(keys)) == {}
    assert oversight.rows(WantedRows("f")) == []


def test_what_was_altered_is_not_believed(oversight: Oversight) -> None:
    oversight.save(None, Position(1, AT, "1"), changes(state={"f a": 1, "f b": 2}))
    with oversight._engine.begin() as connection:
        # One value put in another's place.
        connection.execute(
            text("UPDATE oversight_states SET sealed = (SELECT max(sealed) FROM oversight_states)")
        )

    with pytest.raises(VerificationError):
        oversight.read(["f a", "f b"])


def test_all_of_it_can_be_forgotten(oversight: Oversight) -> None:
    stretch = changes(
        state={"f a": 1}, timers={(AT, "f", "a")}, rows=dict([row("r")]), findings=[finding(1)]
    )
    oversight.save(None, Position(1, AT, "1"), stretch)
    oversight.forget()

    test_nothing_is_there_before_the_first_stretch(oversight)
