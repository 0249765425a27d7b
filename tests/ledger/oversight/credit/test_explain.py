"""The score in words, and the example of the documentation, which is computed by hand there."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.evidence.examples.inspections import INSPECTOR
from ledger.oversight.credit.explain import FACTORS, explain, sentence
from ledger.oversight.credit.rules import DEFAULTS
from ledger.oversight.credit.rules import FACTORS as FACTOR_OF

DOCS = Path(__file__).parents[4] / "docs" / "oversight"


@pytest.fixture
def september(supplies: Callable[..., Any]) -> Any:
    """Twenty deliveries: the 4th comes at 07:40, eggs of the 10th are spoiled, the 15th is short."""
    told = supplies()
    for number in range(1, 21):
        on = f"2026-09-{number:02}"
        quantities = (9_000, 3) if number == 15 else (10_000, 2) if number == 10 else (10_000, 3)
        told.deliver(on, time="07:40:00" if number == 4 else "06:10:00", quantities=quantities)
        if number == 10:
            rejected = told.reject(on)
    payload = {**TYPES["dispute"].example["payload"], "record": rejected.id}
    link = {"rel": "disputes", "id": rejected.id, "sha256": rejected.leaf_hash.hex()}
    disputed = told.log.post("dispute", payload, issuer=day.SUPPLIER, links=[link])
    payload = {**TYPES["ruling"].example["payload"], "dispute": disputed.id,
               "decided_by": [INSPECTOR]}  # fmt: skip
    link = {"rel": "rules-on", "id": disputed.id, "sha256": disputed.leaf_hash.hex()}
    told.log.post("ruling", payload, issuer=day.REGULATOR, links=[link],
                  at="2026-09-21T08:00:00.000Z")  # fmt: skip
    told.log.post(
        "supplier-evaluation",
        {**TYPES["supplier-evaluation"].example["payload"], "supplier": day.SUPPLIER,
         "period_from": "2026-09-01", "period_until": "2026-09-25",
         "scores": [{"criterion": "quality", "points": 93, "points_most": 100}],
         "points": 93, "points_most": 100},
        issuer=day.SCHOOL, at="2026-09-25T08:00:00.000Z",
    )  # fmt: skip
    told.log.until("2026-10-04T00:00:00.000Z")
    return told


def tables(page: str) -> list[list[list[str]]]:
    """The tables of the example, cell by cell."""
    text = (DOCS / page).read_text("utf-8")
    example = re.split(r"^## ", text, flags=re.MULTILINE)[4]
    found, rows = [], []
    for line in [*example.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            found.append(rows[2:])
            rows = []
    return found


def entry_cells(entry: Any) -> list[str]:
    points = f"{entry['change_points']:+d}".replace("-", "−")
    return [
        str(entry["entry_no"]),
        entry["effective_on"],
        entry["entry_kind"],
        points,
        str(entry["balance_after_points"]),
        entry["expires_on"] or "",
    ]


@pytest.mark.parametrize("page", ["credit.md", "credit.zh-CN.md"])
def test_the_example_of_the_documentation_is_what_the_rules_give(september: Any, page: str) -> None:
    movements, factors, later = tables(page)

    assert movements == [entry_cells(one) for one in september.log.of("credit-entry")]
    (rating,) = september.log.of("rating")
    assert factors == [
        [one["factor_code"], str(one["value_ppm"]), str(one["weight_bp"])]
        for one in rating["factors"]
    ]
    text = (DOCS / page).read_text("utf-8")
    assert f" {rating['score_ppm']}" in text
    assert rating["grade"] == "a"
    september.log.until("2027-06-30T00:00:00.000Z")
    assert later == [entry_cells(one)[:5] for one in september.log.of("credit-entry")[6:]]


@pytest.mark.parametrize("page", ["credit.md", "credit.zh-CN.md"])
def test_the_documentation_names_every_movement_and_factor_with_its_points(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")

    for kind in FACTOR_OF:
        assert f"| `{kind}`" in text
    for name, weight_bp in DEFAULTS["weights_bp"].items():
        (line,) = [row for row in text.splitlines() if row.startswith(f"| `{name.replace('_', '-')}` ")
                   and row.endswith(" % |")]  # fmt: skip
        assert line.endswith(f"| {weight_bp // 100} % |")
    for code in [*DEFAULTS["suspicion_points"], *DEFAULTS["missing_points"]]:
        assert code.replace("_", "-") in text
    for kind, points in DEFAULTS["points"].items():
        (line,) = [row for row in text.splitlines() if row.startswith(f"| `{kind.replace('_', '-')}` ")
                   and not row.endswith("% |")]  # fmt: skip
        assert f"| {points:+d}".replace("-", "−") in line


def told(september: Any) -> dict[str, Any]:
    score = september.score()
    rows = [september.row(number) for number in range(1, score.detail["entries"] + 1)]
    found: dict[str, Any] = explain(score, rows)
    return found


def test_a_score_is_explained_from_its_start_in_both_languages(september: Any) -> None:
    found = told(september)

    assert found["summary_en"] == (
        "The account began with 100 points; 6 movements cost 3 in all, so it stands at 97: grade A."
    )
    assert found["summary_zh"] == "起始 100 分，共 6 笔变动，合计扣 3 分，现为 97 分，等级 A。"
    assert [(one["factor"], one["points"]) for one in found["factors"]] == [
        ("delivered", 1),
        ("evaluations", 1),
        ("in-full", -2),
        ("punctuality", -1),
        ("quality", -2),
    ]
    assert [one["sentence_en"] for one in found["movements"]] == [
        "Goods of order 2026-09-04 came 40 minutes after the time agreed: −1.",
        "Goods of order 2026-09-10 were refused on the spot (spoiled): −5. Of it −2 still counts.",
        "Another 10 deliveries came on time and in full: +1.",
        "Of line 1 of order 2026-09-15 came 9000 of 10000 g: −2.",
        "A ruling about movement 2 (partly upheld): +3.",
        "The evaluation by school:2105020001 gave 93 of 100 points: +1.",
    ]
    assert found["movements"][1]["sentence_zh"] == (
        "订单 2026-09-10 的货物被现场拒收（变质）：−5 分。（现计 −2 分）"
    )
    assert found["movements"][4]["sentence_zh"] == "关于第 2 笔变动的裁定（异议部分成立）：+3 分。"


FACTS: dict[str, Any] = {
    "order": "order:2105020001~A-1", "late_s": 61, "line_no": 1, "came": 1, "ordered": 2,
    "unit": "box", "reason_code": "label", "expected_type": "lot-document",
    "expected_for": "delivery:x~1", "certificate_kind": "haccp",
    "suspicion_kind": "certificate-lapsed", "conclusion": "fail", "recall_no": "R-1",
    "hazard_class": "major", "above_bp": 507, "work_order": "work-order:ZG-1",
    "school": "school:2105020001", "points": 1, "points_most": 2, "of_entry": 3,
    "decision": "upheld", "days": 90, "mode": "halve", "deliveries": 10,
}  # fmt: skip


@pytest.mark.parametrize("kind", [*FACTOR_OF, "ruling", "withdrawn", "expired"])
def test_every_kind_of_movement_has_a_sentence_in_both_languages(kind: str) -> None:
    english, chinese = sentence(kind, FACTS, -1)

    assert english.endswith(": −1.")
    assert english[0].isupper()
    assert re.search("[一-鿿]", chinese)
    assert "-" not in chinese.replace("A-1", "").replace("ZG-1", "").replace("R-1", "")
    assert kind in TYPES["credit-entry"].known["entry_kind"]


def test_how_far_above_the_reference_price_is_a_percentage() -> None:
    assert "5.07 %" in sentence("price", FACTS, -1)[0]


def test_what_passed_all_at_once_is_not_called_half() -> None:
    assert sentence("expired", {**FACTS, "mode": "expire"}, 1)[0] == (
        "Movement 3 passed after 90 days: +1."
    )


def test_every_factor_has_a_name_in_both_languages() -> None:
    known = TYPES["rating"].known["factor_code"]

    assert {*FACTOR_OF.values(), "credit"} == set(FACTORS)
    assert set(known) == set(FACTORS) - {"delivered"}
    assert {name.replace("-", "_") for name in known} == set(DEFAULTS["weights_bp"])


def test_a_movement_says_what_became_of_it(september: Any) -> None:
    september.log.until("2027-06-30T00:00:00.000Z")
    found = told(september)

    assert found["movements"][0]["sentence_en"].endswith("It does not count any more.")
    assert found["movements"][0]["counts_points"] == 0
    assert found["movements"][1]["status"] == "expired"
