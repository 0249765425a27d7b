"""From a request to a record in the log, and what is kept of requests that are refused."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.auth import Principal
from api.body import parse_object
from api.service import Service
from ledger.errors import LedgerError, RefusedError
from ledger.evidence.draft import Draft
from storage.values import Appended

#: Refusals that are attempts on a right: counted, and recorded in the log by the worker.
DENIALS: Final = frozenset({"forbidden-type", "not-your-subject", "wall"})

Refused = tuple[str | None, str | None, RefusedError]
"""A refused request: its record id and type where they can be told, and why."""

logger = logging.getLogger("mealtrace.posting")


async def post_bytes(service: Service, principal: Principal, data: bytes) -> Appended:
    """As `post`, of a request not parsed yet; under load another process prepares it."""
    service.disk.check()
    if service.crowd is not None:
        draft = await service.crowd.draft(data, principal.party)
        if draft is not None:
            return await _append(service, principal, draft)
    return await post(service, principal, parse_object(data))


async def post(
    service: Service,
    principal: Principal,
    request: Mapping[str, Any],
    facts: Mapping[str, tuple[str, int]] | None = None,
) -> Appended:
    """Append one record; durable on return.

    Args:
        service: the running service.
        principal: who posts.
        request: parsed JSON.
        facts: media type and size by digest of blobs just uploaded with the record.

    Raises:
        RefusedError: it may not be posted; the refusal is kept for its poster.
        ProblemError: `too-many-requests`, `storage-full`.
        UnavailableError: a component does not answer.
    """
    service.disk.check()
    try:
        if facts is None and names_blobs(request):
            facts = await blob_facts(service, principal, [request])
        draft = service.prepare(request, principal, facts)
    except RefusedError as error:
        await _refuse(service, principal, (*named(request), error))
        raise
    return await _append(service, principal, draft)


async def _append(service: Service, principal: Principal, draft: Draft) -> Appended:
    outcome = (await service.batcher.submit((draft,)))[0]
    if isinstance(outcome, RefusedError):
        await _refuse(service, principal, (draft.statement.id, draft.statement.type, outcome))
        raise outcome
    appended: Appended = outcome
    service.metrics.records["replayed" if appended.replayed else "stored"] += 1
    return appended


async def _refuse(service: Service, principal: Principal, refused: Refused) -> None:
    service.metrics.records["refused"] += 1
    await keep_refusals(service, principal, [refused])


def names_blobs(request: Mapping[str, Any]) -> bool:
    """Whether the request leaves it to the service to tell its blobs' media types and sizes."""
    return bool(request.get("blobs")) and request.get("signature") is None


async def blob_facts(
    service: Service, principal: Principal, requests: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[str, int]]:
    """Media type and size of the blobs that unsigned requests name, as their poster uploaded them."""
    digests = {
        blob["sha256"]
        for request in requests
        if names_blobs(request) and isinstance(request["blobs"], list)
        for blob in request["blobs"]
        if isinstance(blob, dict)
        and isinstance(blob.get("sha256"), str)
        and not {"media_type", "size"} <= blob.keys()
    }
    return await service.blob_facts.of(principal.party, digests)


async def keep_refusals(service: Service, principal: Principal, refused: Sequence[Refused]) -> None:
    """Keep why requests were refused, off the log; attempts on a right are counted as well.

    The refusal itself must reach its client even where this cannot be kept.
    """
    try:
        await asyncio.to_thread(_keep, service, principal.party, refused)
    except LedgerError as error:
        logger.warning("refusals could not be kept: %s", error, extra={"party": principal.party})


def _keep(service: Service, party: str, refused: Sequence[Refused]) -> None:
    journal = service.store.journal
    journal.note_refusals(party, refused)
    for _, kind, error in refused:
        if error.code in DENIALS:
            journal.count_denial(party, kind or "unknown")


def named(request: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Id and type of a request as far as they are texts of a sensible length."""
    record_id, kind = request.get("id"), request.get("type")
    return (
        record_id if isinstance(record_id, str) and len(record_id) <= 64 else None,
        kind if isinstance(kind, str) and len(kind) <= 64 else None,
    )
