"""A supplier's credit, explained and with the proof that nothing was left out; the public ratings."""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi import Path as PathParameter
from starlette.responses import Response

from api import access, body, histories, policies, row_answers
from api.auth import Principal
from api.dependencies import OPEN, Reader, Serving
from api.documents import LISTED
from api.routers.oversight import After, Asked, Form, Most, Since, Status, Until
from api.service import Service
from ledger.errors import NotFoundError
from ledger.oversight.credit import explain
from ledger.oversight.credit.rules import DEFAULTS, NAME
from ledger.oversight.family import Row

router = APIRouter(tags=["oversight"])

_MOVEMENT_COLUMNS: Final = (
    "entry_no", "entry_kind", "factor", "change_points", "balance_after_points", "counts_points",
    "expires_on", "record", "cause", "sentence_en", "sentence_zh",
)  # fmt: skip
_RATING_COLUMNS: Final = (
    "period_from", "period_until", "grade", "score_ppm", "rank", "rated_suppliers",
)  # fmt: skip


def _movements(
    request: Request,
    since: Since = None,
    to: Until = None,
    status: Status = None,
    cursor: After = None,
    limit: Most = None,
    format: Form = "json",  # noqa: A002 - the parameter's name
) -> Asked:
    return Asked(request, since, to, "movement", status, cursor, limit, format)


def _ratings(
    request: Request,
    since: Since = None,
    to: Until = None,
    status: Status = None,
    cursor: After = None,
    limit: Most = None,
    format: Form = "json",  # noqa: A002 - the parameter's name
) -> Asked:
    return Asked(request, since, to, "rating", status, cursor, limit, format)


@router.get(
    "/v1/suppliers/{uscc}/credit",
    responses=LISTED,
    summary="A supplier's score, and why it moved",
)
def read_credit(
    service: Serving,
    principal: Reader,
    uscc: Annotated[
        str,
        PathParameter(
            pattern=r"^[A-Za-z0-9._~-]{1,128}$",
            description="Credit code, `~` and a unit where there are several; a sole trader's "
            "random value.",
        ),
    ],
    asked: Annotated[Asked, Depends(_movements)],
) -> Response:
    """Where the score began, every movement with its cause and a sentence, sums by factor, grade.

    For the supplier itself, bureau, regulator and auditor. Movements are by the day from which they
    count; `status` is `in-force`, `expired`, `disputed` or `reversed`. `certificates` are bundles
    to be shown elsewhere: `mealtrace verify` checks them offline. `history` proves, as that of
    `GET /v1/subjects/{subject}/history` does, that no record about the supplier is left out.
    """
    asked.check()
    supplier = f"supplier:{uscc}"
    score = _readable(service, principal, supplier)
    rows = service.store.oversight.rows(asked.wanted(NAME, supplier, asked.most + 1))
    rows, cursor = asked.page(rows)
    rows.sort(key=lambda row: (row.day, explain.detail_of(row)["entry_no"]))
    if asked.form == "csv":
        told = [replace(row, detail=explain.movement(row)) for row in rows]
        following = asked.following(cursor)
        return row_answers.as_csv(service, "supplier", _MOVEMENT_COLUMNS, told, following)
    return body.json_answer(
        {
            "as_of": row_answers.as_of(service),
            "supplier": supplier,
            **explain.explain(score, rows),
            "cursor": cursor,
            "rating": explain.detail_of(score).get("rating"),
            "certificates": _certificates(service, score),
            "history": _history(service, supplier),
        }
    )


@router.get(
    "/v1/ratings", responses=LISTED, dependencies=OPEN, summary="The public ratings of suppliers"
)
def list_ratings(service: Serving, asked: Annotated[Asked, Depends(_ratings)]) -> Response:
    """Grade, score and rank of every rated supplier, period by period; open to everybody.

    `day` is the last of the period, `status` the grade.
    """
    asked.check()
    rows = service.store.oversight.rows(asked.wanted(NAME, None, asked.most + 1))
    rows, cursor = asked.page(rows)
    rows.sort(key=lambda row: (row.day, explain.detail_of(row)["rank"], row.scope))
    shown = [replace(row, detail=_public(row)) for row in rows]
    if asked.form == "csv":
        following = asked.following(cursor)
        return row_answers.as_csv(service, "supplier", _RATING_COLUMNS, shown, following)
    return row_answers.as_json(service, "ratings", "supplier", shown, cursor)


def _readable(service: Service, principal: Principal, supplier: str) -> Row:
    """The account's row, if the principal may see it.

    Raises:
        NotFoundError: there is none, or it is none of the principal's business.
    """
    score = None
    if principal.party == supplier or access.reads_all(service.store, principal):
        score = service.store.oversight.row(NAME, f"score {supplier}")
        score = score or _untouched(service, supplier)
    if score is None:
        raise NotFoundError(f"there is no credit of {supplier}")
    return score


def _untouched(service: Service, supplier: str) -> Row | None:
    """The account of a supplier that is registered, and that nothing was recorded of yet.

    None where there is no such supplier, or no policy by which anything is scored.
    """
    policy = policies.standing(service.installation).get(NAME)
    if policy is None or "supplier" not in service.store.registry().roles(supplier):
        return None
    return explain.untouched(supplier, {**DEFAULTS, **policy["rules"]})


def _public(row: Row) -> dict[str, Any]:
    said = explain.detail_of(row)
    return {name: said[name] for name in _RATING_COLUMNS}


def _certificates(service: Service, score: Row) -> list[dict[str, str]]:
    """The newest rating and the newest entry that the log holds, as bundles."""
    said = explain.detail_of(score)
    rating = said.get("rating")
    newest = {
        "rating": None if rating is None else rating["record"],
        "credit-entry": said.get("last"),
    }
    records = [record for record in newest.values() if record is not None]
    there = service.store.oversight.in_log(records)
    return [
        {"type": kind, "record": record, "bundle": f"/v1/records/{record}/bundle"}
        for kind, record in newest.items()
        if record in there
    ]


def _history(service: Service, supplier: str) -> dict[str, Any]:
    """Head of the supplier's chain, and what shows it to be the end."""
    head = service.store.head_of(supplier)
    return {
        "link": f"/v1/subjects/{supplier}/history",
        "head": None
        if head is None
        else {"seq": head[0], "index": head[1], "leaf_hash": head[2].hex()},
        "completeness": None
        if head is None
        else histories.completeness(service, supplier, head, head[1]),
    }
