"""Saved pages of a subject's history, read and followed link by link (API.md, `…/history`).

    {"subject":"supplier:…","complete":true,"cursor":"100" or null,
     "entries":[{"seq","index","leaf_hash","prev_index","prev","id","type","issuer","submitter",
                 "occurred_at","logged_at","links":{…},"entry":"<base64>"}],
     "head":{"seq","index","leaf_hash"} or null,
     "completeness":{"size","support":{…},"reports":[…],"others":[…],"anchors":[…],
                     "checkpoint":"<signed note>"} or null}

Each entry names the subject's entry before it by number, index and hash: whoever can prove the last
one has proven them all. What stands beside `entry` says the same for people, and is held to it.
`others` and `anchors` came later: a page without them is a page all the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from ledger import entry as entries
from ledger import strict_json, subject
from ledger.encoding import unb64
from ledger.entry import ChainItem
from ledger.errors import MalformedError, VerificationError
from ledger.merkle import leaf_hash
from ledger.statement import HEX32

_MEMBERS: Final[Mapping[str, tuple[type, ...]]] = {
    "subject": (str,),
    "entries": (list,),
    "complete": (bool,),
    "head": (dict, type(None)),
    "completeness": (dict, type(None)),
    "cursor": (str, type(None)),
}
_PROOF: Final[Mapping[str, type]] = {
    "size": int,
    "support": dict,
    "reports": list,
    "others": list,
    "anchors": list,
    "checkpoint": str,
}
_LATER: Final = frozenset({"others", "anchors"})


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the chain, as the log said when it gave the page."""

    seq: int
    index: int
    leaf_hash: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What a page shows for the end of its history; JSON of support items and anchors."""

    size: int
    support: Mapping[str, Any]
    reports: tuple[Any, ...]
    others: tuple[Any, ...]
    anchors: tuple[Any, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page's members as they were read; nothing in them is believed yet.

    Attributes:
        subject: whose history it is.
        items: JSON of its entries.
        complete: whether the reader may see all entries of the subject.
        head: the chain's last entry as the log said, None where it said none.
        proof: what shows that the chain ends there, or None.
    """

    subject: str
    items: tuple[Mapping[str, Any], ...]
    complete: bool
    head: Head | None
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the history, its form in order.

    Attributes:
        index: its place in the log, as the page says.
        place: its place in the subject's chain, and the entry before it.
        leaf_hash: 32 bytes.
        ledger: leaf hash of the genesis of its log.
    """

    index: int
    place: ChainItem
    leaf_hash: bytes
    ledger: bytes

    @property
    def seq(self) -> int:
        """Its number in the chain, from 1."""
        return self.place.seq


def is_history(data: bytes) -> bool:
    """Whether a file looks like a page of a history.

    Raises:
        MalformedError: not strict JSON.
    """
    value = strict_json.parse(data)
    return isinstance(value, dict) and value.keys() >= {"subject", "entries"}


def parse(data: bytes) -> Page:
    """The page of a file.

    Raises:
        MalformedError: not strict JSON, other members, or members of another kind.
    """
    value: Any = strict_json.parse(data)
    if not isinstance(value, dict) or value.keys() != _MEMBERS.keys():
        raise MalformedError(f"a page of a history has exactly {', '.join(_MEMBERS)}")
    for name, kinds in _MEMBERS.items():
        if type(value[name]) not in kinds:
            raise MalformedError(f"{name} of a history is of another kind")
    items = value["entries"]
    if not all(isinstance(item, dict) for item in items):
        raise MalformedError("entries of a history are objects")
    if not all(type(item.get("entry")) is str for item in items):
        raise MalformedError("a history without its entries' bytes: save it without entry=false")
    if any(type(item.get("index")) is not int or item["index"] < 0 for item in items):
        raise MalformedError("index of an entry of a history is not an index")
    return Page(
        subject.check(value["subject"], "subject of a history"),
        tuple(items),
        value["complete"],
        None if value["head"] is None else _head(value["head"]),
        None if value["completeness"] is None else _proof(value["completeness"]),
    )


def _head(value: Mapping[str, Any]) -> Head:
    if value.keys() != {"seq", "index", "leaf_hash"}:
        raise MalformedError("head of a history has exactly seq, index and leaf_hash")
    seq, index, digest = value["seq"], value["index"], value["leaf_hash"]
    if type(seq) is not int or seq < 1 or type(index) is not int or index < 0:
        raise MalformedError("seq and index of a history's head are integers")
    if type(digest) is not str or not HEX32.fullmatch(digest):
        raise MalformedError("leaf_hash of a history's head is not 64 digits of lower-case hex")
    return Head(seq, index, digest)


def _proof(value: Mapping[str, Any]) -> Proof:
    if not _PROOF.keys() - _LATER <= value.keys() <= _PROOF.keys():
        raise MalformedError(f"completeness of a history has exactly {', '.join(_PROOF)}")
    for name in value:
        if type(value[name]) is not _PROOF[name]:
            raise MalformedError(f"{name} of a history's completeness is of another kind")
    return Proof(
        value["size"],
        value["support"],
        tuple(value["reports"]),
        tuple(value.get("others", ())),
        tuple(value.get("anchors", ())),
        value["checkpoint"],
    )


def read(pages: Sequence[Page]) -> list[Link]:
    """The entries of all pages by their number in the chain, each once.

    Raises:
        MalformedError: bytes that are no entry.
        VerificationError: an entry about somebody else, of another log, or not what stands beside
            it; two entries of one number.
    """
    found: dict[int, Link] = {}
    for page in pages:
        for item in page.items:
            link = _link(item, page.subject)
            known = found.setdefault(link.seq, link)
            if known != link:
                raise VerificationError(
                    f"two pages show different entries of number {link.seq}",
                    expected=known.leaf_hash.hex(),
                    found=link.leaf_hash.hex(),
                )
    links = [found[seq] for seq in sorted(found)]
    for link in links:
        if link.ledger != links[0].ledger:
            raise VerificationError(
                "it is of another log", expected=links[0].ledger.hex(), found=link.ledger.hex()
            )
    return links


def _link(item: Mapping[str, Any], about: str) -> Link:
    data, index = unb64(item["entry"]), item["index"]
    entry = entries.parse(data)
    said, leaf = entry.statement, leaf_hash(data)
    place = next((chained for chained in entry.chains if chained.subject == about), None)
    if place is None:
        raise VerificationError(f"entry {index} is not about {about}")
    beside: Mapping[str, object] = {
        "seq": place.seq,
        "leaf_hash": leaf.hex(),
        "prev_index": place.prev_index,
        "prev": None if place.prev is None else place.prev.hex(),
        "id": said.id,
        "type": said.type,
        "issuer": said.issuer,
        "submitter": entry.submitter,
        "occurred_at": said.occurred_at,
        "logged_at": entry.logged_at,
    }
    for name, expected in beside.items():
        if item.get(name) != expected:
            raise VerificationError(
                f"{name} of entry {index} is not what the entry says",
                expected=_text(expected),
                found=_text(item.get(name)),
            )
    return Link(index, place, leaf, leaf if said.ledger is None else said.ledger)


def follow(pages: Sequence[Page], links: Sequence[Link]) -> None:
    """Check that the entries form the whole chain, from number 1 to the head that was named.

    Raises:
        VerificationError: one is missing, exchanged or out of place.
    """
    check_neighbours(links)
    for expected, link in enumerate(links, start=1):
        if link.seq != expected:
            raise _missing(expected, link.seq - 1)
    last = links[-1].seq if links else 0
    for page in pages:
        if page.head is None:
            if links:
                raise VerificationError(
                    "the page names no head", expected=f"seq {last}", found="none"
                )
            continue
        if page.head.seq > last:
            raise _missing(last + 1, page.head.seq)
        shown = links[page.head.seq - 1]
        if (page.head.index, page.head.leaf_hash) != (shown.index, shown.leaf_hash.hex()):
            raise VerificationError(
                f"the head that the page names is not entry number {page.head.seq}",
                expected=f"{shown.index} {shown.leaf_hash.hex()}",
                found=f"{page.head.index} {page.head.leaf_hash}",
            )


def check_neighbours(links: Sequence[Link]) -> None:
    """Check the links between those entries that stand next to each other in the chain.

    Raises:
        VerificationError: one does not lead to the entry before it.
    """
    for before, link in pairwise(links):
        if link.seq != before.seq + 1:
            continue
        if (link.place.prev_index, link.place.prev) != (before.index, before.leaf_hash):
            raise VerificationError(
                f"the chain breaks at number {link.seq}",
                expected=f"{link.place.prev_index} {_text(link.place.prev)}",
                found=f"{before.index} {before.leaf_hash.hex()}",
            )


def _missing(first: int, last: int) -> VerificationError:
    return VerificationError(f"numbers {first} to {last} of the chain are in none of the files")


def _text(value: object) -> str:
    if value is None:
        return "none"
    return value.hex() if isinstance(value, bytes) else str(value)
