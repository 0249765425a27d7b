"""Examples of nutrition: the guardians' consent, and a term's profiles under it."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import CLERK, HEAD, SCHOOL, file, record

NUTRITION_PROFILE: Final[dict[str, Any]] = {
    "id": record(0xAA),
    "type": "nutrition-profile",
    "occurred_at": "2026-11-27T17:00:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "profile_set_no": "YY-2026-2",
        "school": SCHOOL,
        "period_from": "2026-09-01",
        "period_until": "2026-11-27",
        "consent": record(0xAB),
        "profiles": 198,
        "commitment_scheme": "rfc6962-sha256",
        "root": "e0b7d94c1f52a8637dc41908bf26e35a70d9c8142b6f5e03a97c1d84f0263eb5",
        "salt_bits": 256,
        "custodian": "学校卫生室（示例）",
        "keep_until": "2030-07-31",
        "accountable": HEAD,
    },
    "links": [{"rel": "under", "id": record(0xAB)}],
}

NUTRITION_PROFILE_REFUSED: Final = (
    Refused(
        "a commitment to one child",
        {"/payload/profiles": 1},
        "/payload/profiles",
        "too-small",
    ),
    Refused(
        "too little salt to hide anything",
        {"/payload/salt_bits": 32},
        "/payload/salt_bits",
        "too-small",
    ),
    Refused(
        "a child's height",
        {"/payload/height_mm": 1_320},
        "/payload/height_mm",
        "unknown-field",
    ),
    Refused(
        "a root of some other kind",
        {"/payload/commitment_scheme": "sha256"},
        "/payload/commitment_scheme",
        "not-listed",
    ),
    Refused("no consent", {"/payload/consent": ...}, "/payload/consent", "missing"),
    Refused(
        "a period that ends before it begins",
        {"/payload/period_until": "2026-08-31"},
        "/payload/period_until",
        "period",
    ),
    Refused(
        "destroyed before the period was over",
        {"/payload/keep_until": "2026-11-26"},
        "/payload/keep_until",
        "period",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

CONSENT: Final[dict[str, Any]] = {
    "id": record(0xAB),
    "type": "consent",
    "occurred_at": "2026-09-11T17:00:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "consent_no": "TY-2026-03",
        "school": SCHOOL,
        "purpose": "nutrition-assessment",
        "audience": "guardians",
        "form_version": 1,
        "valid_from": "2026-09-14",
        "valid_until": "2027-08-31",
        "asked": 216,
        "given": 201,
        "refused": 6,
        "withdrawn": 0,
        "forms_root": "4c8e17b2d05fa396e81b7c24d93f60a5b72e9d18c4036fa5e1d80b97362cfa4e",
        "salt_bits": 256,
        "custodian": "学校卫生室（示例）",
        "accountable": CLERK,
    },
    "blobs": [file("form", "application/pdf")],
}

CONSENT_REFUSED: Final = (
    Refused(
        "more answers than were asked for",
        {"/payload/refused": 16},
        "/payload/given",
        "more-than-all",
    ),
    Refused(
        "more withdrawn than given",
        {"/payload/withdrawn": 202},
        "/payload/withdrawn",
        "more-than-all",
    ),
    Refused(
        "one child's guardians alone",
        {"/payload/asked": 1},
        "/payload/asked",
        "too-small",
    ),
    Refused(
        "lapsed before it begins",
        {"/payload/valid_until": "2026-09-13"},
        "/payload/valid_until",
        "period",
    ),
    Refused(
        "who refused",
        {"/payload/names": ["王小明"]},
        "/payload/names",
        "unknown-field",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
