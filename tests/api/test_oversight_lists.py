"""The lists of oversight: pages, filters, CSV, and how far oversight had read."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playground import embedded, serving

from api.installation import open_installation
from ledger.evidence.examples import school_day as day
from ledger.oversight.engine import Changes
from ledger.oversight.family import Row
from storage.oversight import Position

NOW = "2026-10-31T08:00:00.000Z"


@pytest.fixture(scope="module")
def client(
    settled: Callable[[Path], dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """An auditor's, over thirty obligations of October."""
    home = tmp_path_factory.mktemp("lists")
    tokens = settled(home)
    settings = embedded(home)
    changes = Changes(7)
    for number in range(1, 31):
        status = "missing" if number % 3 == 0 else "met"
        sign = "＝" if number == 6 else "="
        detail: dict[str, Any] = {"expected_for": f"{sign}dish {number}", "late_s": number}
        row = Row("completeness", f"r{number}", day.SCHOOL, f"2026-10-{number:02}",
                  "sample-of-dish", status, detail)  # fmt: skip
        changes.rows["completeness", f"r{number}"] = row
    with closing(open_installation(settings)) as opened:
        opened.store.oversight.save(None, Position(7, NOW, "x"), changes)
    with serving(settings, tokens) as running:
        yield running.as_(day.AUDITOR)


def ask(client: httpx.Client, **query: Any) -> Any:
    answer = client.get("/v1/obligations", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_answer_says_how_far_oversight_had_read(client: httpx.Client) -> None:
    assert ask(client)["as_of"] == {"size": 7, "time": NOW}


def test_rows_are_flat_and_in_the_order_of_their_days(client: httpx.Client) -> None:
    rows = ask(client)["obligations"]

    assert [row["day"] for row in rows] == [f"2026-10-{number:02}" for number in range(1, 31)]
    assert rows[2] == {
        "day": "2026-10-03",
        "school": day.SCHOOL,
        "kind": "sample-of-dish",
        "status": "missing",
        "expected_for": "=dish 3",
        "late_s": 3,
    }


def test_pages_give_every_row_once(client: httpx.Client) -> None:
    found, cursor = [], None
    while True:
        page = ask(client, limit=7, **({} if cursor is None else {"cursor": cursor}))
        found += page["obligations"]
        cursor = page["cursor"]
        if cursor is None:
            break

    assert found == ask(client)["obligations"]


def test_what_is_missing_in_a_week_is_one_question(client: httpx.Client) -> None:
    query = {"school": day.SCHOOL, "from": "2026-10-05", "to": "2026-10-11", "status": "missing"}

    assert [row["day"] for row in ask(client, **query)["obligations"]] == [
        "2026-10-06",
        "2026-10-09",
    ]
    assert ask(client, kind="check-of-shift")["obligations"] == []
    assert ask(client, school="school:2105029999")["obligations"] == []


def test_csv_has_the_same_rows_and_no_formula(client: httpx.Client) -> None:
    answer = client.get("/v1/obligations", params={"format": "csv", "status": "missing"})

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["mealtrace-as-of"] == f"size=7, time={NOW}"
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["day"] for line in lines] == [f"2026-10-{n:02}" for n in range(3, 31, 3)]
    assert lines[0]["expected_for"] == "'=dish 3"
    assert lines[0]["late_s"] == "3"
    assert lines[1]["expected_for"] == "'＝dish 6"


def test_a_long_csv_says_where_it_goes_on(client: httpx.Client) -> None:
    answer = client.get("/v1/obligations", params={"format": "csv", "limit": 20})
    following = client.get(answer.links["next"]["url"])

    assert len(answer.text.splitlines()) == 21
    assert len(following.text.splitlines()) == 11
    assert "next" not in following.links


@pytest.mark.parametrize(
    "query",
    [
        {"school": "3"},
        {"from": "October"},
        {"to": "2026-10"},
        {"kind": "Sample"},
        {"cursor": "7"},
        {"limit": 0},
        {"limit": 10_001},
        {"format": "xlsx"},
        {"to": "2026-10-01", "from": "2026-10-31"},
        {"from": "2026-02-30"},
        {"kind": "sample-of-dishes"},
        {"status": "lost"},
        {"schol": "school:2105020001"},
        {"holder": "school:2105020001"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_its_name(
    client: httpx.Client, query: dict[str, Any]
) -> None:
    answer = client.get("/v1/obligations", params=query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == f"/query/{next(iter(query))}"
