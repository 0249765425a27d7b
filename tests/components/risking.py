"""A canteen at risk in a log in memory: what happened, freezes, lifts, meals, and what follows."""

from collections.abc import Mapping
from typing import Any

from components.told_log import ToldLog
from ledger.evidence.catalogue import TYPES
from ledger.oversight.risk import Risk
from ledger.oversight.seen import Seen

EXAMPLES = {name: TYPES[name].example for name in TYPES}
SCHOOL, CANTEEN, SECOND = "school:2105020001", "canteen:2105020001~01", "canteen:2105020001~02"
REGULATOR = "regulator:11210500MB1H7728Q5~canteens"
ENGINE = EXAMPLES["suspicion"]["issuer"]
INSPECTOR = EXAMPLES["official-inspection"]["payload"]["accountable"]
DAY, NEXT = "2026-09-01", "2026-09-02"


def log(**rules: Any) -> ToldLog:
    return ToldLog(Risk(), policies={"risk": rules})


def at(hour: str, day: str = DAY) -> str:
    """A moment of a day by the school's clock, which is eight hours ahead."""
    hours, minutes = (int(part) for part in hour.split(":"))
    return f"{day}T{hours - 8:02}:{minutes:02}:00.000Z"


def night(told: ToldLog, day: str = DAY) -> None:
    """The day is over by the school's clock."""
    told.until(f"{day}T16:00:00.001Z")


def suspect(
    told: ToldLog,
    when: str,
    severity: str = "major",
    *,
    kind: str = "photo-similar",
    canteen: str = CANTEEN,
    responsible: str = SCHOOL,
    count: int = 1,
) -> list[Seen]:
    found = []
    for _ in range(count):
        payload = {
            **EXAMPLES["suspicion"]["payload"],
            "suspicion_kind": kind,
            "severity": severity,
            "canteen": canteen,
            "responsible": responsible,
            "as_of_size": 2,
            "inputs": 2,
        }
        links = EXAMPLES["suspicion"]["links"]
        found.append(told.post("suspicion", payload, issuer=ENGINE, at=when, links=links))
    return found


def missing(told: ToldLog, when: str, count: int = 10, **changes: Any) -> None:
    for number in range(count):
        payload = {
            **EXAMPLES["missing-evidence"]["payload"],
            "obligation_kind": "sample-of-dish",
            "expected_for": f"dish:2105020001~01~2026-09-01~lunch~d-{number}",
            "due_at": when,
            "as_of_size": 2,
            **changes,
        }
        links = EXAMPLES["missing-evidence"]["links"]
        told.post("missing-evidence", payload, issuer=ENGINE, at=when, links=links)


def incident(told: ToldLog, when: str, *, links: Any = (), **changes: Any) -> Seen:
    payload = {**EXAMPLES["incident"]["payload"], **changes}
    payload = {name: value for name, value in payload.items() if value is not None}
    return told.post("incident", payload, issuer=SCHOOL, at=when, links=links)


def lift(
    told: ToldLog,
    freeze: str,
    when: str,
    *,
    since: str | None = None,
    released: tuple[str, ...] = ("serving", "ordering"),
    claimed: str | None = None,
) -> Seen:
    payload = {
        **EXAMPLES["freeze-lift"]["payload"],
        "freeze": freeze,
        "released": [*released],
        "lifted_from": since or when,
    }
    return told.post(
        "freeze-lift",
        payload,
        issuer=REGULATOR,
        at=when,
        occurred_at=claimed,
        links=[{"rel": "lifts", "id": freeze}],
    )


def meal(told: ToldLog, began: str, logged: str, canteen: str = CANTEEN) -> Seen:
    payload = {**EXAMPLES["meal-service"]["payload"], "canteen": canteen}
    payload |= {"meal_on": began[:10], "started_at": began, "ended_at": began}
    return told.post("meal-service", payload, issuer=SCHOOL, at=logged)


def frozen(told: ToldLog, when: str = at("09:00")) -> str:
    """A canteen is frozen for an incident; the response's id."""
    incident(told, when, persons_hospitalised=1)
    return [record.id for record in told.records if record.type == "risk-response"][-1]


def levels(told: ToldLog) -> list[str]:
    return [found["level"] for found in told.of("risk-assessment")]


def responses(told: ToldLog) -> list[str]:
    return [found["response"] for found in told.of("risk-response")]


def heat(told: ToldLog, day: str = DAY, canteen: str = CANTEEN) -> Mapping[str, Any]:
    """Of a canteen and day: the value of each of its rows."""
    return {
        row.kind: row.detail["value_ppm"]
        for row in told.rows.values()
        if row.family == "risk"
        and row.detail is not None
        and row.day == day
        and row.detail["canteen"] == canteen
    }


def grave(told: ToldLog, day: str = DAY) -> None:
    """So much that a canteen's risk is major."""
    missing(told, at("09:00", day))
    suspect(told, at("10:00", day), "critical")


def regulators(told: ToldLog, when: str, *, replaces: str | None = None) -> Seen:
    """A regulator's own freeze, in force from eight on."""
    payload = {**EXAMPLES["risk-response"]["payload"], "accountable": INSPECTOR}
    payload |= {"effective_from": at("08:00"), "response_no": f"R {when}"}
    links = [*EXAMPLES["risk-response"]["links"]]
    if replaces is not None:
        links.append({"rel": "replaces", "id": replaces})
    return told.post(
        "risk-response", payload, issuer=REGULATOR, at=when, occurred_at=at("08:00"), links=links
    )


def served(told: ToldLog) -> list[Mapping[str, Any]]:
    return [one for one in told.of("suspicion") if one["suspicion_kind"] == "served-while-frozen"]
