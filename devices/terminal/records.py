"""A morning check as a record: the person under a pseudonym, photos only as restricted files."""

from typing import Any
from zoneinfo import ZoneInfo

from devices.gateway.driver import Attachment, Observation
from devices.local.people import Member
from devices.terminal.check import Check
from devices.terminal.verdict import DECIDED_BY, Rule, day_of, decide
from ledger import timestamp


def observation(
    check: Check,
    member: Member,
    *,
    device: str,
    canteen: str,
    received_ms: int,
    source_ref: str,
    rule: Rule,
    zone: ZoneInfo,
) -> Observation:
    """The record of a check.

    `checked_at` is the terminal's claim; the record's own time is this machine's, when it came.

    Requires a member with a health certificate.
    """
    assert member.health_certificate is not None
    verdict = decide(check, member, day_of(check, received_ms, zone), rule)
    payload: dict[str, Any] = {
        "canteen": canteen,
        "staff": member.person,
        "checked_at": timestamp.format(check.checked_at_ms),
        "identity_method": check.identity_method,
        "forehead_mC": check.forehead_mC,
        "hands": dict(check.hands),
        "symptoms": list(check.symptoms),
        "health_certificate": member.health_certificate,
        "result": verdict.result,
        "decided_by": DECIDED_BY + _because(verdict.reasons, check),
        "source_ref": source_ref,
    }
    if check.identity_score_ppm is not None:
        payload["identity_score_ppm"] = check.identity_score_ppm
    return Observation(
        device,
        "morning-check",
        payload,
        received_ms,
        files={
            role: (Attachment(image.data, image.media_type),)
            for role, image in check.images.items()
        },
    )


def _because(reasons: tuple[str, ...], check: Check) -> str:
    """The reasons, in the field that is as personal as they are: `ext` would show them to all."""
    said = f"; because: {', '.join(reasons)}" if reasons else ""
    if check.overall is not None:
        said += f"; terminal: {check.overall}"
    return said[:400]
