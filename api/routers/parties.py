"""Who is who in this log, and what became of one's own refused requests."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api import body
from api.dependencies import Cursor, Limit, Reader, Serving, normal_time
from api.documents import PROBLEMS

router = APIRouter(tags=["parties"])


@router.get("/v1/parties", responses=PROBLEMS, summary="Search the directory")
def list_parties(
    service: Serving,
    _: Reader,
    q: Annotated[
        str | None, Query(max_length=200, description="Part of a name or of a party's subject.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response:
    """Registered parties with their names and the roles they hold now, ascending by party."""
    registry = service.store.registry()
    wanted = (q or "").casefold()
    found = sorted(
        (party, name)
        for party, name in list(registry.parties().items())
        if wanted in party.casefold() or wanted in (name or "").casefold()
    )
    start = 0 if cursor is None else int(cursor)
    page = found[start : start + limit]
    return body.json_answer(
        {
            "parties": [
                {
                    "party": party,
                    "name": name,
                    "roles": sorted(registry.roles(party)),
                    "keys": len(registry.standing.keys_of.get(party, ())),
                }
                for party, name in page
            ],
            "cursor": str(start + limit) if start + limit < len(found) else None,
        }
    )


@router.get("/v1/refusals", responses=PROBLEMS, summary="Read one's own refused requests")
def list_refusals(
    service: Serving,
    principal: Reader,
    since: Annotated[
        str | None, Query(alias="from", max_length=40, description="Refused at this time or later.")
    ] = None,
    limit: Limit = 100,
) -> Response:
    """Requests of the token's party that were refused in the last 30 days, newest first."""
    found = service.store.journal.refusals(
        principal.party, since=normal_time(since, "from"), limit=limit
    )
    return body.json_answer(
        {
            "refusals": [
                {
                    "refused_at": refusal.refused_at,
                    "id": refusal.record_id,
                    "type": refusal.type,
                    "code": refusal.code,
                    "errors": refusal.faults,
                }
                for refusal in found
            ]
        }
    )
