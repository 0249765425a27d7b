"""Verification as a service, for who has no program at hand: the same pure function as offline."""

import asyncio
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import body
from api.dependencies import OPEN, Serving
from api.documents import PROBLEMS, VerdictShape
from api.errors import malformed, too_large
from api.multipart import Part, PartEnd, events
from ledger.verification import verify

router = APIRouter(tags=["verification"])

_BUNDLE_BYTES: Final = 16 * 1024 * 1024
_POLICY_BYTES: Final = 1024 * 1024
_LIMITS: Final = {"bundle": _BUNDLE_BYTES, "policy": _POLICY_BYTES}

_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["bundle"],
                "properties": {
                    "bundle": {"type": "string", "format": "binary"},
                    "policy": {"type": "string", "format": "binary"},
                    "blob": {"type": "array", "items": {"type": "string", "format": "binary"}},
                },
            }
        }
    },
}


@router.post(
    "/v1/verify",
    dependencies=OPEN,
    responses={200: {"model": VerdictShape}, **PROBLEMS},
    openapi_extra={"requestBody": _BODY},
    summary="Verify a proof bundle",
)
async def post_verify(request: Request, service: Serving) -> Response:
    """The verdict on a bundle under a policy, with the files at hand; nothing of them is kept.

    Whoever distrusts this service runs `mealtrace verify` instead; both call the same function.
    """
    settings = service.settings
    body.check_announced(request.scope, settings.verify_bytes)
    chunks = body.chunks(request.receive, settings.verify_bytes)
    texts: dict[str, bytearray] = {}
    blobs: dict[str, int] = {}
    name, digest, size = "", sha256(), 0
    async for event in events(body.header(request.scope, b"content-type"), chunks):
        if isinstance(event, Part):
            name, digest, size = event.name, sha256(), 0
            if name in _LIMITS:
                if name in texts:
                    raise malformed(f"two parts are named {name}", f"有两个名为 {name} 的部分")
                texts[name] = bytearray()
        elif event is PartEnd.END:
            if name not in _LIMITS:
                blobs[digest.hexdigest()] = size
        elif isinstance(event, bytes):
            if name in _LIMITS:
                texts[name] += event
                if len(texts[name]) > _LIMITS[name]:
                    raise too_large(f"the part {name}", f"{name} 部分", _LIMITS[name])
            else:
                digest.update(event)
                size += len(event)
    if "bundle" not in texts:
        raise malformed("no part is named bundle", "缺少名为 bundle 的部分")
    policy = bytes(texts["policy"]) if "policy" in texts else None
    async with service.heavy:
        verdict = await asyncio.to_thread(verify, bytes(texts["bundle"]), policy, blobs=blobs)
    return body.json_answer(verdict.to_json())
