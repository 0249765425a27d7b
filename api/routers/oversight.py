"""What oversight found, as lists: what is owed, what does not meet, what is risky, what looks false."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import access, list_filters, row_answers
from api.auth import Principal
from api.dependencies import Reader, Serving
from api.documents import LISTED
from api.service import Service
from ledger.oversight.completeness import rules as completeness
from ledger.oversight.family import Row
from storage.oversight import WantedRows

router = APIRouter(tags=["oversight"])

MOST_OF_CSV: Final = 10_000
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_CODE: Final = r"^[a-z][a-z0-9-]{0,63}$"
_AFTER: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?~[0-9a-f]{64}$"

School = Annotated[
    str | None,
    Query(pattern=r"^school:[0-9]{10}$", description="A school, `school:2105020001`."),
]
Holder = Annotated[
    str | None,
    Query(
        pattern=r"^[a-z][a-z0-9-]{1,31}:[A-Za-z0-9._~-]{1,128}$",
        description="Whose certificates: a supplier, a labour firm, a school.",
    ),
]


Since = Annotated[str | None, Query(alias="from", pattern=_DAY, description="First civil day.")]
Until = Annotated[str | None, Query(pattern=_DAY, description="Last civil day, included.")]
Status = Annotated[str | None, Query(pattern=_CODE, description="One status.")]
After = Annotated[
    str | None,
    Query(pattern=_AFTER, description="`cursor` of the answer before, to go on there."),
]
Most = Annotated[
    int | None,
    Query(ge=1, le=MOST_OF_CSV, description="Most rows; else 100 of JSON, 10,000 of CSV."),
]
Form = Annotated[Literal["json", "csv"], Query(description="JSON, or CSV for a spreadsheet.")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What every list may be asked: which rows, how many, in which form."""

    request: Request
    since: str | None
    to: str | None
    kind: str | None
    status: str | None
    cursor: str | None
    limit: int | None
    form: str

    def check(self, *filters: str) -> None:
        """Refuse a question that makes no sense; `filters` are those of this list alone.

        Raises:
            ProblemError: `malformed`.
        """
        list_filters.check_names(self.request.query_params, (*filters, *list_filters.SHARED))
        list_filters.check_days(self.since, self.to)

    def wanted(self, family: str, scope: str | None, limit: int) -> WantedRows:
        """The rows of a family about a subject."""
        day, _, name = (self.cursor or "").partition("~")
        after = (day, name) if name else None
        return WantedRows(family, scope, self.since, self.to, self.kind, self.status, after, limit)

    @property
    def most(self) -> int:
        """Rows of one answer."""
        return self.limit or (MOST_OF_CSV if self.form == "csv" else 100)

    def page(self, rows: list[Row]) -> tuple[list[Row], str | None]:
        """Of rows read up to one more than `most`: those to answer with, and where to go on."""
        if len(rows) <= self.most:
            return rows, None
        rows = rows[: self.most]
        return rows, f"{rows[-1].day}~{rows[-1].name}"

    def following(self, cursor: str | None) -> str | None:
        """The address of what comes after this page."""
        if cursor is None:
            return None
        query: dict[str, Any] = {**self.request.query_params, "cursor": cursor}
        return f"{self.request.url.path}?{urlencode(query)}"


def _asked(
    request: Request,
    since: Since = None,
    to: Until = None,
    kind: Annotated[str | None, Query(pattern=_CODE, description="One kind of rows.")] = None,
    status: Status = None,
    cursor: After = None,
    limit: Most = None,
    format: Form = "json",  # noqa: A002 - the parameter's name
) -> Asked:
    return Asked(request, since, to, kind, status, cursor, limit, format)


Question = Annotated[Asked, Depends(_asked)]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list.

    Attributes:
        name: its path, and the member of the answer.
        family: the rule family whose rows it shows.
        scope: what the rows are about: `school`, `holder`.
        columns: members of a row's detail that a CSV has.
        kinds: all that a row can be of; none where a policy or another family may bring more.
        statuses: all that a row can have; none likewise.
    """

    name: str
    family: str
    scope: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()


OBLIGATIONS: Final = Listing(
    "obligations",
    "completeness",
    "school",
    (
        "expected_type",
        "expected_for",
        "responsible",
        "canteen",
        "due_at",
        "late_s",
        "record",
        "missing_record",
        "outage",
        "source",
    ),
    (*completeness.DEFAULTS["kinds"], completeness.DOCUMENT, "outage"),
    ("open", "met", "late", "missing", "excused", "void"),
)
RECONCILIATIONS: Final = Listing(
    "reconciliations",
    "reconciliation",
    "school",
    (
        "supplier",
        "account",
        "period_until",
        "ordered_fen",
        "accepted_fen",
        "invoiced_fen",
        "settled_fen",
        "paid_fen",
        "unsettled_fen",
        "unpaid_fen",
        "opening_fen",
        "credits_fen",
        "debits_fen",
        "closing_fen",
        "goods",
        "differences",
        "more",
    ),
    ("supplier", "account", "meals", "award", "selection", "agreement"),
    ("open", "matched", "mismatched"),
)
RISKS: Final = Listing(
    "risks", "risk", "school", ("canteen", "value_ppm", "weight_bp", "points_ppm")
)
WORK_ORDERS: Final = Listing(
    "work-orders",
    "rectification",
    "school",
    (
        "work_order_no",
        "canteen",
        "severity",
        "responsible",
        "due_at",
        "late",
        "follows",
        "closed_by",
    ),
)
SUSPICIONS: Final = Listing(
    "suspicions",
    "suspicions",
    "school",
    (
        "suspicion",
        "responsible",
        "canteen",
        "severity",
        "first_at",
        "last_at",
        "score_ppm",
        "threshold_ppm",
        "ruling",
    ),
)
CERTIFICATES: Final = Listing(
    "certificates",
    "certificates",
    "holder",
    ("staff", "canteen", "valid_from", "valid_until", "about"),
)


@router.get("/v1/obligations", responses=LISTED, summary="What is owed, met, late and missing")
def list_obligations(
    service: Serving, principal: Reader, asked: Question, school: School = None
) -> Response:
    """The records that menus, rosters, orders and alerts make due, and what became of each.

    Status is `open`, `met`, `late`, `missing`, `excused` or `void`. A school sees its own.
    """
    return _answer(service, principal, OBLIGATIONS, school, asked)


@router.get("/v1/reconciliations", responses=LISTED, summary="Where money and goods meet or not")
def list_reconciliations(
    service: Serving, principal: Reader, asked: Question, school: School = None
) -> Response:
    """Orders, deliveries, settlements and payments held against each other, with each difference.

    By supplier, account and meals of a period; `day` is its first. A school sees its own.
    """
    return _answer(service, principal, RECONCILIATIONS, school, asked)


@router.get("/v1/risks", responses=LISTED, summary="The heat map: risk by school, day, indicator")
def list_risks(
    service: Serving, principal: Reader, asked: Question, school: School = None
) -> Response:
    """Weighted scores and what they consist of, by school and canteen; `kind` is the indicator."""
    return _answer(service, principal, RISKS, school, asked)


@router.get("/v1/work-orders", responses=LISTED, summary="What is to be put right, and was it")
def list_work_orders(
    service: Serving, principal: Reader, asked: Question, school: School = None
) -> Response:
    """Work orders with their deadline, answer, review and escalation. A school sees its own."""
    return _answer(service, principal, WORK_ORDERS, school, asked)


@router.get("/v1/suspicions", responses=LISTED, summary="What does not look real")
def list_suspicions(
    service: Serving, principal: Reader, asked: Question, school: School = None
) -> Response:
    """Records that look made up, with score, threshold and what was seen; `false` once ruled so."""
    return _answer(service, principal, SUSPICIONS, school, asked)


@router.get("/v1/certificates", responses=LISTED, summary="Certificates and when they lapse")
def list_certificates(
    service: Serving, principal: Reader, asked: Question, holder: Holder = None
) -> Response:
    """Certificates by their last day. A holder sees its own."""
    return _answer(service, principal, CERTIFICATES, holder, asked)


def _answer(
    service: Service, principal: Principal, listing: Listing, scope: str | None, asked: Asked
) -> Response:
    asked.check(listing.scope, "kind")
    list_filters.check_known("kind", asked.kind, listing.kinds)
    list_filters.check_known("status", asked.status, listing.statuses)
    rows = []
    if not access.reads_all(service.store, principal):
        # Whoever asks for another's rows gets none, as where there are none.
        readable = scope in (None, principal.party)
        scope = principal.party if readable else None
    else:
        readable = True
    if readable:
        rows = service.store.oversight.rows(asked.wanted(listing.family, scope, asked.most + 1))
    rows, cursor = asked.page(rows)
    if asked.form == "json":
        return row_answers.as_json(service, listing.name, listing.scope, rows, cursor)
    following = asked.following(cursor)
    return row_answers.as_csv(service, listing.scope, listing.columns, rows, following)
