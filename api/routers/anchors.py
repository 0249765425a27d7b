"""Anchors and trust: what a stranger needs before believing anything else here."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from starlette.responses import Response

from api import body, documents, trust
from api.dependencies import OPEN, Serving
from api.documents import PROBLEMS
from ledger import timestamp
from ledger.anchor_progress import AnchorProgress
from ledger.encoding import b64
from ledger.errors import NotFoundError

router = APIRouter(tags=["anchors and trust"], dependencies=OPEN)


@router.get("/v1/anchors", responses=PROBLEMS, summary="List anchors")
def list_anchors(service: Serving) -> Response:
    """Every anchor with its state, ascending by size: planned, sent, mined, final, or a setback."""
    rows = [row for row in service.store.anchors.all() if row.size]
    head = service.store.head()
    return body.json_answer(
        {
            "anchors": [_shown(row) for row in rows],
            "log_size": head.size,
            "anchor_lag": head.size - max((row.size for row in rows if row.mined), default=0),
        }
    )


@router.get("/v1/anchors/{size}", responses=PROBLEMS, summary="Read the anchors of a size")
def read_anchor(
    service: Serving, size: Annotated[int, PathParameter(ge=1, le=2**53 - 1)]
) -> Response:
    """The anchor of each target at exactly this tree size."""
    rows = [row for row in service.store.anchors.all() if row.size == size]
    if not rows:
        raise NotFoundError(f"size {size} was not anchored")
    return body.json_answer({"anchors": [_shown(row) for row in rows]})


@router.get(
    "/v1/trust",
    responses={
        200: documents.bytes_answer("text/plain", "A policy in C2SP tlog-policy syntax."),
        **PROBLEMS,
    },
    summary="Get the log's policy",
)
def read_trust(request: Request, service: Serving) -> Response:
    """The policy to verify with: its fingerprint (ETag) must equal the one printed on paper."""
    text, fingerprint = trust.policy_of(service.installation)
    tag = f'"{fingerprint}"'
    headers = {
        "ETag": tag,
        "X-Policy-Fingerprint": fingerprint,
        "Cache-Control": "no-cache",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


def _shown(row: AnchorProgress) -> dict[str, Any]:
    mined = row.mined
    return {
        "size": row.size,
        "root": b64(row.root),
        "state": row.state.value,
        "planned_at": timestamp.format(row.planned_at_ms),
        "changed_at": timestamp.format(row.changed_at_ms),
        "setbacks": row.setbacks,
        "detail": row.detail,
        "target": row.target.to_json(),
        "tx_hash": None if mined is None else mined.tx_hash,
        "log_index": None if mined is None else mined.log_index,
        "block_number": None if mined is None else mined.block_number,
        "block_hash": None if mined is None else mined.block_hash,
        "block_time": None if mined is None else timestamp.format(1000 * mined.block_timestamp_s),
    }
