"""A terminal as a vendor's API is summarised in public (DOMAIN §4): multipart, or JSON as text/html.

    equipmentCode or machineCode, uuid, userId, foreheadTemp, checkTime, range (正常体温范围),
    hand findings: foreignBody 异物, bandAid 创可贴, ring 戒指, nailPolish 指甲油, wound 伤口,
    fungalNail 灰指甲; symptoms; result; files face, palm, back.

The vendor's own manual is not public: names of findings and values are as the summary has them, and
whoever has a real terminal checks them first (docs/devices/terminal.md).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from devices.local.people import Member
from devices.terminal.check import ROLES, Check, image, milli_degrees, moment_ms
from ledger.encoding import unb64
from ledger.errors import MalformedError

NAME: Final = "canteen-checker"
ROUTES: Final[Mapping[str, str]] = {
    "/api/morningCheck/upload": "check",
    "/api/morningCheck/heartbeat": "heartbeat",
    "/api/morningCheck/employees": "staff",
    "/api/morningCheck/signOff": "sign-off",
}
_HANDS: Final = {
    "foreignBody": "foreign_body",
    "bandAid": "plaster",
    "ring": "ring",
    "nailPolish": "polish",
    "wound": "wound",
    "fungalNail": "nails",
}
SYMPTOMS: Final = {
    "发热": "fever",
    "腹泻": "diarrhoea",
    "呕吐": "vomiting",
    "黄疸": "jaundice",
    "咽痛": "sore-throat",
    "皮肤感染": "skin-infection",
    "咳嗽": "cough",
}
METHODS: Final = {"1": "face", "2": "card", "3": "qr", "4": "fingerprint"}
_YES: Final = frozenset({"1", "true", "yes", "是", "异常"})
_NO: Final = frozenset({"0", "false", "no", "否", "正常", ""})


def read(fields: Mapping[str, Any], images: Mapping[str, bytes], zone: ZoneInfo) -> Check:
    """The check of a form or object; numbers may stand in it as text or not."""
    photos = dict(images)
    for role in ROLES:
        inside = fields.get(f"{role}Image")
        if type(inside) is str and inside:
            photos[role] = unb64(inside.partition("base64,")[2] or inside)
    return Check(
        terminal=_text(fields, "equipmentCode") or _text(fields, "machineCode"),
        uuid=_text(fields, "uuid"),
        code=_text(fields, "userId"),
        identity_method=METHODS.get(_text(fields, "identifyType") or "1", "other"),
        forehead_mC=milli_degrees(_text(fields, "foreheadTemp")),
        checked_at_ms=moment_ms(_text(fields, "checkTime"), zone),
        hands={ours: _flag(fields, theirs) for theirs, ours in _HANDS.items()},
        symptoms=_symptoms(_text(fields, "symptoms")),
        overall=None if "result" not in fields else "unfit" if _flag(fields, "result") else "fit",
        images={role: image(data) for role, data in photos.items()},
    )


def accepted(record: str | None) -> dict[str, Any]:
    """As the vendor's terminals expect it."""
    return {"code": 0, "msg": "success", "data": record}


def refused(code: str, why: str) -> dict[str, Any]:
    """Anything but 0 is tried again by the terminal."""
    return {"code": 1, "msg": f"{code}: {why}", "data": None}


def staff(members: Sequence[Member]) -> dict[str, Any]:
    """Employees with the last day of their health certificates."""
    return {
        "code": 0,
        "msg": "success",
        "data": [
            {"userId": code, "healthCertEndDate": one.valid_until}
            for one in members
            for code in one.codes
        ],
    }


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if type(value) is bool:
        return "1" if value else "0"
    if type(value) in (int, float):
        return str(value)
    if type(value) is not str:
        raise MalformedError(f"{name} is no text")
    return value.strip()


def _flag(fields: Mapping[str, Any], name: str) -> bool:
    """A finding; one that is left out was not looked for, and is not taken for none."""
    if name not in fields:
        raise MalformedError(f"{name} is missing")
    text = _text(fields, name).lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise MalformedError(f"{name} is neither yes nor no: {text!r:.20}")


def _symptoms(text: str) -> tuple[str, ...]:
    """Codes of a list by commas; an unknown one is `other`, and makes unfit as any does."""
    found = [one.strip() for one in text.replace("，", ",").replace("、", ",").split(",")]
    codes = [SYMPTOMS.get(one, "other") for one in found if one and one not in ("无", "none")]
    return tuple(dict.fromkeys(codes))
