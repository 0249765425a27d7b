"""Our own dialect, for whoever can choose: JSON in the words of the record.

POST /v1/check
{"terminal": "MC-01", "uuid": "…", "staff_id": "0012", "checked_at": "2026-11-23T05:41:07+08:00",
 "forehead_mC": 36430, "identity_method": "face", "identity_score_ppm": 962400,
 "hands": {"wound": false, …}, "symptoms": [], "overall": "fit",
 "images": {"face": "<base64>", "palm": "…", "back": "…"}}
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from devices.local.people import Member
from devices.terminal.check import HANDS, ROLES, Check, image, moment_ms
from ledger.encoding import unb64
from ledger.errors import MalformedError

NAME: Final = "mealtrace"
ROUTES: Final[Mapping[str, str]] = {
    "/v1/check": "check",
    "/v1/heartbeat": "heartbeat",
    "/v1/staff": "staff",
    "/v1/sign-off": "sign-off",
}
_CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_KNOWN: Final = frozenset(
    {
        "terminal", "uuid", "staff_id", "checked_at", "forehead_mC", "identity_method",
        "identity_score_ppm", "hands", "symptoms", "overall", "images",
    }
)  # fmt: skip


def read(fields: Mapping[str, Any], images: Mapping[str, bytes], zone: ZoneInfo) -> Check:
    """The check of a JSON object."""
    unknown = sorted(fields.keys() - _KNOWN)
    if unknown:
        raise MalformedError(f"unknown member {', '.join(unknown)}")
    hands, overall = fields.get("hands"), fields.get("overall")
    if not isinstance(hands, Mapping) or not all(type(hands.get(name)) is bool for name in HANDS):
        raise MalformedError(f"hands: {', '.join(HANDS)}, each true or false")
    symptoms = fields.get("symptoms", [])
    if not isinstance(symptoms, list) or not all(_is_code(one) for one in symptoms):
        raise MalformedError("symptoms is a list of codes")
    score, forehead = fields.get("identity_score_ppm"), fields.get("forehead_mC")
    if score is not None and (type(score) is not int or not 0 <= score <= 1_000_000):
        raise MalformedError("identity_score_ppm is a whole number up to 1000000")
    if type(forehead) is not int:
        raise MalformedError("forehead_mC is a whole number of thousandths of a degree")
    if overall not in (None, "fit", "unfit"):
        raise MalformedError("overall is fit or unfit")
    method = fields.get("identity_method", "face")
    if not _is_code(method):
        raise MalformedError("identity_method is a code")
    within = fields.get("images", {})
    if not isinstance(within, Mapping) or not set(within) <= set(ROLES):
        raise MalformedError(f"images: some of {', '.join(ROLES)}")
    photos = {role: unb64(_text(within, role)) for role in within} | dict(images)
    return Check(
        terminal=_text(fields, "terminal"),
        uuid=_text(fields, "uuid"),
        code=_text(fields, "staff_id"),
        identity_method=method,
        identity_score_ppm=score,
        forehead_mC=forehead,
        checked_at_ms=moment_ms(_text(fields, "checked_at"), zone),
        hands={name: hands[name] for name in HANDS},
        symptoms=tuple(symptoms),
        overall=overall,
        images={role: image(data) for role, data in photos.items()},
    )


def accepted(record: str | None) -> dict[str, Any]:
    """`record`: its id, which finds the record in the log."""
    return {"ok": True, "record": record}


def refused(code: str, why: str) -> dict[str, Any]:
    """`code` says what to do."""
    return {"ok": False, "code": code, "message": why}


def staff(members: Sequence[Member]) -> dict[str, Any]:
    """Codes and last days; no names, which the gateway does not know."""
    return {
        "ok": True,
        "staff": [{"codes": list(one.codes), "valid_until": one.valid_until} for one in members],
    }


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if type(value) is not str:
        raise MalformedError(f"{name} is missing, or no text")
    return value


def _is_code(value: object) -> bool:
    return type(value) is str and _CODE.fullmatch(value) is not None
