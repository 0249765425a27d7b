"""A supplier's credit over HTTP: explained, with its proof, for those whose business it is."""

import csv
import io
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from playground import Running, embedded, example, governance, serving

from api.govern import admin_of, say
from api.installation import Installation, open_installation
from api.overseeing import Overseer
from ledger import entry as entries
from ledger import subject_index
from ledger.encoding import unb64
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day as day
from ledger.oversight.credit import Credit
from ledger.oversight.engine import Changes
from ledger.oversight.family import Row
from ledger.subject_index import SubjectIndex
from ledger.verification import verify
from storage.oversight import Position

USCC = day.SUPPLIER.partition(":")[2]
PATH = f"/v1/suppliers/{USCC}/credit"
OTHER = "supplier:91210500MA0R4W7K2A"
NEWCOMER = "supplier:91210500MA0YK7QX5T"


def append(opened: Installation, request: dict[str, Any]) -> None:
    draft = prepare(
        request, submitter=request["issuer"], ledger=opened.ledger, new_seed=bytes(range(32))
    )
    (outcome,) = opened.store.append([draft])
    assert not isinstance(outcome, Exception), outcome


@pytest.fixture(scope="module")
def running(
    settled: Callable[[Path], dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Three rejections, the second disputed, found by the rules; a subject index covers them."""
    home = tmp_path_factory.mktemp("credit")
    tokens, settings = settled(home), embedded(home)
    with closing(open_installation(settings)) as opened:
        rules = {"name": "credit", "version": 1, "rules": dict(Credit.defaults)}
        newcomer = {"party": NEWCOMER, "name": "X"}
        say(opened, "party-registration", newcomer, issuer=admin_of(opened))
        granted = {"party": NEWCOMER, "role": "supplier", "granted": True}
        say(opened, "role-grant", granted, issuer=admin_of(opened))
        say(opened, "policy", rules, issuer=admin_of(opened))
        for number, reason in enumerate(("spoiled", "label", "temperature"), 1):
            request = example("rejection", rejection_no=f"J-{number}")
            request["payload"]["lines"][0]["reason_code"] = reason
            append(opened, request)
            if number == 2:
                disputed = opened.store.record(request["id"])
                about = example("dispute", record=request["id"])
                sha256 = entries.parse(disputed.data).statement.sha256.hex()
                about["links"] = [{"rel": "disputes", "id": request["id"], "sha256": sha256}]
                append(opened, about)
        Overseer(opened, threading.Event(), "test").catch_up()
        size = opened.store.head().size
        built = subject_index.build(opened.store.heads_at(size), size)
        append(opened, governance("subject-index", settings.operator, built.to_json()))
        Overseer(opened, threading.Event(), "test").catch_up()
    with serving(settings, tokens) as running:
        yield running


def credit(running: Running, party: str = day.SUPPLIER, **query: Any) -> Any:
    answer = running.as_(party).get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_score_is_explained_from_its_start_to_its_balance(running: Running) -> None:
    found = credit(running)

    assert (found["start_points"], found["balance_points"], found["grade"]) == (100, 91, "a")
    assert [one["change_points"] for one in found["movements"]] == [-5, -1, -3]
    assert [one["balance_after_points"] for one in found["movements"]] == [95, 94, 91]
    assert [one["status"] for one in found["movements"]] == ["in-force", "disputed", "in-force"]
    assert {one["factor"]: one["points"] for one in found["factors"]} == {
        "documents": -1,
        "quality": -8,
    }
    first = found["movements"][0]
    assert first["sentence_en"] == "Goods of order A-17 were refused on the spot (spoiled): −5."
    assert first["sentence_zh"] == "订单 A-17 的货物被现场拒收（变质）：−5 分。"
    assert running.as_(day.SUPPLIER).get(f"/v1/records/{first['cause']}").status_code == 200
    assert running.as_(day.SUPPLIER).get(f"/v1/records/{first['record']}").status_code == 200
    assert found["as_of"]["size"] > 0
    assert found["cursor"] is None


def test_the_answer_proves_that_nothing_about_the_supplier_is_left_out(running: Running) -> None:
    found = credit(running)["history"]
    history = running.as_(day.SUPPLIER).get(found["link"]).json()

    assert found["head"] == history["head"]
    assert found["completeness"] == history["completeness"]
    support = found["completeness"]["support"]
    opened = entries.parse(unb64(support["entry"])).open
    assert opened is not None
    proofs = subject_index.parse_heads(support["heads"])
    subject_index.verify(SubjectIndex.of_json(opened.payload), proofs)
    assert [proof.head.subject for proof in proofs] == [day.SUPPLIER]


def test_a_certificate_is_a_bundle_that_is_verified_offline(running: Running) -> None:
    (certificate,) = credit(running)["certificates"]
    assert certificate["type"] == "credit-entry"
    assert certificate["record"] == credit(running)["movements"][-1]["record"]

    bundle = running.as_(day.SUPPLIER).get(certificate["bundle"]).content
    verdict = verify(bundle, running.as_(None).get("/v1/trust").content)

    assert "fail" not in {check.state.value for check in verdict.checks}
    assert b'"balance_after_points"' in bundle


@pytest.mark.parametrize("party", [day.SUPPLIER, day.FUNDS, day.REGULATOR, day.AUDITOR])
def test_it_is_shown_to_the_supplier_and_to_those_who_oversee(running: Running, party: str) -> None:
    assert credit(running, party)["balance_points"] == 91


@pytest.mark.parametrize("party", [day.SCHOOL, day.LABOUR, day.BANK])
def test_to_others_it_is_not_there_like_that_of_nobody(running: Running, party: str) -> None:
    answer = running.as_(party).get(PATH)
    nobody = running.as_(day.AUDITOR).get("/v1/suppliers/91210500MA0R4W7K2A/credit")

    assert (answer.status_code, nobody.status_code) == (404, 404)
    assert answer.json()["detail"].replace(USCC, "X") == nobody.json()["detail"].replace(
        "91210500MA0R4W7K2A", "X"
    )


def test_a_supplier_that_nothing_was_recorded_of_has_what_all_begin_with(running: Running) -> None:
    answer = running.as_(day.AUDITOR).get(f"/v1/suppliers/{NEWCOMER.partition(':')[2]}/credit")

    found = answer.json()
    assert (found["start_points"], found["balance_points"], found["grade"]) == (100, 100, "a")
    assert (found["movements"], found["certificates"], found["rating"]) == ([], [], None)
    assert found["summary_en"].startswith(
        "The account began with 100 points, and nothing has moved"
    )
    assert found["summary_zh"] == "起始 100 分，尚无变动，等级 A。"


def test_movements_are_filtered_and_paged(running: Running) -> None:
    assert [one["entry_no"] for one in credit(running, status="disputed")["movements"]] == [2]
    assert credit(running, **{"from": "2999-01-01"})["movements"] == []
    found, cursor = [], None
    while True:
        page = credit(running, limit=2, **({} if cursor is None else {"cursor": cursor}))
        found += [one["entry_no"] for one in page["movements"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert sorted(found) == [1, 2, 3]


def test_csv_has_the_movements_with_their_sentences(running: Running) -> None:
    answer = running.as_(day.SUPPLIER).get(PATH, params={"format": "csv"})

    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["entry_no"] for line in lines] == ["1", "2", "3"]
    assert [line["change_points"] for line in lines] == ["-5", "-1", "-3"]
    assert lines[1]["status"] == "disputed"
    assert lines[0]["sentence_zh"].startswith("订单 A-17")
    assert answer.headers["content-type"].startswith("text/csv")


# The public ratings

RATED = [(day.SUPPLIER, "2026-09-30", "a", 966_672, 1), (OTHER, "2026-09-30", "b", 801_000, 2),
         (day.SUPPLIER, "2026-10-31", "b", 850_000, 2), (OTHER, "2026-10-31", "a", 950_000, 1)]  # fmt: skip


@pytest.fixture(scope="module")
def anybody(
    settled: Callable[[Path], dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """Somebody without a token, over two months' ratings."""
    home = tmp_path_factory.mktemp("ratings")
    tokens, settings = settled(home), embedded(home)
    changes = Changes(7)
    for supplier, until, grade, score_ppm, rank in RATED:
        detail: dict[str, Any] = {
            "period_from": f"{until[:8]}01", "period_until": until, "grade": grade,
            "score_ppm": score_ppm, "rank": rank, "rated_suppliers": 2, "deliveries": 20,
            "faults": {"quality": 2}, "factors": [], "record": str(uuid.uuid4()),
        }  # fmt: skip
        name = f"rating {supplier} {until[:8]}01"
        changes.rows["credit", name] = Row("credit", name, supplier, until, "rating", grade, detail)
    with closing(open_installation(settings)) as opened:
        opened.store.oversight.save(None, Position(7, "2026-11-04T00:00:00.000Z", "x"), changes)
    with serving(settings, tokens) as running:
        yield running.as_(None)


def test_anybody_reads_grades_scores_and_ranks_and_nothing_else(anybody: httpx.Client) -> None:
    found = anybody.get("/v1/ratings").json()

    assert [(one["day"], one["rank"], one["supplier"]) for one in found["ratings"]] == [
        ("2026-09-30", 1, day.SUPPLIER),
        ("2026-09-30", 2, OTHER),
        ("2026-10-31", 1, OTHER),
        ("2026-10-31", 2, day.SUPPLIER),
    ]
    assert found["ratings"][0] == {
        "day": "2026-09-30", "supplier": day.SUPPLIER, "kind": "rating", "status": "a",
        "period_from": "2026-09-01", "period_until": "2026-09-30", "grade": "a",
        "score_ppm": 966_672, "rank": 1, "rated_suppliers": 2,
    }  # fmt: skip


def test_ratings_of_a_month_or_a_grade_are_one_question(anybody: httpx.Client) -> None:
    october = anybody.get("/v1/ratings", params={"from": "2026-10-01", "status": "a"}).json()

    assert [one["supplier"] for one in october["ratings"]] == [OTHER]


def test_ratings_as_csv(anybody: httpx.Client) -> None:
    answer = anybody.get("/v1/ratings", params={"format": "csv", "limit": 2})

    assert answer.text.splitlines()[0] == (
        "day,supplier,kind,status,period_from,period_until,grade,score_ppm,rank,rated_suppliers"
    )
    assert len(answer.text.splitlines()) == 3
    following = anybody.get(answer.links["next"]["url"])
    assert len(following.text.splitlines()) == 3
    assert "next" not in following.links
