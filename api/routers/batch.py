"""Batches: many records in one request, one line each (API.md, `records:batch`).

The body is read to its end, within its limits, before the answer starts: of a streamed answer over
an unread body clients were measured to lose lines. What becomes of the lines is in `api.lines`.
"""

import tempfile
from typing import IO, Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse

from api import body
from api.dependencies import Poster, Serving
from api.documents import PROBLEMS, RECORD_SCHEMA
from api.edge import REQUEST_ID
from api.errors import ProblemError, malformed
from api.lines import Batch, all_or_nothing, piece_by_piece

router = APIRouter(tags=["records"])

NDJSON: Final = b"application/x-ndjson"
_LARGE: Final = 1000
_IN_MEMORY: Final = 4 * 1024 * 1024


@router.post(
    "/v1/records:batch",
    responses={
        200: {
            "description": "A line for each line, in order, and a last line with `end`.",
            "content": {NDJSON.decode(): {"schema": {"type": "string"}}},
        },
        **PROBLEMS,
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {NDJSON.decode(): {"schema": RECORD_SCHEMA}},
        }
    },
    summary="Post many records",
)
async def post_batch(
    request: Request,
    service: Serving,
    principal: Poster,
    receipts: Annotated[
        Literal["full", "compact"], Query(description="`compact` leaves out the proofs.")
    ] = "full",
    atomic: Annotated[bool, Query(description="All or nothing; at most 1,000 lines.")] = False,
) -> StreamingResponse:
    """Store the record of each line; the answer has a receipt or a problem for each, in order.

    An answer without its last line `{"end":true,…}` was cut: send the batch again, ids make it
    safe.
    """
    body.require_media_type(request.scope, NDJSON)
    service.disk.check()
    settings = service.settings
    most = settings.atomic_lines if atomic else settings.batch_lines
    if service.batcher.waiting >= settings.queue_records:
        raise service.batcher.full()
    spool, count = await _spooled(request, settings.batch_body_bytes, most)
    preparers = service.preparers if count > _LARGE else None
    batch = Batch(service, principal, request.scope[REQUEST_ID], receipts == "compact", preparers)
    stream = all_or_nothing(batch, spool, count) if atomic else piece_by_piece(batch, spool, count)
    return StreamingResponse(stream, media_type=NDJSON.decode())


async def _spooled(request: Request, limit_bytes: int, most: int) -> tuple[IO[bytes], int]:
    """The whole body and its number of lines.

    Raises:
        ProblemError: `too-large` by bytes or lines, `malformed` without any line.
        ClientDisconnect: the body broke off.
    """
    body.check_announced(request.scope, limit_bytes)
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    try:
        newlines, last = 0, b"\n"
        async for chunk in body.chunks(request.receive, limit_bytes):
            newlines += chunk.count(b"\n")
            _check_count(newlines, most)
            last = chunk[-1:]
            spool.write(chunk)
        count = newlines + (last != b"\n")
        _check_count(count, most, least=1)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool, count


def _check_count(count: int, most: int, *, least: int = 0) -> None:
    if count < least:
        raise malformed("the batch has no line", "批次为空")
    if count > most:
        raise ProblemError(
            "too-large",
            f"a batch has at most {most} lines; send several",
            f"一批最多 {most} 行，请分批发送",
        )
