"""Traces: a record, everything it rests on and everything that rests on it (可追溯)."""

import asyncio
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import access, traces
from api.dependencies import Reader, Serving, normal_time
from api.documents import PROBLEMS
from api.errors import malformed
from api.routers.records import PATH, RecordId
from ledger.trace.parts import MIN_NODES
from ledger.trace.walk import MAX_DEPTH, Direction

router = APIRouter(tags=["records"])

DEFAULT_DEPTH: Final = 6
DEFAULT_NODES: Final = 500
MAX_NODES: Final = 2_000

_DIRECTIONS: Final = {
    "up": (Direction.UP,),
    "down": (Direction.DOWN,),
    "both": (Direction.UP, Direction.DOWN),
}
_ANSWER: Final[dict[str, Any]] = {
    "description": "The graph, with the proof of every hop; see docs/trace.md.",
    "content": {"application/json": {"schema": {"type": "object"}}},
}


@router.get(
    PATH + "/{id}/trace",
    responses={200: _ANSWER, **PROBLEMS},
    summary="Trace a record up and down",
)
async def get_trace(
    service: Serving,
    principal: Reader,
    id: RecordId,  # noqa: A002 - API.md's name
    direction: Annotated[
        Literal["up", "down", "both"],
        Query(description="up: what it rests on; down: what rests on it."),
    ] = "both",
    depth: Annotated[
        int, Query(ge=1, le=MAX_DEPTH, description="Most hops from the record.")
    ] = DEFAULT_DEPTH,
    nodes: Annotated[
        int, Query(ge=1, le=MAX_NODES, description="Most records of one direction.")
    ] = DEFAULT_NODES,
    occurred_from: Annotated[str | None, Query(max_length=40)] = None,
    occurred_to: Annotated[str | None, Query(max_length=40)] = None,
    part: Annotated[
        str | None,
        Query(max_length=400, description="`first`, then what `next` of the answer before says."),
    ] = None,
) -> Response:
    """From a settlement to the photo of the meat, from a certificate to every dish: in one call.

    All entries and proofs are against one checkpoint, so that the graph is checked offline. What
    the token's party may not read is left out. `occurred_from` (inclusive) and `occurred_to` narrow
    it to a time. Where `truncated` says that there is more, ask for one direction in parts: all of
    them together are all of it, under one checkpoint.
    """
    if part is not None and (direction == "both" or nodes < MIN_NODES):
        raise malformed(
            f"a trace in parts has one direction, up or down, and nodes of at least {MIN_NODES}",
            f"分段溯源只能选一个方向（up 或 down），且 nodes 不小于 {MIN_NODES}",
        )
    window = (
        normal_time(occurred_from, "occurred_from") or "",
        normal_time(occurred_to, "occurred_to") or "",
    )
    zone = service.installation.genesis.time_zone

    def trace() -> bytes:
        record, _ = access.readable(service.store, principal, id)
        return traces.build(
            service.store,
            principal,
            record,
            directions=_DIRECTIONS[direction],
            depth=depth,
            most=nodes,
            zone=zone,
            window=window,
            part=part,
        )

    async with service.heavy:
        answer = await asyncio.to_thread(trace)
    return Response(answer, media_type="application/json")
