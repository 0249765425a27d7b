"""A term with planted faults through the real service: each is found, and nothing else is wrong."""

import csv
import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from components.term import world
from components.term.faults import awards, certificates, completeness, judging, risk
from components.term.faults.answering import Answering
from components.term.faults.catalogue import FAULTS, INCIDENT, SCHOOLS, STAFF, WEEKS
from components.term.faults.fault import Fault, Planted
from components.term.faults.judging import Found
from components.term.faults.plot import Plot
from components.term.generate import Shape, generate
from components.term.play import Stage, stage

from api.audit.local import audit
from api.overseeing import Overseer
from ledger import entry as entries
from ledger.oversight.families import FAMILIES, LISTS
from ledger.oversight.family import Row

pytestmark = pytest.mark.timeout(900)  # for the term, which is played once, on a slow machine

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Played:
    """The term as it was played.

    Attributes:
        stage: the service.
        plot: what was said.
        planted: what each fault must lead to, by its name.
        found: what was found.
    """

    stage: Stage
    plot: Plot
    planted: dict[str, Planted]
    found: list[Found]

    def expected_rows(self, family: str, status: str) -> list[tuple[str, str, str]]:
        """Scope, day and kind of the rows that faults must lead to."""
        return sorted(
            (row.scope, row.day, row.kind)
            for planted in self.planted.values()
            for row in planted.rows
            if (row.family, row.status) == (family, status)
        )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Five schools, six weeks, all faults, and the seven weeks after them."""
    plot = Plot(generate(Shape(schools=SCHOOLS, weeks=WEEKS, staff=STAFF)))
    planted = {}
    for fault in FAULTS:
        plot.begin(fault.name)
        planted[fault.name] = fault.plant(plot)
    term = plot.changed()
    how = {record: way for one in planted.values() for record, way in one.answers.items()}
    answer = Answering(
        term.cast, how, {plot.school(INCIDENT).canteen: risk.lifted_at(plot, INCIDENT)}
    )
    rules = {
        "certificates": certificates.RULES,
        "completeness": completeness.RULES,
        "reconciliation": awards.RULES,
    }
    with stage(tmp_path_factory.mktemp("faults") / "log", term, rules=rules) as on_stage:
        on_stage.play(term.said, answer)
        on_stage.until(term.said[-1].at_ms + 45 * _DAY_MS, answer)
        yield Played(on_stage, plot, planted, judging.read(on_stage))


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{one.item} {one.name}" for one in FAULTS])
def test_a_fault_is_found(played: Played, fault: Fault) -> None:
    planted = played.planted[fault.name]

    for expected in planted.findings:
        assert any(one.matches(expected) for one in played.found), expected
    for row in planted.rows:
        shown = judging.rows(
            played.stage, row.family, scope=row.scope, day_from=row.day, day_until=row.day
        )
        assert any(judging.shows(one, row) for one in shown), (row, shown)


def test_every_kind_of_rules_is_tried() -> None:
    assert {fault.item for fault in FAULTS} == set(range(1, 8))
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) > 50


def test_acts_are_refused_with_the_record_that_causes_it_and_nothing_else_is(
    played: Played,
) -> None:
    expected = {one.name: one for planted in played.planted.values() for one in planted.refusals}
    refused = dict(played.stage.refused)

    assert refused.keys() == expected.keys()
    for name, refusal in expected.items():
        problem = refused[name]
        (error,) = problem["errors"]
        assert (problem["status"], error["code"]) == (409, refusal.code)
        cause = error.get("record", "")
        record = played.stage.opened.store.oversight.record(cause) if cause else None
        assert refusal.cause in ({record.id, record.type} if record else {""})
    assert played.stage.opened.store.oversight.waiting() == (0, 0)


def test_nothing_is_found_that_no_fault_explains(played: Played) -> None:
    assert [str(one) for one in judging.unexplained(played.found, played.planted)] == []


def test_nothing_is_wrong_at_the_school_without_a_fault(played: Played) -> None:
    school = played.plot.term.cast.schools[0]
    its_own = {school.party, school.canteen}

    about = [str(one) for one in played.found if one.is_wrong and its_own & {*one.seen.subjects}]
    obligations = judging.rows(played.stage, "completeness", scope=school.party)

    assert about == []
    assert {row.status for row in obligations} == {"met"}
    assert len(obligations) > 500


def test_what_is_missing_is_what_was_left_out(played: Played) -> None:
    missing = judging.rows(played.stage, "completeness", status="missing")

    shown = sorted((row.scope, row.day, row.kind) for row in missing)
    assert shown == played.expected_rows("completeness", "missing")


def test_money_and_goods_reconcile_to_zero_where_nothing_was_done_to_them(played: Played) -> None:
    rows = [
        row
        for kind in ("supplier", "account", "meals", "award", "agreement", "selection")
        for row in judging.rows(played.stage, "reconciliation", kind=kind)
    ]
    apart = {_whose(row) for row in rows if row.status == "mismatched"}
    met = [row for row in rows if row.status != "mismatched"]
    planted = {
        (row.scope, row.day, row.kind, row.says[-1] if row.kind == "supplier" else "")
        for of in played.planted.values()
        for row in of.rows
        if (row.family, row.status) == ("reconciliation", "mismatched")
    }

    assert apart == planted
    assert {row.status for row in met} == {"matched"}
    books = [row.detail for row in met if row.kind == "supplier" and row.detail is not None]
    assert len(books) > 20
    for book in books:
        assert (book["unsettled_fen"], book["unpaid_fen"], book["differences"]) == (0, 0, [])
        assert book["accepted_fen"] == book["settled_fen"] == book["paid_fen"]
        for one in book["goods"]:  # what is refused at the door need not be weighed
            assert one["accepted"] <= one["weighed"] <= one["accepted"] + one["rejected"]


def test_an_auditor_asks_what_is_missing_and_where_the_money_went(played: Played) -> None:
    school = played.plot.term.cast.schools[2].party
    auditor = played.stage.as_(world.AUDITOR)
    asked = {"school": school, "from": "2026-09-01", "to": "2026-09-30"}

    answer = auditor.get("/v1/obligations", params={**asked, "status": "missing", "format": "csv"})
    missing = list(csv.DictReader(io.StringIO(answer.text)))
    books = auditor.get("/v1/reconciliations", params=asked).json()["reconciliations"]

    expected = played.expected_rows("completeness", "missing")
    wanted = [one for one in expected if one[0] == school and one[1] < "2026-10"]
    assert sorted((row["school"], row["day"], row["kind"]) for row in missing) == wanted
    assert len(wanted) == 9
    assert all(row["missing_record"] for row in missing)
    differences = {
        (book["supplier"], one["code"])
        for book in books
        if book["kind"] == "supplier"
        for one in book["differences"]
    }
    suppliers = {one.category: one.party for one in played.plot.term.cast.suppliers}
    assert differences == {
        (suppliers["meat"], "accepted-not-weighed"),
        (suppliers["meat"], "price-above-award"),
        (suppliers["meat"], "short-delivery"),
        (suppliers["vegetable"], "settled-then-corrected"),
        (suppliers["grain"], "not-settled"),
    }


def test_an_audit_finds_every_finding_again(played: Played) -> None:
    store = played.stage.opened.store
    every = (entries.parse(data).statement for data in store.entries(0, store.head().size))
    posted = sum(said.issuer.endswith("~engine") for said in every)

    report = audit(played.stage.opened.settings)

    assert report.findings == []
    assert report.checked["findings"] == posted > 300


def test_what_is_derived_again_from_entry_0_is_the_same(played: Played) -> None:
    opened = played.stage.opened
    size, before = opened.store.head().size, _all_rows(played)

    opened.store.oversight.forget()
    overseer = Overseer(opened, threading.Event(), "again")
    overseer.catch_up()

    assert opened.store.head().size == size
    assert overseer.found == 0
    assert opened.store.oversight.waiting() == (0, 0)
    assert _all_rows(played) == before


def _all_rows(played: Played) -> list[Row]:
    families = [family.name for family in (*FAMILIES, *LISTS)]
    return [row for family in families for row in judging.rows(played.stage, family)]


def _whose(row: Row) -> tuple[str, str, str, str]:
    """Of a reconciliation: school, month, kind, and the supplier of a supplier's."""
    supplier = str((row.detail or {})["supplier"]) if row.kind == "supplier" else ""
    return row.scope, row.day, row.kind, supplier
