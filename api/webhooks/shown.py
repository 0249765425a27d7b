"""Subscriptions as their owners see them, and what a replay covers; for the service and for commands."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.webhooks.asked import Asked
from api.webhooks.targets import host_of
from ledger import timestamp
from ledger.errors import Fault, MalformedError, RefusedError
from ledger.evidence.faults import of_pydantic
from storage.store import Store
from storage.values import Search
from storage.webhooks import Webhook

Index = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Replay(BaseModel):
    """Which entries are sent again: from one on, by its time of logging or its index, to another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    logged_from: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="Logged at this time or later."
    )
    logged_to: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="Logged before this time; default: until now."
    )
    index_from: Index | None = Field(None, description="This entry and those behind it.")
    index_to: Index | None = Field(None, description="Before this entry; default: all there are.")


def webhook(one: Webhook, counts: dict[str, int]) -> dict[str, Any]:
    """A subscription without what is secret: of its address only the host.

    Args:
        one: the subscription.
        counts: its rows by state.
    """
    asked = Asked.of_text(one.asked)
    delivered_ms = one.delivered_ms
    return {
        "id": one.id,
        "party": one.party,
        "kind": asked.kind,
        "host": host_of(asked.url),
        "types": asked.types,
        "schools": asked.schools,
        "severity": asked.severity,
        "language": asked.language,
        "format": asked.format,
        "label": asked.label,
        "created_at": one.created_at,
        "state": "active" if one.ended is None else "ended",
        "ended": one.ended,
        "pending": counts.get("pending", 0),
        "dead": counts.get("dead", 0),
        "failures": one.failures,
        "last_outcome": one.outcome or None,
        "delivered_at": None if delivered_ms is None else timestamp.format(delivered_ms),
        "replay": None
        if one.replay is None
        else {"index_from": one.replay[0], "index_to": one.replay[1]},
    }


def webhooks(store: Store, party: str | None = None) -> list[dict[str, Any]]:
    """All subscriptions, or those of a party, oldest first."""
    found = store.webhooks.all(party)
    counts = store.deliveries.counts([one.id for one in found])
    return [webhook(one, counts.get(one.id, {})) for one in found]


def replay_range(store: Store, request: object) -> tuple[int, int]:
    """The entries [start, end) of a replay.

    Raises:
        RefusedError: `schema`: no such range.
    """
    try:
        asked = Replay.model_validate(request)
    except ValidationError as error:
        raise RefusedError("schema", of_pydantic(error, "")) from error
    if (asked.logged_from is None) == (asked.index_from is None):
        raise _refused("give logged_from or index_from", "请填写 logged_from 或 index_from 之一")
    size = store.head().size
    if asked.index_from is not None:
        start = asked.index_from
    else:
        start = _first(store, asked.logged_from or "", size)
    end = size if asked.index_to is None else min(asked.index_to, size)
    if asked.logged_to is not None:
        end = min(end, _first(store, asked.logged_to, size))
    if start >= end:
        raise _refused(
            "no entry lies there: from must come before to, and before now",
            "该范围内没有条目：起点须早于终点和当前",
        )
    return start, end


def _first(store: Store, time: str, size: int) -> int:
    """The first entry logged at a time or later; the size of the log where there is none."""
    try:
        since = timestamp.normalise(time)
    except MalformedError as error:
        raise _refused(
            "write times as 2026-11-23T00:00:00+08:00", "时间应写作 2026-11-23T00:00:00+08:00"
        ) from error
    found = store.search(Search(logged_from=since, limit=1))
    return found[0].index if found else size


def _refused(en: str, zh: str) -> RefusedError:
    return RefusedError("schema", [Fault("", "range", en, zh)])
