"""The log itself, as any tlog-tiles reader takes it (c2sp.org/tlog-tiles v0.1.0)."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi import Path as PathParameter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import documents
from api.dependencies import BEARER, OPEN, Serving
from api.documents import PROBLEMS
from ledger import tile
from ledger.errors import MalformedError, NotFoundError

router = APIRouter(tags=["log"])

_WEEK_S: Final = 604_800
_TILE: Final = "application/octet-stream"


@router.get(
    "/checkpoint",
    dependencies=OPEN,
    responses={200: documents.bytes_answer("text/plain", "A signed checkpoint."), **PROBLEMS},
    summary="Get the newest checkpoint",
)
def read_checkpoint(service: Serving) -> Response:
    """The signed head of the log (c2sp.org/tlog-checkpoint)."""
    return Response(
        service.store.head().checkpoint,
        media_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"},
    )


@router.get(
    "/tile/entries/{number:path}",
    dependencies=[Depends(BEARER)],
    responses={200: documents.bytes_answer(_TILE, "An entry bundle."), **PROBLEMS},
    summary="Get an entry bundle",
)
async def read_entries(
    request: Request,
    service: Serving,
    number: Annotated[str, PathParameter(description="`<N>[.p/<W>]`, groups of three digits.")],
) -> Response:
    """Entries, each with a two-byte length; with the scope `log:read` unless genesis opens them."""
    public = service.installation.genesis.entries == "public"
    if public:
        service.auth.count_open(request.scope)
    else:
        await service.auth.require(request.scope, "log:read")
    index, width = _number(number)
    data = await run_in_threadpool(service.store.entry_bundle, index, width)
    return _immutable(data, public=public)


@router.get(
    "/tile/{level}/{number:path}",
    dependencies=OPEN,
    responses={200: documents.bytes_answer(_TILE, "A hash tile."), **PROBLEMS},
    summary="Get a hash tile",
)
def read_tile(
    service: Serving,
    level: Annotated[str, PathParameter(description="0 to 63.")],
    number: Annotated[str, PathParameter(description="`<N>[.p/<W>]`, groups of three digits.")],
) -> Response:
    """Hashes of the tree, 32 bytes each."""
    try:
        found = tile.parse_path(f"tile/{level}/{number}")
    except MalformedError as error:
        raise NotFoundError(str(error)) from error
    data = service.store.hashes(found.level, found.index, found.width)
    return _immutable(data, public=True)


def _number(text: str) -> tuple[int, int]:
    try:
        return tile.parse_number(text)
    except MalformedError as error:
        raise NotFoundError(str(error)) from error


def _immutable(data: bytes, *, public: bool) -> Response:
    shared = "public" if public else "private"
    headers = {"Cache-Control": f"{shared}, max-age={_WEEK_S}, immutable"}
    if public:
        headers["Access-Control-Allow-Origin"] = "*"
    return Response(data, media_type=_TILE, headers=headers)
