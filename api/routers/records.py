"""Records: posted one at a time, prepared for signing, found, read and proven."""

from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api import access, body, bundles, documents, list_filters, posting, receipts
from api import service as services
from api.auth import Principal
from api.blob_intake import BlobIntake, clean_media_type
from api.dependencies import BEARER, Cursor, Limit, Poster, Reader, Serving, normal_time
from api.documents import PROBLEMS
from api.errors import malformed, too_large
from api.multipart import Part, PartEnd, events
from api.service import Service
from ledger import bundle as bundle_format
from ledger import entry as entries
from ledger.canonical import JsonValue
from ledger.commitment import SEED_SIZE
from ledger.encoding import b64, b64url
from ledger.entry import Entry
from ledger.evidence.draft import signable
from storage.values import ChainLink, Search, StoredRecord

router = APIRouter(tags=["records"])

PATH: Final = "/v1/records"
MULTIPART: Final = b"multipart/form-data"
_JSON_HEADER: Final = (b"content-type", b"application/json")

RecordId = Annotated[
    str,
    PathParameter(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        description="The record's id, a lower-case UUID.",
    ),
]


async def post_fast(scope: Scope, receive: Receive, send: Send) -> None:
    """`POST /v1/records` without the framework: `Edge` calls it before any route is looked for."""
    status, answer = await _post(scope, receive)
    length = (b"content-length", b"%d" % len(answer))
    await send({"type": "http.response.start", "status": status, "headers": [_JSON_HEADER, length]})
    await send({"type": "http.response.body", "body": answer})


@router.post(
    PATH,
    status_code=201,
    responses={
        201: {"model": documents.ReceiptShape, "description": "Stored, durably."},
        200: {"model": documents.ReceiptShape, "description": "Stored before, same content."},
        **PROBLEMS,
    },
    openapi_extra={"requestBody": documents.POSTED_BODY},
    dependencies=[Depends(BEARER)],
    summary="Post one record",
)
async def post_record(request: Request) -> Response:
    """Store one record and answer with its receipt, after the commit.

    The body is JSON, or multipart with a part `record` and a part per blob, named by its role. The
    `id` makes a retry safe: the same content again gives 200 and the same place in the log.
    """
    status, answer = await _post(request.scope, request.receive)
    return Response(answer, status, media_type="application/json")


async def _post(scope: Scope, receive: Receive) -> tuple[int, bytes]:
    service = services.of(scope)
    principal = await service.auth.require(scope, "post")
    kind = body.require_media_type(scope, body.JSON_TYPE, MULTIPART)
    if kind == MULTIPART:
        request, facts = await _read_multipart(service, principal, scope, receive)
        appended = await posting.post(service, principal, request, facts)
    else:
        data = await body.read(scope, receive, service.settings.json_body_bytes)
        appended = await posting.post_bytes(service, principal, data)
    return (200 if appended.replayed else 201), receipts.to_bytes(appended)


async def _read_multipart(
    service: Service, principal: Principal, scope: Scope, receive: Receive
) -> tuple[dict[str, JsonValue], dict[str, tuple[str, int]]]:
    """The request of part `record`, naming the other parts' blobs, which are stored by now."""
    settings = service.settings
    service.disk.check()
    body.check_announced(scope, settings.multipart_bytes)
    chunks = body.chunks(receive, settings.multipart_bytes)
    record: bytearray | None = None
    intake: BlobIntake | None = None
    part = Part("", None, None)
    blobs: list[JsonValue] = []
    facts: dict[str, tuple[str, int]] = {}
    try:
        async for event in events(body.header(scope, b"content-type"), chunks):
            if isinstance(event, Part):
                part = event
                if part.name != "record":
                    intake = BlobIntake(service, principal, clean_media_type(part.media_type))
                elif record is None:
                    record = bytearray()
                else:
                    raise malformed("two parts are named record", "有两个名为 record 的部分")
            elif event is PartEnd.END:
                if intake is not None:
                    stored = await intake.finish()
                    intake = None
                    blobs.append({"role": part.name, **stored.to_json()})
                    facts[stored.sha256] = (stored.media_type, stored.size)
            elif isinstance(event, bytes):
                if intake is not None:
                    await intake.write(event)
                elif record is not None:
                    record += event
                    if len(record) > settings.json_body_bytes:
                        raise too_large("the part record", "record 部分", settings.json_body_bytes)
    finally:
        if intake is not None:
            await intake.abort()
    if record is None:
        raise malformed("no part is named record", "缺少名为 record 的部分")
    request = body.parse_object(bytes(record))
    if request.get("signature") is None and blobs:
        named = request.get("blobs", [])
        request["blobs"] = [*named, *blobs] if isinstance(named, list) else named
    return request, facts


@router.post(
    "/v1/records:prepare",
    responses={200: {"model": documents.SignableShape}, **PROBLEMS},
    openapi_extra={"requestBody": documents.RECORD_BODY},
    summary="Prepare a record for signing",
)
async def prepare_record(request: Request, service: Serving, principal: Poster) -> Response:
    """Check a record as if it were posted and store nothing: the statement bytes, to be signed."""
    wanted = await body.read_object(request, service.settings.json_body_bytes)
    facts = None
    if posting.names_blobs(wanted):
        facts = await posting.blob_facts(service, principal, [wanted])
    ready = signable(
        wanted,
        submitter=principal.party,
        ledger=service.installation.ledger,
        new_seed=service.entropy.take(SEED_SIZE),
        blob_facts=facts,
    )
    return body.json_answer(
        {"seed": b64url(ready.seed), "statement": b64(ready.statement), "request": ready.request}
    )


@router.get(
    PATH,
    responses={200: {"model": documents.PageShape}, **PROBLEMS},
    summary="Find records",
)
def search_records(
    request: Request,
    service: Serving,
    principal: Reader,
    subject: Annotated[str | None, Query(max_length=161)] = None,
    type: Annotated[str | None, Query(max_length=64)] = None,  # noqa: A002 - API.md's name
    issuer: Annotated[str | None, Query(max_length=161)] = None,
    submitter: Annotated[str | None, Query(max_length=161)] = None,
    source_ref: Annotated[
        str | None, Query(max_length=128, description="The poster's own number, exact.")
    ] = None,
    occurred_from: Annotated[str | None, Query(max_length=40)] = None,
    occurred_to: Annotated[str | None, Query(max_length=40)] = None,
    logged_from: Annotated[str | None, Query(max_length=40)] = None,
    logged_to: Annotated[str | None, Query(max_length=40)] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Records the token's party may read, oldest first. `…_from` is inclusive, `…_to` is not.

    `source_ref` is searched among the party's own posts only.
    """
    list_filters.check_names(request.query_params, _FILTERS)
    if source_ref is not None and submitter not in (None, principal.party):
        return body.json_answer({"records": [], "cursor": None})
    found = service.store.search(
        Search(
            subject=subject,
            type=type,
            issuer=issuer,
            submitter=submitter if source_ref is None else principal.party,
            source_ref=source_ref,
            occurred_from=normal_time(occurred_from, "occurred_from"),
            occurred_to=normal_time(occurred_to, "occurred_to"),
            logged_from=normal_time(logged_from, "logged_from"),
            logged_to=normal_time(logged_to, "logged_to"),
            visible_to=None if access.reads_all(service.store, principal) else principal.party,
            after=-1 if cursor is None else int(cursor),
            limit=limit,
        )
    )
    return body.json_answer(
        {
            "records": [
                {
                    "id": hit.id,
                    "index": hit.index,
                    "type": hit.type,
                    "issuer": hit.issuer,
                    "submitter": hit.submitter,
                    "occurred_at": hit.occurred_at,
                    "logged_at": hit.logged_at,
                    "leaf_hash": hit.leaf_hash.hex(),
                    "links": receipts.links(hit.id),
                }
                for hit in found
            ],
            "cursor": str(found[-1].index) if len(found) == limit else None,
        }
    )


_FILTERS: Final = (
    "subject", "type", "issuer", "submitter", "source_ref", "occurred_from", "occurred_to",
    "logged_from", "logged_to", "cursor", "limit",
)  # fmt: skip


@router.get(PATH + "/{id}", responses=PROBLEMS, summary="Read a record")
def read_record(service: Serving, principal: Reader, id: RecordId) -> Response:  # noqa: A002
    """The record with its payload; what is personal is withheld without the scope `personal`.

    `statement_sha256` is what links that correct, dispute or confirm it give. `later` names the
    records that did correct, dispute, rule on or erase it: it is not to be relied on without them.
    """
    record, entry = access.readable(service.store, principal, id)
    return body.json_answer(_shown(service, principal, record, entry))


def _shown(
    service: Service, principal: Principal, record: StoredRecord, entry: Entry
) -> dict[str, Any]:
    statement = entry.statement
    shown: dict[str, Any] = {
        "id": record.id,
        "index": record.index,
        "leaf_hash": record.leaf_hash.hex(),
        "logged_at": entry.logged_at,
        "type": statement.type,
        "type_version": statement.type_version,
        "issuer": statement.issuer,
        "submitter": entry.submitter,
        "occurred_at": statement.occurred_at,
        "subjects": list(statement.subjects),
        "links_to": [link.to_json() for link in statement.links],
        "signature": entry.signature,
        "chains": [
            {
                "subject": item.subject,
                "seq": item.seq,
                "prev_index": item.prev_index,
                "prev": None if item.prev is None else item.prev.hex(),
            }
            for item in entry.chains
        ],
        "entry": b64(record.data),
        "statement_sha256": statement.sha256.hex(),
        "erased": record.erased,
        "erased_fields": [] if record.opening is None else list(record.opening.erased),
        "payload": None,
        "withheld": [],
        "links": receipts.links(record.id),
        "later": [_said(link) for link in service.store.history(f"record:{record.id}")],
    }
    if record.payload is not None:
        payload = orjson.loads(record.payload)
        shown["payload"], shown["withheld"] = access.show(
            service.store, principal, record, entry, payload
        )
    if record.seed is not None and principal.party == entry.submitter:
        shown["seed"] = b64url(record.seed)
    return shown


def _said(link: ChainLink) -> dict[str, Any]:
    """What was said about a record afterwards, as far as its entry tells: the bundle has it, too."""
    entry = entries.parse(link.data)
    return {
        "id": entry.statement.id,
        "index": link.index,
        "type": entry.statement.type,
        "issuer": entry.statement.issuer,
        "logged_at": entry.logged_at,
    }


@router.get(
    PATH + "/{id}/bundle",
    responses={
        200: {
            "description": "The proof bundle, a file.",
            "content": {bundle_format.MEDIA_TYPE: {"schema": {"type": "object"}}},
        },
        **PROBLEMS,
    },
    summary="Get a record's proof bundle",
)
def get_bundle(
    service: Serving,
    principal: Reader,
    id: RecordId,  # noqa: A002 - API.md's name
    disclose: Annotated[
        str | None,
        Query(
            max_length=8192,
            description="Payload fields to disclose, by commas; default: all that are not "
            "personal; empty: none.",
        ),
    ] = None,
) -> Response:
    """Everything that shows the record to be true, in one file that is verified offline."""
    record, entry = access.readable(service.store, principal, id)
    present = set() if record.payload is None else set(orjson.loads(record.payload))
    personal = access.personal_fields(entry.statement.type) & present
    if disclose is None:
        names = present - personal
    else:
        names = {name.strip() for name in disclose.split(",") if name.strip()} & present
    asked = names & personal
    if asked:
        access.require_personal(principal, asked)
        access.note_read(service.store, principal, record.index, asked)
    return Response(
        bundles.build(service.store, service.completeness, record, names),
        media_type=bundle_format.MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{id}{bundle_format.FILE_ENDING}"'},
    )


@router.get(
    PATH + "/{id}/proof",
    responses={200: documents.bytes_answer("text/plain", "A .tlog-proof file."), **PROBLEMS},
    summary="Get a record's inclusion proof",
)
def get_proof(service: Serving, principal: Reader, id: RecordId) -> Response:  # noqa: A002
    """The tlog-proof of the record at the head of now (c2sp.org/tlog-proof)."""
    record, _ = access.readable(service.store, principal, id)
    head = service.store.head()
    path = service.store.inclusion_proof(record.index, head.size)
    return Response(
        receipts.proof_text(record.index, path, head.checkpoint),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{id}.tlog-proof"'},
    )
