"""Work orders in a log in memory: alerts that open them, answers, reviews, and how they stand."""

from collections.abc import Mapping
from typing import Any

from components.told_log import LEDGER, ToldLog
from ledger.evidence.catalogue import TYPES
from ledger.oversight.engine import Engine
from ledger.oversight.family import Row
from ledger.oversight.rectification import Rectification
from ledger.oversight.seen import Seen

EXAMPLES = {name: TYPES[name].example for name in TYPES}
SCHOOL, CANTEEN = "school:2105020001", "canteen:2105020001~01"
REGULATOR = "regulator:11210500MB1H7728Q5~canteens"
BUREAU = "bureau:11210500001234567Y~admission"
SUPPLIER = "supplier:91210500MA0UTC1A0P"
DAY = "2026-09-01"


def log(**rules: Any) -> ToldLog:
    return ToldLog(Rectification(), policies={"rectification": rules})


def at(hour: str, day: str = DAY) -> str:
    """A moment of a day by the school's clock, which is eight hours ahead."""
    hours, minutes = (int(part) for part in hour.split(":"))
    return f"{day}T{hours - 8:02}:{minutes:02}:00.000Z"


def alert(told: ToldLog, when: str, kind: str = "no-hat", severity: str = "minor") -> Seen:
    example = EXAMPLES["inspection-alert"]
    return told.example(
        example,
        at=when,
        alert_kind=kind,
        severity=severity,
        first_seen_at=when,
        confirmed_at=when,
    )


def answer(
    told: ToldLog, no: str, when: str, *, taken: str | None = None, issuer: str = SCHOOL
) -> Seen:
    example = EXAMPLES["rectification"]
    payload = {**example["payload"], "work_order": f"work-order:{no}"}
    payload["photo_taken_at"] = taken or when
    return told.post(
        "rectification",
        payload,
        issuer=issuer,
        at=when,
        blobs=example["blobs"],
        links=[{"rel": "answers", "subject": f"work-order:{no}"}],
    )


def review(
    told: ToldLog,
    of: Seen,
    when: str,
    *,
    issuer: str = BUREAU,
    decision: str = "closed",
    responsible: str = SCHOOL,
    new_due_at: str | None = None,
    **changes: Any,
) -> Seen:
    payload = {
        **EXAMPLES["rectification-review"]["payload"],
        "work_order": of.fields["work_order"],
        "rectification": of.id,
        "reviewed_at": when,
        "decision": decision,
        "responsible": responsible,
        **changes,
    }
    if new_due_at is not None:
        payload["new_due_at"] = new_due_at
    return told.post(
        "rectification-review",
        payload,
        issuer=issuer,
        at=when,
        links=[{"rel": "reviews", "id": of.id}],
    )


def photo_used_twice(told: ToldLog, first: Seen, later: Seen) -> Seen:
    """As the family `fabrication` finds it."""
    example = EXAMPLES["suspicion"]
    payload = {
        **example["payload"],
        "suspicion_kind": "photo-reused",
        "severity": "major",
        "observations": [{"record": one.id, "field": "blobs"} for one in (first, later)],
    }
    return told.post(
        "suspicion",
        payload,
        issuer=example["issuer"],
        at=told.now,
        links=[{"rel": "cites", "id": one.id} for one in (first, later)],
    )


def orders(told: ToldLog) -> list[Mapping[str, Any]]:
    return told.of("work-order")


def row(told: ToldLog, no: str) -> Row:
    return told.rows["rectification", f"work-order:{no}"]


def detail(told: ToldLog, no: str) -> Mapping[str, Any]:
    found = row(told, no).detail
    assert found is not None
    return found


def opened(told: ToldLog, when: str = at("10:00"), severity: str = "minor") -> str:
    alert(told, when, severity=severity)
    no: str = orders(told)[-1]["work_order_no"]
    return no


def suppliers_order(
    told: ToldLog, severity: str, role: str = "regulator", *, when: str | None = None
) -> str:
    payload = {
        **EXAMPLES["work-order"]["payload"],
        "work_order_no": "GD-8",
        "responsible": f"{SUPPLIER}~cold-chain",
        "severity": severity,
        "due_at": at("17:00", "2026-09-03"),
        "reviewer_role": role,
        "accountable": EXAMPLES["official-inspection"]["payload"]["accountable"],
    }
    told.post(
        "work-order",
        payload,
        issuer=REGULATOR,
        at=when or at("09:00"),
        occurred_at=at("09:00"),
    )
    return "GD-8"


def without_policy() -> ToldLog:
    told = ToldLog()
    told.engine = Engine(
        [Rectification()],
        ledger=LEDGER.hex(),
        zone="Asia/Shanghai",
        read=lambda keys: {key: told.state[key] for key in keys if key in told.state},
    )
    return told
