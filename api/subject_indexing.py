"""The subject index as a chore: each day, and whenever somebody asks (DESIGN §2.7).

    committed size → heads of every subject, outside the lock → root → an ordinary record

The day's index is due once the hour has come that ends the log's day, if anybody but the operator
wrote before it what no index covers yet. Its id follows from the ledger and the day, that of an
index asked for from the ledger and the size: made twice, by a crash or by two workers, each stands
in the log once.
"""

import datetime as dt
import secrets
import uuid
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from api.installation import Installation, now_ms
from ledger import entry as entries
from ledger import timestamp
from ledger.errors import NotFoundError, RefusedError
from ledger.evidence.draft import prepare
from ledger.subject_index import HeadTree, SubjectIndex

KIND: Final = "subject-index"
_NAMESPACE: Final = uuid.UUID("7d3f6a52-0f0b-5d0a-9a51-6d65616c7472")


def index_of_day(installation: Installation, at_ms: int) -> SubjectIndex | None:
    """Post the index of the day that ended last, if it is due; None where it is not.

    Args:
        installation: the log.
        at_ms: now, milliseconds since 1970.

    Raises:
        RefusedError: the record is refused.
        UnavailableError: a component does not answer; the same call may be made again.
    """
    store = installation.store
    ended = _day_end(at_ms, installation)
    record_id = _id(installation, f"day {ended}")
    last = newest(installation)
    covered = 0 if last is None else last[1].size
    if not store.others_wrote(installation.operator, covered, ended):
        return None
    return None if _exists(installation, record_id) else _post(installation, record_id)


def index_now(installation: Installation) -> tuple[SubjectIndex, bool]:
    """The index of the log as it stands, and whether it had to be posted.

    What only an index itself added needs no other.

    Raises:
        RefusedError: the record is refused.
        UnavailableError: a component does not answer; the same call may be made again.
    """
    last = newest(installation)
    size = installation.store.head().size
    if last is not None and size <= last[0] + 1 and last[1].size >= last[0]:
        return last[1], False
    return _post(installation, _id(installation, f"size {size}"), size), True


def newest(installation: Installation) -> tuple[int, SubjectIndex] | None:
    """The last subject-index record: its place in the log and what it says; None without one."""
    store = installation.store
    index = store.newest_of(KIND, store.head().size)
    if index is None:
        return None
    opened = entries.parse(store.entries(index, index + 1)[0]).open
    assert opened is not None
    return index, SubjectIndex.of_json(opened.payload)


def _post(installation: Installation, record_id: str, size: int | None = None) -> SubjectIndex:
    store, operator = installation.store, installation.operator
    size = size or store.head().size
    again = partial(store.heads_at, size)
    index = HeadTree(again(), size, again).index
    draft = prepare(
        {
            "id": record_id,
            "type": KIND,
            "occurred_at": timestamp.format(now_ms()),
            "payload": index.to_json(),
        },
        submitter=operator,
        ledger=installation.ledger,
        new_seed=secrets.token_bytes(32),
    )
    outcome = store.append([draft])[0]
    # A worker that was quicker has posted it, of a size and at a time of its own.
    if isinstance(outcome, RefusedError) and outcome.code != "id-conflict":
        raise outcome
    return index


def _id(installation: Installation, which: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{installation.ledger.hex()} {KIND} {which}"))


def _exists(installation: Installation, record_id: str) -> bool:
    try:
        installation.store.record(record_id)
    except NotFoundError:
        return False
    return True


def _day_end(at_ms: int, installation: Installation) -> str:
    """When the day ended that ended last, in normal form."""
    zone = ZoneInfo(installation.genesis.time_zone)
    hour = dt.time(installation.settings.subject_index_hour)
    now = dt.datetime.fromtimestamp(at_ms / 1000, zone)
    end = dt.datetime.combine(now.date(), hour, zone)
    if end > now:
        end = dt.datetime.combine(now.date() - dt.timedelta(days=1), hour, zone)
    return timestamp.format(int(end.timestamp()) * 1000)
