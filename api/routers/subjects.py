"""Histories: the chain of a subject's entries (DESIGN §2.7)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter
from starlette.responses import Response

from api import access, body, histories, receipts
from api.dependencies import Cursor, Limit, Reader, Serving
from api.documents import PROBLEMS
from ledger import entry as entries
from ledger.encoding import b64
from ledger.evidence.subjects import is_about
from storage.values import ChainLink

router = APIRouter(tags=["records"])


@router.get(
    "/v1/subjects/{subject}/history", responses=PROBLEMS, summary="Read a subject's history"
)
def read_history(
    service: Serving,
    principal: Reader,
    subject: Annotated[
        str,
        PathParameter(
            pattern=r"^[a-z][a-z0-9-]{1,31}:[A-Za-z0-9._~-]{1,128}$",
            description="A subject in full, `school:2105020001` for instance.",
        ),
    ],
    cursor: Cursor = None,
    limit: Limit = 100,
    entry: Annotated[bool, Query(description="Include the entries' bytes.")] = True,
) -> Response:
    """Every entry of the subject in the order of its chain, and the chain's head.

    The subject itself (the school of a canteen or an order as well), bureau, regulator and auditor
    see all of it, and of `record:<id>` whoever may read the record. Others see the entries that
    concern them, and neither head nor number of the rest. Each entry names the one before by index
    and hash, so that a gap shows. Where a subject-index record covers it, `completeness` proves that
    the chain ended, as of its size, where it says; `reports` are by auditors who recomputed it.
    Saved to a file, all pages together, `mealtrace verify` checks it offline.
    """
    store = service.store
    everything = (
        is_about(subject, principal.party)
        or access.reads_all(store, principal)
        or access.is_of_readable(store, principal, subject)
    )
    after = 0 if cursor is None else int(cursor)
    # What is hidden is left out by the query: neither cursor nor page length may count it.
    visible_to = None if everything else principal.party
    links = store.history(subject, after_seq=after, limit=limit, visible_to=visible_to)
    shown = [_shown(link, subject, whole=entry) for link in links]
    head = store.head_of(subject) if everything else None
    may_read_entries = "log:read" in principal.scopes and access.reads_all(store, principal)
    shows = everything and (head is not None or may_read_entries)
    return body.json_answer(
        {
            "subject": subject,
            "entries": shown,
            "complete": everything,
            "head": None
            if head is None
            else {"seq": head[0], "index": head[1], "leaf_hash": head[2].hex()},
            "completeness": histories.completeness(
                service, subject, head, links[-1].index if links else None
            )
            if shows
            else None,
            "cursor": str(links[-1].seq) if len(links) == limit else None,
        }
    )


def _shown(link: ChainLink, subject: str, *, whole: bool) -> dict[str, Any]:
    parsed = entries.parse(link.data)
    statement = parsed.statement
    before = next(item for item in parsed.chains if item.subject == subject)
    shown: dict[str, Any] = {
        "seq": link.seq,
        "index": link.index,
        "leaf_hash": link.leaf_hash.hex(),
        "prev_index": before.prev_index,
        "prev": None if before.prev is None else before.prev.hex(),
        "id": statement.id,
        "type": statement.type,
        "issuer": statement.issuer,
        "submitter": parsed.submitter,
        "occurred_at": statement.occurred_at,
        "logged_at": parsed.logged_at,
        "links": receipts.links(statement.id),
    }
    if whole:
        shown["entry"] = b64(link.data)
    return shown
