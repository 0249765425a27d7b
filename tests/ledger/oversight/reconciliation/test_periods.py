"""The periodic record: when it is posted, when again, what it cites, and when all is forgotten."""

from bought import Bought, audited, value_fen
from components.told_log import ToldLog

from ledger.evidence.examples.school_day import SUPPLIER
from ledger.oversight.engine import Engine
from ledger.oversight.reconciliation.family import Reconciliation
from ledger.oversight.reconciliation.periods import period_of
from ledger.oversight.seen import Seen, inputs_root

MORNING = "2026-09-07T20:30:00.000Z"
OCTOBER = "2026-10-05T02:00:00.000Z"
DUE = "2026-10-30T16:00:00.000Z"
RICE = {"rice": 10_000}
FEN = value_fen("rice", 10_000)


def unpaid() -> tuple[Bought, Seen]:
    bought = Bought()
    _, taken = bought.delivery(RICE, MORNING)
    return bought, bought.settle([(taken.id, RICE)], OCTOBER)


def test_a_record_is_posted_thirty_days_after_the_period() -> None:
    bought, settlement = unpaid()
    bought.pay(settlement)
    bought.log.until(DUE)
    assert (bought.results, bought.row()["status"]) == ([], "open")

    bought.log.until("2026-10-30T16:00:00.001Z")

    assert (bought.results, bought.row()["status"]) == (["matched"], "matched")
    (record,) = bought.log.of("reconciliation")
    used = [seen.ref for seen in bought.log.records[3:-1]]
    assert (record["inputs"], record["inputs_root"]) == inputs_root(used)
    (found,) = [one for one in bought.log.found if one.request["type"] == "reconciliation"]
    assert {link["id"] for link in found.request["links"]} == {ref[2] for ref in used}


def test_a_late_payment_gives_one_more_record_after_the_interval() -> None:
    bought, settlement = unpaid()
    bought.log.until("2026-10-31T00:00:00.000Z")
    assert bought.results == ["mismatched"]

    bought.entry(1 - FEN, pays=[settlement])
    bought.entry(-1, pays=[settlement])
    bought.log.until("2026-10-31T02:00:00.000Z")
    assert (bought.results, bought.row()["status"]) == (["mismatched"], "matched")
    bought.log.until("2026-11-06T16:00:00.000Z")
    assert bought.results == ["mismatched"]

    bought.log.until("2026-12-31T00:00:00.000Z")

    assert bought.results == ["mismatched", "matched"]
    first, second = bought.log.of("reconciliation")
    assert (first["paid_fen"], second["paid_fen"]) == (0, FEN)


def test_what_changes_no_figure_gives_no_record() -> None:
    bought, settlement = unpaid()
    bought.pay(settlement)
    bought.log.until("2026-10-31T00:00:00.000Z")
    bought.dispatch("order:2105020001~A-1", {"rice": 0}, "2026-11-01T00:00:00.000Z")
    bought.log.until("2026-12-31T00:00:00.000Z")

    assert bought.results == ["matched"]


def test_figures_that_change_and_change_back_give_no_record() -> None:
    bought, settlement = unpaid()
    bought.pay(settlement)
    bought.log.until("2026-10-31T00:00:00.000Z")
    late = bought.entry(-1, "2026-11-01T00:00:00.000Z", pays=[settlement])
    bought.log.until("2026-11-02T00:00:00.000Z")
    bought.log.correct(late)
    bought.log.until("2026-11-04T00:00:00.000Z")
    bought.log.until("2026-12-31T00:00:00.000Z")

    assert bought.results == ["matched"]
    assert bought.row()["status"] == "matched"


def test_an_order_taken_back_leaves_no_row() -> None:
    bought = Bought()
    bought.order(RICE, "2026-09-07T00:00:00.000Z")
    bought.log.until("2026-09-12T00:00:00.000Z")
    assert bought.row()["ordered_fen"] == FEN

    bought.log.correct(next(seen for seen in bought.log.records if seen.type == "order"))
    bought.log.until("2026-12-31T00:00:00.000Z")

    assert [row for row in bought.log.rows.values() if row.kind == "supplier"] == []
    assert bought.results == []


def test_nothing_is_posted_before_a_policy_stands_in_the_log() -> None:
    bought, settlement = unpaid()
    bought.pay(settlement)
    bought.pay(settlement)
    records = [seen for seen in bought.log.records if seen.type != "policy"]
    log = ToldLog()
    log.engine = Engine([Reconciliation()], ledger=log.engine.ledger, zone="Asia/Shanghai")
    for seen in records:
        log.records.append(seen)
    findings = []
    for index, seen in enumerate(records):
        log.engine.step(
            Seen(
                index, seen.leaf_hash, seen.id, seen.type, seen.issuer, seen.submitter,
                seen.subjects, seen.links, seen.occurred_at, seen.logged_at, seen.signed,
                seen.payload,
            )
        )  # fmt: skip
    log.engine.advance("2026-12-31T00:00:00.000Z")
    changes = log.engine.take_changes()
    findings = changes.findings

    assert findings == []
    assert any(row.status == "mismatched" for row in changes.rows.values())


def test_a_policy_may_make_a_difference_graver_or_a_note() -> None:
    def short(**levels: str) -> Bought:
        bought = Bought(levels=levels)
        order = bought.order(RICE, "2026-09-07T00:00:00.000Z")
        bought.weigh(order, "rice", 9_000, MORNING)
        taken = bought.accept(order, {"rice": 9_000})
        bought.pay(bought.settle([(taken.id, {"rice": 9_000})], OCTOBER))
        bought.log.until("2026-12-01T00:00:00.000Z")
        return bought

    assert short(short_delivery="note").results == ["matched"]
    assert short(short_delivery="note").suspicions == []
    critical = short(short_delivery="critical")
    assert [one["severity"] for one in critical.log.of("suspicion")] == ["critical"]
    assert short(short_delivery="huge").suspicions == ["short-delivery"]


def test_a_fen_of_difference_may_be_tolerated() -> None:
    bought = Bought(tolerance_fen=1, levels={"not_paid": "note"})
    _, taken = bought.delivery(RICE, MORNING)
    settlement = bought.settle([(taken.id, RICE)], OCTOBER)
    bought.entry(1 - FEN, pays=[settlement])
    bought.log.until("2026-12-01T00:00:00.000Z")

    assert bought.results == ["matched"]


def test_a_list_of_differences_is_bounded_and_says_how_many_more() -> None:
    bought = Bought(shown=2)
    for day in range(10, 15):
        order = bought.order(RICE, f"2026-09-{day}T00:00:00.000Z")
        bought.weigh(order, "rice", 9_000)
        bought.accept(order, {"rice": 9_000})
    bought.log.until("2026-09-20T00:00:00.000Z")

    row = bought.row()
    assert (len(row["differences"]), row["more"]) == (2, 3)


def test_an_audit_finds_all_of_it_again() -> None:
    bought, settlement = unpaid()
    bought.register(account="9999")
    bought.pay(settlement)
    bought.pay(settlement)
    bought.entry(-77)
    bought.log.until("2026-10-31T00:00:00.000Z")
    bought.entry(1, pays=[settlement])
    bought.log.until("2026-11-01T00:00:00.000Z")
    bought.entry(FEN - 1, pays=[settlement])
    bought.log.until("2027-03-01T00:00:00.000Z")

    again, found = audited(bought.log)

    assert found == []
    assert again.reproduced == len(bought.log.found) >= 5
    assert sorted(bought.suspicions) == [
        "debit-without-settlement", "paid-twice", "payee-differs",
    ]  # fmt: skip


def test_a_mismatch_is_kept_for_half_a_year_and_then_forgotten() -> None:
    bought, settlement = unpaid()
    assert settlement
    key = next(key for key in bought.log.state if " period " in key)
    assert SUPPLIER in key
    bought.log.until("2027-03-29T00:00:00.000Z")
    assert bought.log.state[key]["parts"]  # type: ignore[index, call-overload]

    bought.log.until("2027-03-30T00:00:00.000Z")
    assert bought.log.state[key]["parts"] == {}  # type: ignore[index, call-overload]

    bought.log.until("2028-04-30T00:00:00.000Z")
    assert key not in bought.log.state
    assert bought.row()["status"] == "mismatched"


def test_months_begin_on_the_day_the_policy_says() -> None:
    assert period_of("2026-02-28", {"period_first_day": 1}) == ("2026-02-01", "2026-02-28")
    assert period_of("2026-03-25", {"period_first_day": 26}) == ("2026-02-26", "2026-03-25")
    assert period_of("2026-12-26", {"period_first_day": 26}) == ("2026-12-26", "2027-01-25")
    assert period_of("2026-12-26", {"period_first_day": 31}) == ("2026-11-28", "2026-12-27")
    assert period_of("0001-01-01", {"period_first_day": 5})[0] <= "0001-01-05"
    assert period_of("9999-12-31", {"period_first_day": 5})[1] >= "9999-12-05"


def test_times_that_cannot_be_stop_nothing() -> None:
    bought = Bought()
    order = bought.order(
        RICE, deliver_from="0001-01-01T00:00:00.000Z", deliver_until="9999-12-31T23:59:59.999Z"
    )
    bought.weigh(order, "rice", 10_000)
    bought.log.until("2027-12-31T00:00:00.000Z")

    assert [row.day for row in bought.log.rows.values() if row.kind == "supplier"] == ["2026-07-01"]
