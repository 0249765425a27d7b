"""The score in words, and the example of the documentation, which is computed by hand there."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.evidence.catalogue import TYPES
from ledger.evidence.examples import school_day as day
from ledger.evidence.examples.inspections import INSPECTOR
from ledger.oversight.credit.explain import _SENTENCES, FACTORS, explain, sentence
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


def test_x(september: Any) -> None:
    for one in september.log.of("credit-entry"):
        print(one["entry_no"], one["effective_on"], one["entry_kind"], one["change_points"], one["balance_after_points"], one["expires_on"])
    print(september.log.of("rating"))
    rows = [september.row(n) for n in range(1, september.score().detail["entries"] + 1)]
    import json
    print(json.dumps(explain(september.score(), rows), ensure_ascii=False, indent=1))
    september.log.until("2027-06-30T00:00:00.000Z")
    for one in september.log.of("credit-entry")[6:]:
        print(one["entry_no"], one["effective_on"], one["entry_kind"], one["change_points"], one["balance_after_points"], one["expires_on"])
