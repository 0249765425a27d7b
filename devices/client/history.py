"""A subject's history as the log chains it (DESIGN §2.7): read to its end and checked.

Each entry names the subject's entry before it by number, index and hash. So whoever holds the last
one holds them all: a service cannot leave out, exchange or reorder any without breaking the chain.
That the last one *is* the last one is the log's word, until a subject index says so (`bundle` brings
it, `verify` judges it).
"""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from devices.client.exchange import Flow, Patience, Request, exchange, object_of
from ledger import entry, merkle
from ledger.canonical import JsonValue
from ledger.encoding import unb64
from ledger.entry import Entry
from ledger.errors import MalformedError, VerificationError


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry of a subject's chain.

    Attributes:
        index: its place in the log.
        data: the entry's bytes.
        entry: the same, parsed: `entry.statement` is what was said.
        seq: its place in the chain, from 1.
    """

    index: int
    data: bytes
    entry: Entry
    seq: int


@dataclass(frozen=True, slots=True)
class History:
    """What the token may see of a subject.

    Attributes:
        subject: the subject.
        entries: in the order of its chain.
        complete: whether the chain was followed without a gap from its first entry to the head that
            the service named. Else the token may see only some of it, or more came meanwhile.
    """

    subject: str
    entries: tuple[HistoryEntry, ...]
    complete: bool


def read(subject: str, patience: Patience) -> Flow[History]:
    """All pages of a history.

    Raises:
        VerificationError: an entry is missing, exchanged, or of another subject.
        MalformedError: not the pages of a history.
    """
    found: list[HistoryEntry] = []
    cursor = ""
    while True:
        page = yield from _page(subject, cursor, patience)
        items, following = page.get("entries"), page.get("cursor")
        if not isinstance(items, list):
            raise MalformedError("the answer is no page of a history")
        whole = page.get("complete") is True
        for item in items:
            read_entry = _entry(item, subject)
            _check_follows(found[-1] if found else None, read_entry, subject, whole=whole)
            found.append(read_entry)
        if not isinstance(following, str):
            complete = whole and _reaches(found[-1] if found else None, page.get("head"))
            return History(subject, tuple(found), complete)
        if following == cursor:
            raise MalformedError("the history's pages lead nowhere")
        cursor = following


def _page(subject: str, cursor: str, patience: Patience) -> Flow[dict[str, JsonValue]]:
    path = f"/v1/subjects/{quote(subject, safe='')}/history"
    query = f"?{urlencode({'cursor': cursor})}" if cursor else ""
    return object_of((yield from exchange(Request("GET", path + query), patience)))


def _entry(item: JsonValue, subject: str) -> HistoryEntry:
    if not isinstance(item, dict):
        raise MalformedError("an entry of the history is not an object")
    index, text = item.get("index"), item.get("entry")
    if not isinstance(index, int) or not isinstance(text, str):
        raise MalformedError("an entry of the history has no index and entry")
    data = unb64(text)
    parsed = entry.parse(data)
    for link in parsed.chains:
        if link.subject == subject:
            return HistoryEntry(index, data, parsed, link.seq)
    raise VerificationError(f"entry {index} is not about {subject}")


def _check_follows(
    last: HistoryEntry | None, item: HistoryEntry, subject: str, *, whole: bool
) -> None:
    """Check the link to the entry before, where that has to be or happens to be the last one."""
    link = next(chained for chained in item.entry.chains if chained.subject == subject)
    expected = 1 if last is None else last.seq + 1
    if link.seq < expected or (whole and link.seq > expected):
        raise VerificationError(
            f"the chain of {subject} has a gap", expected=str(expected), found=str(link.seq)
        )
    if last is None or link.seq > expected:
        return
    before = merkle.leaf_hash(last.data)
    if (link.prev_index, link.prev) != (last.index, before):
        raise VerificationError(
            f"the chain of {subject} breaks at number {link.seq}",
            expected=f"{last.index} {before.hex()}",
            found=f"{link.prev_index} {'' if link.prev is None else link.prev.hex()}",
        )


def _reaches(last: HistoryEntry | None, head: JsonValue) -> bool:
    """Whether the last entry is the head; the chain may have grown since the page was read."""
    if head is None:
        return last is None
    if not isinstance(head, dict) or not isinstance(seq := head.get("seq"), int):
        raise MalformedError("the history names no head")
    if last is None or seq > last.seq:
        return False
    found = [seq, head.get("index"), head.get("leaf_hash")]
    expected = [last.seq, last.index, merkle.leaf_hash(last.data).hex()]
    if found != expected:
        raise VerificationError(
            "the history does not end in its head", expected=str(expected), found=str(found)
        )
    return True
