"""Reading request bodies within their limits, and answering in bytes.

A limit holds while the body streams in: neither a false Content-Length nor a chunked body gets more
than one chunk past it into memory.
"""

import codecs
from collections.abc import AsyncIterator
from typing import Any, Final

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope

from api.errors import ProblemError, malformed, too_large
from ledger import strict_json
from ledger.errors import MalformedError

JSON_TYPE: Final = b"application/json"


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header `name` (lower case), or None."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None


def require_media_type(scope: Scope, *allowed: bytes) -> bytes:
    """The body's media type without parameters, lower case, if it is one of `allowed`.

    Raises:
        ProblemError: `media-type`.
    """
    value = header(scope, b"content-type") or b""
    media_type = value.partition(b";")[0].strip().lower()
    if media_type not in allowed:
        names = [name.decode() for name in allowed]
        raise ProblemError(
            "media-type",
            f"the header Content-Type must be {' or '.join(names)}",
            f"请求头 Content-Type 必须是 {' 或 '.join(names)}",
        )
    return media_type


def check_announced(scope: Scope, limit_bytes: int) -> None:
    """Refuse a body whose Content-Length is over the limit before reading any of it."""
    announced = header(scope, b"content-length")
    if announced is not None and announced.isdigit() and int(announced) > limit_bytes:
        raise too_large("the body", "请求体", limit_bytes)


async def chunks(receive: Receive, limit_bytes: int, *, size: int = 0) -> AsyncIterator[bytes]:
    """The body as it comes in; `size` bytes of it were received already.

    Raises:
        ProblemError: `too-large`, as soon as more than `limit_bytes` came.
        ClientDisconnect: the body broke off.
    """
    more = True
    while more:
        message = await receive()
        body = _body_of(message)
        more = message.get("more_body", False)
        size += len(body)
        if size > limit_bytes:
            raise too_large("the body", "请求体", limit_bytes)
        if body:
            yield body


async def read(scope: Scope, receive: Receive, limit_bytes: int) -> bytes:
    """The whole body, at most `limit_bytes`.

    Raises:
        ProblemError: `too-large`.
        ClientDisconnect: the body broke off.
    """
    message = await receive()
    body = _body_of(message)
    if not message.get("more_body", False):
        # Nearly every record arrives in one piece; it needs no joining and no second look.
        if len(body) > limit_bytes:
            raise too_large("the body", "请求体", limit_bytes)
        return body
    check_announced(scope, limit_bytes)
    parts = [body]
    parts.extend([part async for part in chunks(receive, limit_bytes, size=len(body))])
    return b"".join(parts)


def parse_object(body: bytes) -> dict[str, Any]:
    """A JSON object as a client sent it; fractions become floats, so that a schema names the field.

    Raises:
        ProblemError: `malformed`: not strict JSON (RFC 8259 without duplicate keys), or no object.
    """
    try:
        value = strict_json.parse(body, fractions=True)
    except MalformedError as error:
        raise malformed(*_why_no_json(body, str(error))) from error
    if not isinstance(value, dict):
        raise malformed(
            "the body must be one JSON object; many go to POST /v1/records:batch, one a line",
            "请求体必须是一个 JSON 对象；多条记录请用 POST /v1/records:batch，每行一条",
        )
    return value


async def read_object(request: Request, limit_bytes: int) -> dict[str, Any]:
    """The JSON object a request carries.

    Raises:
        ProblemError: `media-type`, `too-large` or `malformed`.
    """
    require_media_type(request.scope, JSON_TYPE)
    return parse_object(await read(request.scope, request.receive, limit_bytes))


def json_answer(value: object, status: int = 200, **headers: str) -> Response:
    """`value` as JSON; header names with underscores for hyphens."""
    return Response(
        orjson.dumps(value),
        status,
        {name.replace("_", "-"): text for name, text in headers.items()},
        media_type="application/json",
    )


def _why_no_json(body: bytes, found: str) -> tuple[str, str]:
    """What to do about a body that is no JSON, in English and Chinese."""
    if not body:
        return "the body is empty; send a JSON object", "请求体为空；请发送 JSON 对象"
    if body.startswith(codecs.BOM_UTF8):
        return (
            "leave out the byte order mark before the JSON",
            "请去掉 JSON 前面的 BOM（字节序标记）",
        )
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return (
            f"send the JSON in UTF-8; byte {error.start} is none (GBK, perhaps)",
            f"请用 UTF-8 编码发送 JSON；第 {error.start} 字节不是 UTF-8（可能是 GBK）",
        )
    if "stands twice" in found:
        return (
            "a member name stands twice in one object; give each once",
            "同一对象中有重复的字段名；每个字段只写一次",
        )
    if "too deep" in found:
        return f"{found}; at most {strict_json.MAX_DEPTH} levels", (
            f"JSON 嵌套过深，最多 {strict_json.MAX_DEPTH} 层"
        )
    place = found.rpartition(": ")[2]
    at_zh = f"（{place}）" if place.startswith("line ") else ""
    return (
        found.replace("not strict JSON", "the body is no strict JSON"),
        f"请求体不是合规的 JSON{at_zh}；字符串须转义，不得有多余的逗号或注释",
    )


def _body_of(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    body = message.get("body", b"")
    return body if isinstance(body, bytes) else bytes(body)
