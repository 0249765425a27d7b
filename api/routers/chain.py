"""The embedded chain's read-only JSON-RPC, for `mealtrace verify --rpc` on this very machine."""

import asyncio
import ipaddress
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import Scope

from api import body
from api.dependencies import OPEN, Serving
from api.documents import PROBLEMS
from api.errors import malformed
from ledger.canonical import JsonValue
from ledger.errors import LedgerError, NotFoundError

router = APIRouter(tags=["anchors and trust"], dependencies=OPEN)

_INVALID_REQUEST: Final = -32600
_FORWARDED: Final = (b"forwarded", b"x-forwarded-for", b"x-real-ip")
_EXAMPLE: Final = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}


@router.post(
    "/v1/chain",
    responses=PROBLEMS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}, "example": _EXAMPLE}},
        }
    },
    summary="Ask the embedded chain",
)
async def post_chain(request: Request, service: Serving) -> Response:
    """One JSON-RPC 2.0 call; embedded mode only, and from this machine only.

    What it says is worth no more than the machine it runs on: it shows that anchoring works, and
    proves nothing to others.
    """
    chain = service.installation.embedded_chain
    if chain is None or not _from_here(request.scope):
        raise NotFoundError("there is no chain to be asked here")
    call = await body.read_object(request, service.settings.json_body_bytes)
    method, params = call.get("method"), call.get("params", [])
    if call.get("jsonrpc") != "2.0" or not isinstance(method, str):
        raise malformed("not a JSON-RPC 2.0 call", "不是 JSON-RPC 2.0 调用")
    if not isinstance(params, list):
        return _error(call, _INVALID_REQUEST, "params must be an array")
    try:
        result = await asyncio.to_thread(chain.handle, method, params)
    except LedgerError as error:
        code = getattr(error, "code", None)
        if not isinstance(code, int):
            raise
        return _error(call, code, str(error), getattr(error, "data", None))
    return body.json_answer({"jsonrpc": "2.0", "id": call.get("id"), "result": result})


def _from_here(scope: Scope) -> bool:
    """Whether the request came straight from this machine, through no proxy."""
    client = scope.get("client")
    if client is None or any(body.header(scope, name) is not None for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _error(
    call: dict[str, JsonValue], code: int, message: str, data: str | None = None
) -> Response:
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return body.json_answer({"jsonrpc": "2.0", "id": call.get("id"), "error": error})
