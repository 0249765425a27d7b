"""Records that move a score by themselves, how they pass, and how they are taken back."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.oversight.credit.worth import worth

ENGINE = "operator:91210500MA0XR22L6F~engine"


@pytest.fixture
def told(supplies: Callable[..., Any]) -> Any:
    return supplies()


LOT = "lot:91210500MA0UTC1A0P~pork-leg~P-1122"


def computed(kind: str, **changes: Any) -> dict[str, Any]:
    payload = {**TYPES[kind].example["payload"], **changes}
    return {name: value for name, value in payload.items() if value is not None}


def find(told: Any, kind: str, at: str | None = None, **changes: Any) -> Any:
    """A finding of another family."""
    return told.log.post(
        kind, computed(kind, as_of_size=5_000, **changes), issuer=ENGINE, at=at,
        links=TYPES[kind].example["links"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "points", "factor"),
    [
        ("spoiled", -5, "quality"),
        ("temperature", -3, "quality"),
        ("no-document", -2, "documents"),
        ("label", -1, "documents"),
        ("late", -1, "punctuality"),
        ("short-weight", -2, "in-full"),
        ("other", -1, "quality"),
    ],
)
def test_a_rejection_costs_by_its_reason(told: Any, reason: str, points: int, factor: str) -> None:
    rejected = told.reject("2026-09-07", reason)

    assert told.entries() == [("rejected", points, 100 + points)]
    (entry,) = told.log.of("credit-entry")
    assert entry["cause"] == rejected.id
    assert told.row(1).detail["factor"] == factor


def test_a_rejection_of_several_lines_costs_by_the_worst(told: Any) -> None:
    line = TYPES["rejection"].example["payload"]["lines"][0]
    told.reject(
        "2026-09-07",
        lines=[
            {**line, "reason_code": "label"},
            {**line, "order_line_no": 1, "reason_code": "spoiled"},
            {**line, "order_line_no": 3, "reason_code": "other"},
        ],
    )

    assert told.entries() == [("rejected", -5, 95)]


def test_a_rejection_that_is_corrected_is_reversed_and_the_right_one_counts(told: Any) -> None:
    wrong = told.reject("2026-09-07")
    told.log.correct(wrong)
    assert not [key for key in told.log.state if key.startswith(("credit entry", "credit of"))]
    told.reject("2026-09-07", "label", number="J-2")

    assert told.entries() == [("rejected", -5, 95), ("withdrawn", 5, 100), ("rejected", -1, 99)]
    assert told.row(1).status == "reversed"
    assert told.log.of("credit-entry")[1]["cause"] == wrong.id


def test_half_of_a_rejection_passes_each_time_its_days_are_over(told: Any) -> None:
    told.log.until("2026-09-06T22:40:00.000Z")
    told.reject("2026-09-07")
    entry = told.log.of("credit-entry")[0]
    assert (entry["effective_on"], entry["expires_on"]) == ("2026-09-07", "2026-12-05")
    told.log.until("2026-12-05T15:59:59.999Z")
    assert len(told.entries()) == 1

    told.log.until("2026-12-05T16:00:00.001Z")
    assert told.entries()[1:] == [("expired", 3, 98)]
    told.log.until("2027-03-06T16:00:00.001Z")
    assert told.entries()[2:] == [("expired", 1, 99)]
    assert told.row(1).status == "in-force"
    told.log.until("2027-06-03T16:00:00.001Z")

    assert told.entries()[3:] == [("expired", 1, 100)]
    assert told.row(1).status == "expired"
    assert told.log.of("credit-entry")[3]["cause"] == told.row(1).detail["record"]
    assert not [key for key in told.log.state if key.startswith("credit entry")]


def test_a_late_delivery_passes_all_at_once(told: Any) -> None:
    told.deliver("2026-09-07", time="09:00:00")
    told.log.until("2026-12-07T16:00:00.001Z")

    assert told.entries() == [("late", -1, 99), ("expired", 1, 100)]
    assert told.row(1).status == "expired"


@pytest.mark.parametrize(
    ("change", "kept_bp", "halvings", "left"),
    [(-5, 10_000, 0, -5), (-5, 10_000, 1, -2), (-5, 5_000, 0, -2), (-5, 5_000, 1, -1),
     (-5, 0, 0, 0), (-1, 10_000, 1, 0), (5, 10_000, 1, 2)],
)  # fmt: skip
def test_what_is_left_is_rounded_towards_nothing(
    change: int, kept_bp: int, halvings: int, left: int
) -> None:
    assert worth(change, kept_bp, halvings) == left


def test_a_certificate_that_lapsed_costs_and_one_that_is_about_to_does_not(told: Any) -> None:
    told.log.until("2026-11-23T00:00:00.000Z")
    common = {"holder": day.SUPPLIER, "staff": None, "certificate_kind": "food-business-permit"}
    find(told, "expiry-warning", **common, valid_until="2026-12-10", checked_on="2026-11-23",
         days_left=17, lead_days=30)  # fmt: skip
    find(told, "expiry-warning", **common, valid_until="2026-11-23", checked_on="2026-11-23",
         days_left=0, lead_days=0)  # fmt: skip
    assert told.entries() == []

    find(told, "expiry-warning", **common, valid_until="2026-11-22", checked_on="2026-11-23",
         days_left=-1, lead_days=0)  # fmt: skip

    assert told.entries() == [("certificate-lapsed", -3, 97)]


def test_papers_that_never_came_cost_and_what_others_owe_does_not(told: Any) -> None:
    told.log.until("2026-11-23T00:00:00.000Z")
    common = {"responsible": day.SUPPLIER, "canteen": None, "due_at": "2026-11-22T00:00:00.000Z"}
    find(told, "missing-evidence", **common, expected_type="dispatch", expected_for=day.ORDER)
    find(told, "missing-evidence", **{**common, "responsible": day.SCHOOL},
         expected_type="lot-document", expected_for=day.ORDER)  # fmt: skip
    assert told.entries() == []

    find(told, "missing-evidence", **common, expected_type="lot-document", expected_for=day.ORDER)

    assert told.entries() == [("document-missing", -2, 98)]


def test_a_paper_that_many_schools_miss_costs_once(told: Any) -> None:
    told.log.until("2026-11-23T00:00:00.000Z")
    common = {"responsible": day.SUPPLIER, "canteen": None, "due_at": "2026-11-22T00:00:00.000Z",
              "expected_type": "lot-document"}  # fmt: skip
    for place in range(3):
        find(told, "missing-evidence", **common, expected_for=f"{LOT}#animal-quarantine",
             source=f"00000000-0000-4000-8000-00000000000{place}")  # fmt: skip
    assert told.entries() == [("document-missing", -2, 98)]

    find(told, "missing-evidence", **common, expected_for=f"{LOT}#meat-inspection")

    assert told.entries() == [("document-missing", -2, 98), ("document-missing", -2, 96)]


def suspect(told: Any, at: str, kind: str = "certificate-lapsed") -> None:
    find(told, "suspicion", at=at, suspicion_kind=kind, responsible=day.SUPPLIER, canteen=None,
         inputs_root=at.translate(str.maketrans("", "", "-T:.Z")).rjust(64, "0"))  # fmt: skip


def test_goods_delivered_without_papers_cost_once_a_week(told: Any) -> None:
    suspect(told, "2026-09-07T00:00:00.000Z")
    suspect(told, "2026-09-07T01:00:00.000Z")
    suspect(told, "2026-09-13T00:00:00.000Z")
    assert told.entries() == [("suspicion", -5, 95)]

    suspect(told, "2026-09-14T00:00:00.000Z")
    suspect(told, "2026-09-14T01:00:00.000Z", "supplier-not-admitted")

    assert told.entries()[1:] == [("suspicion", -5, 90), ("suspicion", -10, 80)]


def test_a_suspicion_that_the_policy_does_not_name_costs_nothing(told: Any) -> None:
    suspect(told, "2026-09-07T00:00:00.000Z", "photo-reused")

    assert told.entries() == []


def inspect(told: Any, conclusion: str, responsible: str = day.SUPPLIER) -> None:
    payload = TYPES["official-inspection"].example["payload"]
    items = [{"item_code": "storage", "result": "pass"}]
    if conclusion != "pass":
        items = [{"item_code": "storage", "result": "fail", "severity": "major"}]
    payload = {n: v for n, v in payload.items() if n not in ("canteen", "rectify_by")}
    if conclusion == "rectify":
        payload["rectify_by"] = "2026-12-30T00:00:00.000Z"
    told.log.post(
        "official-inspection",
        {**payload, "inspection_no": conclusion, "responsible": responsible, "items": items,
         "conclusion": conclusion},
        issuer=day.REGULATOR,
    )  # fmt: skip


def test_an_inspection_of_the_supplier_costs_by_its_conclusion(told: Any) -> None:
    inspect(told, "pass")
    inspect(told, "fail", responsible=day.SCHOOL)
    assert told.entries() == []
    inspect(told, "rectify")
    inspect(told, "fail")

    assert told.entries() == [("inspection", -3, 97), ("inspection", -8, 89)]


@pytest.mark.parametrize(
    ("issuer", "stage", "cost"),
    [(day.REGULATOR, "opened", 10), (day.REGULATOR, "extended", 0), (day.SUPPLIER, "opened", 0)],
)
def test_a_recall_costs_who_did_not_recall_by_itself(
    told: Any, issuer: str, stage: str, cost: int
) -> None:
    example = TYPES["recall"].example
    payload = {**example["payload"], "supplier": day.SUPPLIER, "hazard_class": "critical",
               "stage": stage, "notice_no": 1 if stage == "opened" else 2}  # fmt: skip
    told.log.post("recall", payload, issuer=issuer, links=example.get("links", ()))

    assert [-change for _, change, _ in told.entries()] == ([cost] if cost else [])


def evaluate(told: Any, points: int, *, number: str = "1", first: str = "2026-09-01",
             last: str = "2026-09-30", school: str = day.SCHOOL) -> Any:  # fmt: skip
    payload = TYPES["supplier-evaluation"].example["payload"]
    scores = [{"criterion": "quality", "points": points, "points_most": 100}]
    return told.log.post(
        "supplier-evaluation",
        {**payload, "evaluation_no": number, "school": school, "supplier": day.SUPPLIER,
         "period_from": first, "period_until": last, "scores": scores, "points": points,
         "points_most": 100},
        issuer=school,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("points", "change"), [(90, 1), (89, 0), (75, 0), (74, -1), (60, -1), (59, -3), (0, -3)]
)
def test_an_evaluation_moves_the_score_by_the_share_of_its_points(
    told: Any, points: int, change: int
) -> None:
    evaluate(told, points)

    assert [entry[1] for entry in told.entries()] == ([change] if change else [])


def test_a_school_evaluates_a_period_once(told: Any) -> None:
    evaluate(told, 50)
    evaluate(told, 50, number="2", first="2026-09-30", last="2026-10-31")
    evaluate(told, 50, number="3", school="school:2105020002")
    evaluate(told, 50, number="4", first="2026-10-01", last="2026-10-31")

    assert [entry[1] for entry in told.entries()] == [-3, -3, -3]


def test_an_evaluation_that_is_corrected_makes_room_for_the_right_one(told: Any) -> None:
    wrong = evaluate(told, 50)
    told.log.correct(wrong)
    evaluate(told, 95, number="2")

    assert told.entries() == [("evaluation", -3, 97), ("withdrawn", 3, 100), ("evaluation", 1, 101)]


def test_nothing_moves_before_a_policy_stands_in_the_log(supplies: Callable[..., Any]) -> None:
    from components.told_log import ADMIN, ToldLog

    told = supplies()
    family = told.log.engine._contexts[0].family
    told.log = ToldLog(at="2026-08-20T00:00:00.000Z")
    told.log.engine = type(told.log.engine)(
        [family], ledger="00" * 32, zone="Asia/Shanghai",
        read=lambda keys: {k: told.log.state[k] for k in keys if k in told.log.state},
    )  # fmt: skip
    told.reject("2026-09-01", number="J-0")
    assert told.log.rows == {}
    told.log.post("policy", {"name": "credit", "version": 1, "rules": dict(family.defaults)},
                  issuer=ADMIN)  # fmt: skip
    told.reject("2026-09-01", number="J-1")

    assert told.entries() == [("rejected", -5, 95)]


def test_an_order_above_the_reference_price_costs_a_point(told: Any) -> None:
    told.log.example(TYPES["reference-price"].example, at="2026-11-14T00:00:00.000Z")
    dear = {
        "line_prices": [
            {"line_no": 1, "unit_price_fen": "3180", "price_unit": "kg", "amount_fen": 31_800},
            {"line_no": 2, "unit_price_fen": "1702", "price_unit": "box", "amount_fen": 5_106},
        ],
        "amount_fen": 36_906,
    }
    fair = {
        "line_prices": [
            {"line_no": 1, "unit_price_fen": "3170", "price_unit": "kg", "amount_fen": 31_700},
            {"line_no": 2, "unit_price_fen": "1700", "price_unit": "box", "amount_fen": 5_100},
        ],
        "amount_fen": 36_800,
    }
    for on, prices in (("2026-11-16", fair), ("2026-11-17", dear), ("2026-11-30", dear)):
        told.order(on, **prices, at=max(told.log.now, f"{on}T00:00:00.000Z"))
        told.accept(on, at=f"{on}T00:30:00.000Z")
    told.settle("2026-11-30")

    assert told.entries() == [("price", -1, 99)]
    facts = told.row(1).detail["facts"]
    # 10 kg at 3022.67 and 3 boxes at 1620: 30,227 and 4,860 fen.
    assert (facts["fen"], facts["reference_fen"], facts["above_bp"]) == (36_906, 35_087, 518)
    assert told.log.of("credit-entry")[0]["inputs"] == 2


def test_a_reference_price_that_was_taken_back_is_not_held_against_anybody(told: Any) -> None:
    listed = told.log.example(TYPES["reference-price"].example, at="2026-11-14T00:00:00.000Z")
    told.order("2026-11-17", at="2026-11-16T00:00:00.000Z", line_prices=[
        {"line_no": 1, "unit_price_fen": "9000", "price_unit": "kg", "amount_fen": 90_000},
        {"line_no": 2, "unit_price_fen": "1702", "price_unit": "box", "amount_fen": 5_106},
    ], amount_fen=95_106)  # fmt: skip
    told.accept("2026-11-17", at="2026-11-16T23:00:00.000Z")
    told.log.correct(listed)
    told.settle("2026-11-17")

    assert told.entries() == []


def test_a_reference_price_taken_back_after_the_charge_reverses_it_for_good(told: Any) -> None:
    listed = told.log.example(TYPES["reference-price"].example, at="2026-11-14T00:00:00.000Z")
    told.order("2026-11-17", at="2026-11-16T00:00:00.000Z", line_prices=[
        {"line_no": 1, "unit_price_fen": "9000", "price_unit": "kg", "amount_fen": 90_000},
        {"line_no": 2, "unit_price_fen": "1702", "price_unit": "box", "amount_fen": 5_106},
    ], amount_fen=95_106)  # fmt: skip
    told.accept("2026-11-17", at="2026-11-16T23:00:00.000Z")
    told.settle("2026-11-17")
    told.log.correct(listed)
    told.log.until("2026-11-28T00:00:00.000Z")

    assert told.entries() == [("price", -1, 99), ("withdrawn", 1, 100)]


def listed(told: Any, number: str, per_kg: str, at: str) -> None:
    example = TYPES["reference-price"].example
    prices = [
        {**price, "unit_price_fen": value, "lowest_fen": 0, "highest_fen": 9_000}
        for price, value in zip(example["payload"]["line_prices"], (per_kg, "1480"), strict=True)
    ]
    told.log.example(example, list_no=number, line_prices=prices, valid_from="2026-09-01",
                     valid_until="2026-09-30", at=at)  # fmt: skip


@pytest.mark.parametrize(("older", "newer", "cost"), [("2000", "2600", 0), ("2600", "2000", 1)])
def test_of_two_lists_of_prices_the_newer_counts(
    told: Any, older: str, newer: str, cost: int
) -> None:
    listed(told, "1", older, "2026-08-30T00:00:00.000Z")
    listed(told, "2", newer, "2026-08-31T00:00:00.000Z")
    told.deliver("2026-09-07")
    told.settle("2026-09-07")

    assert [-change for _, change, _ in told.entries()] == [cost] * cost


def test_lists_of_prices_that_are_long_over_are_forgotten(told: Any) -> None:
    listed(told, "1", "2600", "2026-08-30T00:00:00.000Z")
    listed(told, "2", "2600", "2026-12-30T00:00:00.000Z")

    assert len([key for key in told.log.state if key.startswith("credit list ")]) == 1


def test_of_a_schools_evaluations_two_years_are_remembered(told: Any) -> None:
    for number in range(30):
        month = f"20{26 + number // 12}-{number % 12 + 1:02}"
        evaluate(told, 80, number=str(number), first=f"{month}-01", last=f"{month}-28")

    assert len(told.log.state[f"credit evaluated {day.SUPPLIER} {day.SCHOOL}"]) == 24
