"""Blobs: files that records name, streamed in and out, sealed in between."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from starlette.responses import Response, StreamingResponse

from api import access, body, documents
from api.auth import Principal
from api.blob_intake import BlobIntake, clean_media_type
from api.dependencies import Poster, Reader, Serving
from api.documents import PROBLEMS
from api.errors import ProblemError, malformed
from ledger import entry as entries
from ledger.encoding import b64, unb64
from ledger.errors import MalformedError, NotFoundError
from storage.store import Store
from storage.values import Upload

router = APIRouter(tags=["blobs"])

Digest = Annotated[
    str, PathParameter(pattern=r"^[0-9a-f]{64}$", description="SHA-256, lower-case hex.")
]
_REPR_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):\s*(?:,|$)", re.ASCII)
_RANGE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


@router.post(
    "/v1/blobs",
    status_code=201,
    responses={201: {"model": documents.UploadShape}, **PROBLEMS},
    openapi_extra={
        "requestBody": documents.binary_body("application/octet-stream", "The file's bytes."),
        "parameters": [
            {
                "name": "Repr-Digest",
                "in": "header",
                "required": False,
                "description": "RFC 9530: `sha-256=:<base64>:`; checked where given.",
                "schema": {"type": "string"},
            }
        ],
    },
    summary="Upload a file",
)
async def post_blob(request: Request, service: Serving, principal: Poster) -> Response:
    """Store a file under its Content-Type; a record of the same party may name it from then on.

    The answer is the same whether or not the file was there before.
    """
    media_type = clean_media_type(request.headers.get("content-type"))
    announced = _announced_digest(request.headers.get("repr-digest"))
    service.disk.check()
    body.check_announced(request.scope, service.settings.blob_bytes)
    intake = BlobIntake(service, principal, media_type)
    done = False
    try:
        async for chunk in body.chunks(request.receive, service.settings.blob_bytes):
            await intake.write(chunk)
        if announced is not None:
            found = await intake.digest()
            if found != announced:
                raise malformed(
                    f"Repr-Digest says {b64(announced)}, the body has {b64(found)}",
                    "Repr-Digest 与请求体的摘要不符",
                )
        stored = await intake.finish()
        done = True
    finally:
        if not done:
            await intake.abort()
    return body.json_answer(stored.to_json(), 201, Location=f"/v1/blobs/{stored.sha256}")


@router.get(
    "/v1/blobs/{sha256}",
    responses={
        200: documents.bytes_answer("*/*", "The file."),
        206: documents.bytes_answer("*/*", "A range of it."),
        **PROBLEMS,
    },
    response_class=Response,
    summary="Download a file",
)
@router.head(
    "/v1/blobs/{sha256}",
    responses={200: {"description": "Its size, type and digest."}, **PROBLEMS},
    response_class=Response,
    summary="Look at a file",
)
def get_blob(request: Request, service: Serving, principal: Reader, sha256: Digest) -> Response:
    """A file the party uploaded, or that a record it may read names; one `Range` is honoured."""
    upload = _readable(service.store, principal, sha256)
    if upload.erased_at is not None:
        raise _erased()
    tag = f'"{sha256}"'
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Repr-Digest": f"sha-256=:{b64(bytes.fromhex(sha256))}:",
        "Cache-Control": "private, no-store",
        # What a stranger uploaded must not run in anybody's browser under this address.
        "Content-Disposition": f'attachment; filename="{sha256[:16]}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range")
    if wanted is not None and request.headers.get("if-range") not in (None, tag):
        wanted = None
    span = None if wanted is None else _span(wanted, upload.size)
    start, end = (0, upload.size) if span is None else span
    headers["Content-Length"] = str(end - start)
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{upload.size}"
    status = 200 if span is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=upload.media_type)
    service.metrics.blob_bytes["out"] += end - start
    return StreamingResponse(
        _begun(service.store, upload, start, end), status, headers, media_type=upload.media_type
    )


def _announced_digest(value: str | None) -> bytes | None:
    if value is None:
        return None
    found = _REPR_DIGEST.search(value)
    if found is None:
        return None  # other algorithms are not ours to check (RFC 9530 §2)
    try:
        return unb64(found[1], 32)
    except MalformedError as error:
        raise malformed(f"Repr-Digest: {error}", "Repr-Digest 不合规") from error


def _readable(store: Store, principal: Principal, sha256: str) -> Upload:
    """The upload by which the principal may read the file, a personal one with its scope only.

    One that was erased is known to its uploader only, and to nobody once he uploaded it anew.

    Raises:
        NotFoundError: there is none for this principal.
        ProblemError: `scope`, the file is personal.
    """
    everything = access.reads_all(store, principal)
    needs_personal: tuple[int, str] | None = None
    own: Upload | None = None
    for upload in store.uploads.find(sha256):
        for index in store.uploads.used_by(upload.id):
            if not everything and not store.concerns(index, principal.party):
                continue
            role = _personal_role(store, index, sha256)
            if role is None:
                return upload
            needs_personal, own = (index, role), upload
        if upload.submitter == principal.party and (own is None or own.erased_at is not None):
            own = upload
    if own is None:
        raise NotFoundError(f"there is no blob {sha256}")
    if needs_personal is not None:
        access.require_personal(principal, [needs_personal[1]])
        access.note_read(store, principal, needs_personal[0], [f"blob:{needs_personal[1]}"])
    return own


def _personal_role(store: Store, index: int, sha256: str) -> str | None:
    """The personal role in which a record names the file, or None."""
    found = store.records(index, index + 1)
    if not found or found[0].payload is None:
        return None
    roles = access.personal_roles(entries.parse(found[0].data).statement.type)
    if not roles:
        return None
    blobs = orjson.loads(found[0].payload).get("blobs", [])
    return next((b["role"] for b in blobs if b["sha256"] == sha256 and b["role"] in roles), None)


def _span(value: str, size: int) -> tuple[int, int] | None:
    """The bytes [start, end) of a Range; None where it is to be ignored (RFC 9110 §14.2).

    Raises:
        ProblemError: `range`, it lies outside the file.
    """
    found = _RANGE.fullmatch(value.strip())
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise ProblemError(
            "range",
            f"the file has {size} bytes",
            f"文件共 {size} 字节",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, end


def _begun(store: Store, upload: Upload, start: int, end: int) -> Iterator[bytes]:
    """The bytes, the first piece of them read already: a missing or altered file is a problem then.

    Raises:
        ProblemError: `erased`.
        VerificationError: the object was altered.
        UnavailableError: the store does not answer.
    """
    if start == end:
        return iter(())
    try:
        pieces = store.uploads.open(upload, start, end)
        first = next(pieces, b"")
    except NotFoundError as error:
        raise _erased() from error
    return _after(first, pieces)


def _erased() -> ProblemError:
    return ProblemError(
        "erased", "the file was erased, or is missing from the store", "文件已被删除或缺失"
    )


def _after(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces
