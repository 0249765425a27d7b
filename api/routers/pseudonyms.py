"""Random names for people, accounts and sole traders, and keys on their way into the log."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import Response

from api import body
from api.dependencies import OPEN, Poster, Serving
from api.documents import PROBLEMS
from ledger import canonical
from ledger.canonical import JsonValue
from ledger.errors import Fault, MalformedError, RefusedError, VerificationError
from ledger.evidence.faults import of_pydantic
from ledger.governance import KeyRegistration

router = APIRouter(tags=["pseudonyms and enrolment"])

_SCHOOL_YEAR_BEGINS: Final = 9  # September


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Model = TypeVar("Model", bound=_Strict)


class PseudonymRequest(_Strict):
    """Whom to name. The identity is sealed, found again by its HMAC only, and erasable."""

    kind: Literal["person", "account", "sole-trader"]
    identity: Annotated[str, Field(min_length=1, max_length=256)]
    school_year: Annotated[int, Field(ge=2000, le=2200)] | None = None
    side: Literal["supplier", "labour", "integrator"] = "supplier"


class EnrolmentRequest(_Strict):
    """A key that asks to be registered: `possession` as in a key-registration."""

    code: Annotated[str, Field(min_length=8, max_length=64)]
    jwk: dict[str, str]
    possession: Annotated[str, Field(min_length=1, max_length=128)]


@router.post(
    "/v1/pseudonyms",
    status_code=201,
    responses=PROBLEMS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": PseudonymRequest.model_json_schema(),
                    "example": {"kind": "person", "identity": "210502199001011234"},
                }
            },
        }
    },
    summary="Get a random subject for a person, an account or a sole trader",
)
async def post_pseudonym(request: Request, service: Serving, principal: Poster) -> Response:
    """The same subject for the same identity; a person gets a new one every school year.

    `school_year` is the year it begins in (September), by default the one running now. `side` says
    whether a sole trader is a supplier, a labour firm or an integrator.
    """
    wanted = _read(PseudonymRequest, await body.read_object(request, 16 * 1024))
    year = None
    if wanted.kind == "person":
        zone = ZoneInfo(service.installation.genesis.time_zone)
        year = wanted.school_year or _school_year(datetime.now(UTC).astimezone(zone))
    value = await asyncio.to_thread(
        service.store.journal.pseudonym,
        wanted.kind,
        principal.party,
        wanted.identity,
        "" if year is None else str(year),
    )
    kind = wanted.side if wanted.kind == "sole-trader" else wanted.kind
    answer: dict[str, Any] = {"subject": f"{kind}:{value}", "kind": wanted.kind}
    if year is not None:
        answer["school_year"] = year
    return body.json_answer(answer, 201)


@router.post(
    "/v1/enrolments",
    status_code=202,
    dependencies=OPEN,
    responses=PROBLEMS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": EnrolmentRequest.model_json_schema()}},
        }
    },
    summary="Send a key to be registered",
)
async def post_enrolment(request: Request, service: Serving) -> Response:
    """A device that holds a one-time code sends its key; an authority's signature is waited for.

    The code is what authenticates: it was made for one party and is used up here.
    """
    wanted = _read(EnrolmentRequest, await body.read_object(request, 16 * 1024))
    tokens = service.store.tokens
    enrolment = await asyncio.to_thread(tokens.enrolment, wanted.code)
    jwk: dict[str, JsonValue] = {**wanted.jwk}
    try:
        registration = KeyRegistration.of_json(
            {"party": enrolment.party, "jwk": jwk, "possession": wanted.possession}
        )
        registration.verify_possession(service.installation.ledger)
    except (MalformedError, VerificationError) as error:
        raise RefusedError(
            "signature",
            [
                Fault(
                    "/possession",
                    "possession",
                    f"this is no proof of possession of the key for {enrolment.party}: {error}",
                    f"未能证明 {enrolment.party} 持有该密钥",
                )
            ],
        ) from error
    if registration.kid in service.store.registry().standing.keys:
        raise RefusedError(
            "signature",
            [Fault("/jwk", "registered", "this key is registered already", "该密钥已登记")],
        )
    await asyncio.to_thread(
        tokens.use_enrolment, wanted.code, canonical.serialise(jwk).decode(), wanted.possession
    )
    return body.json_answer(
        {"party": enrolment.party, "kid": registration.kid, "state": "waiting"}, 202
    )


def _school_year(now: datetime) -> int:
    return now.year if now.month >= _SCHOOL_YEAR_BEGINS else now.year - 1


def _read(model: type[Model], value: object) -> Model:
    """A small request as its model.

    Raises:
        RefusedError: `schema`, every fault.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise RefusedError("schema", of_pydantic(error, "")) from error
