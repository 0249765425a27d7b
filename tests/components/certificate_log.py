"""A told log of the family `certificates`, and what its tests post into it."""

from collections.abc import Mapping
from typing import Any, Final

from components.told_log import ToldLog
from ledger.evidence.catalogue import TYPES
from ledger.oversight.certificates import Certificates
from ledger.oversight.family import Row
from ledger.oversight.seen import Seen

ADMISSION: Final = TYPES["admission"].example
PERMIT: Final = TYPES["certificate"].example
REVIEW: Final = TYPES["certificate-review"].example
DISPATCH: Final = TYPES["dispatch"].example
WEIGH_IN: Final = TYPES["weigh-in"].example
ACCEPTANCE: Final = TYPES["acceptance"].example
SUPPLIER: Final = PERMIT["payload"]["holder"]
ORDER: Final = DISPATCH["payload"]["order"]
SCHOOL: Final = WEIGH_IN["payload"]["school"]
GOODS: Final = [
    {"begins": "pork-", "category": "meat", "scopes": ["meat"]},
    {"begins": "egg-", "category": "egg", "scopes": ["egg", "bulk-food"]},
]
MORNING: Final = "2026-10-12T22:00:00.000Z"
"""Six o'clock on 13 October in Shanghai."""


def log(rules: Mapping[str, Any] | None = None) -> ToldLog:
    """A log with the policy in force, its defaults changed by `rules`."""
    return ToldLog(Certificates(), policies={"certificates": rules or {}})


def clean(rules: Mapping[str, Any] | None = None, **permit: Any) -> ToldLog:
    """A log in which the supplier is admitted and holds a permit, on the morning of a delivery."""
    told = log(rules)
    told.example(ADMISSION)
    told.example(PERMIT, **permit)
    told.until(MORNING)
    return told


def deliver(told: ToldLog) -> list[Seen]:
    """The dispatch, the weigh-in and the acceptance of one order, an hour apart."""
    dispatch = told.example(DISPATCH)
    told.until("2026-10-12T23:00:00.000Z")
    weigh_in = told.example(WEIGH_IN)
    told.until("2026-10-13T00:00:00.000Z")
    return [dispatch, weigh_in, told.example(ACCEPTANCE)]


def decide(told: ToldLog, decision: str, at: str, **changes: Any) -> Seen:
    """A supplier is suspended or removed, from a moment on."""
    values = {"decision": decision, "cause_code": "food-safety-incident", "effective_at": at}
    if decision == "removed":
        values["appeal_until"] = "2026-12-31"
    payload = {name: value for name, value in ADMISSION["payload"].items() if name[:5] != "term_"}
    payload |= {"decision_no": f"D-{len(told.records)}", **values, **changes}
    return told.post("admission", payload, issuer=ADMISSION["issuer"])


def haccp(told: ToldLog, valid_until: str | None, **changes: Any) -> Seen:
    """A paper of the supplier's that is not critical."""
    values = {
        "certificate_kind": "haccp",
        "certificate_no": f"H-{len(told.records)}",
        "number_scheme": "none",
        "valid_until": valid_until,
        **changes,
    }
    return told.example(PERMIT, **values)


def said(paper: Seen, **changes: Any) -> dict[str, Any]:
    """What a paper says, to be said again with changes."""
    return {name: value for name, value in paper.fields.items() if name != "blobs"} | changes


def review(told: ToldLog, paper: Seen, **changes: Any) -> Seen:
    """The bureau rejects a paper."""
    payload = {
        **REVIEW["payload"],
        "review_no": f"R-{len(told.records)}",
        "checked_at": told.now,
        "decision": "rejected",
        "reason_codes": ["scope"],
        **changes,
    }
    link = {"rel": "reviews", "id": paper.id, "sha256": paper.leaf_hash.hex()}
    return told.post("certificate-review", payload, issuer=REVIEW["issuer"], links=[link])


def leads(told: ToldLog) -> list[int]:
    """On which rungs there was a warning, in order."""
    return [warning["lead_days"] for warning in told.of("expiry-warning")]


def kinds(told: ToldLog) -> list[str]:
    """Which suspicions were found, in order."""
    return [suspicion["suspicion_kind"] for suspicion in told.of("suspicion")]


def row(told: ToldLog, paper: Seen) -> Row:
    """How a paper stands."""
    return told.rows["certificates", f"certificate {paper.id}"]
