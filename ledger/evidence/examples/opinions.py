"""Examples of opinions: the head eats along on Monday, and the term's survey."""

from typing import Any, Final

from ledger.evidence.definition import Refused
from ledger.evidence.examples.school_day import CANTEEN, CLERK, DAY, HEAD, SCHOOL, file, record


def _tasted(code: str, **found: str) -> dict[str, Any]:
    return {"dish_code": code, "taste": "good", "appearance": "good", "warmth": "good", **found}


COMPANION_MEAL: Final[dict[str, Any]] = {
    "id": record(0xA8),
    "type": "companion-meal",
    "occurred_at": "2026-11-23T12:20:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "canteen": CANTEEN,
        "meal_on": DAY,
        "meal": "lunch",
        "companion": HEAD,
        "companion_duty": "principal",
        "ate_at": "2026-11-23T11:55:00+08:00",
        "dishes": [_tasted("d-1"), _tasted("d-3", warmth="fair"), _tasted("d-4")],
        "hygiene": "good",
        "result": "pass",
        "findings": ["cold"],
        "action": "told-kitchen",
        "accountable": HEAD,
    },
    "blobs": [file("photo of the tray") | {"role": "photo"}],
    "links": [{"rel": "under", "id": record(0xA3)}, {"rel": "cites", "id": record(0xA6)}],
}

COMPANION_MEAL_REFUSED: Final = (
    Refused(
        "written before the meal",
        {"/occurred_at": "2026-11-23T09:00:00+08:00"},
        "/payload/ate_at",
        "not-yet",
    ),
    Refused(
        "a fail of nothing",
        {"/payload/result": "fail", "/payload/findings": []},
        "/payload/findings",
        "missing",
    ),
    Refused(
        "something found and nothing done",
        {"/payload/action": ...},
        "/payload/action",
        "missing",
    ),
    Refused(
        "one finding twice",
        {"/payload/findings": ["cold", "cold"]},
        "/payload/findings/1",
        "twice",
    ),
    Refused(
        "one dish twice",
        {"/payload/dishes/1/dish_code": "d-1"},
        "/payload/dishes/1/dish_code",
        "twice",
    ),
    Refused("nothing eaten", {"/payload/dishes": []}, "/payload/dishes", "too-few"),
    Refused(
        "a name where a pseudonym belongs",
        {"/payload/companion": "张校长"},
        "/payload/companion",
        "not-a-subject",
    ),
    Refused(
        "a grade nobody knows",
        {"/payload/hygiene": "excellent"},
        "/payload/hygiene",
        "not-listed",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)

SATISFACTION_SURVEY: Final[dict[str, Any]] = {
    "id": record(0xA9),
    "type": "satisfaction-survey",
    "occurred_at": "2026-11-27T16:30:00+08:00",
    "issuer": SCHOOL,
    "payload": {
        "survey_no": "MY-2026-2",
        "school": SCHOOL,
        "canteen": CANTEEN,
        "period_from": DAY,
        "period_until": "2026-11-27",
        "audience": "students",
        "method": "paper",
        "asked": 230,
        "answered": 214,
        "questions": [
            {"question_code": "overall", "counts": [1, 2, 8, 71, 132]},
            {"question_code": "queue", "counts": [4, 9, 38, 82, 79]},
        ],
        "answers_root": "77c1e8a5043bd2f96e1807a4b95cd3f0281e6fa74c09b35d812f60e7ab4d9c13",
        "salt_bits": 256,
        "form_version": 3,
        "accountable": CLERK,
    },
    "links": [{"rel": "under", "id": record(0xAB)}],
}

SATISFACTION_SURVEY_REFUSED: Final = (
    Refused(
        "more answers than were asked for",
        {"/payload/asked": 213},
        "/payload/answered",
        "more-than-all",
    ),
    Refused(
        "more answers to a question than people who answered",
        {"/payload/questions/0/counts/4": 133},
        "/payload/questions/0/counts",
        "more-than-all",
    ),
    Refused(
        "one question twice",
        {"/payload/questions/1/question_code": "overall"},
        "/payload/questions/1/question_code",
        "twice",
    ),
    Refused(
        "a question with one possible answer",
        {"/payload/questions/0/counts": [214]},
        "/payload/questions/0/counts",
        "too-few",
    ),
    Refused(
        "a survey of one child",
        {"/payload/asked": 1, "/payload/answered": 1},
        "/payload/asked",
        "too-small",
    ),
    Refused(
        "ends before it begins",
        {"/payload/period_until": "2026-11-22"},
        "/payload/period_until",
        "period",
    ),
    Refused(
        "another school's canteen",
        {"/payload/canteen": "canteen:2105020002~01"},
        "/payload/canteen",
        "other-school",
    ),
    Refused(
        "what somebody wrote",
        {"/payload/comments": ["太咸"]},
        "/payload/comments",
        "unknown-field",
    ),
    Refused(
        "nobody answers for it",
        {"/payload/accountable": ...},
        "/payload/accountable",
        "missing",
    ),
)
