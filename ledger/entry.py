"""Entries: the log's leaf data (FORMATS §1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson

from ledger import canonical, subject, timestamp
from ledger import statement as statements
from ledger.encoding import b64url, unb64url
from ledger.errors import MalformedError
from ledger.statement import GENESIS, Statement

MAX_SIZE: Final = 65_535
"""Bytes of an entry: what an entry bundle's length prefix can say."""

MAX_PAYLOAD_DEPTH: Final = 12
"""Nested containers of an open payload, itself counting 1."""

OPEN_TYPES: Final = frozenset(
    {
        "genesis", "anchor-target", "log-key", "mandate", "party-registration", "role-grant",
        "key-registration", "key-revocation", "device-registration", "policy", "erasure",
        "access-denied", "subject-index", "audit-report", "backup-receipt",
    }
)  # fmt: skip
"""Governance: these entries carry their payload in the open (EVIDENCE §2)."""

_MEMBERS = frozenset({"chains", "logged_at", "signature", "statement", "submitter", "v"})
_MEMBERS_OPEN = _MEMBERS | {"open"}
_CHAIN_MEMBERS = frozenset({"prev", "prev_index", "seq", "subject"})
_STATEMENT = b',"statement":'
_TAIL = b',"submitter":"%b","v":1}'
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_LARGEST = 2**53 - 1


class ChainItem(NamedTuple):
    """An entry's place in the chain of one of its subjects.

    Attributes:
        subject: the subject.
        seq: from 1, without gaps.
        prev_index: index of the subject's previous entry, None where seq is 1.
        prev: leaf hash of that entry, 32 bytes, None where seq is 1.
    """

    subject: str
    seq: int
    prev_index: int | None
    prev: bytes | None


@dataclass(frozen=True, slots=True)
class Open:
    """A payload in the open, and the seed from which anyone recomputes its commitment.

    Attributes:
        payload: JSON object.
        seed: 32 bytes.
    """

    payload: dict[str, Any]
    seed: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf of the log.

    Attributes:
        chains: one item per subject of the statement, in its order.
        logged_at: time in normal form; never before that of the entry before.
        signature: detached JWS by the issuer, or None: custodial.
        statement: what was said.
        submitter: party of the token that brought it.
        open: the payload of a governance entry, None in all others.
    """

    chains: tuple[ChainItem, ...]
    logged_at: str
    signature: str | None
    statement: Statement
    submitter: str
    open: Open | None = None

    def to_bytes(self) -> bytes:
        """The canonical bytes: the leaf's data."""
        return build(
            self.statement,
            chains=self.chains,
            logged_at=self.logged_at,
            signature=self.signature,
            submitter=self.submitter,
            opened=self.open,
        )


def parse(data: bytes) -> Entry:
    """The entry of its bytes.

    Raises:
        MalformedError: more than 65,535 bytes, not canonical, unknown or missing members, or a rule
            of FORMATS §1 broken; the message names the member.
    """
    if len(data) > MAX_SIZE:
        raise MalformedError(f"an entry of {len(data)} bytes; the most is {MAX_SIZE}")
    try:
        value = orjson.loads(data)
        # One comparison refuses white space, another member order, duplicate names, -0, exponents
        # and needless escapes. Fractions have a canonical spelling of their own and are refused
        # where a member's type is checked.
        same = orjson.dumps(value, option=_OPTIONS) == data
    except (ValueError, TypeError) as error:
        raise MalformedError(f"not JSON: {error}") from error
    if not same:
        raise MalformedError("an entry that is not canonical JSON")
    if type(value) is not dict or (value.keys() != _MEMBERS and value.keys() != _MEMBERS_OPEN):
        raise MalformedError("an entry has exactly chains, logged_at, signature, statement, "
                             "submitter and v, and open where the type is open")  # fmt: skip
    if type(value["v"]) is not int or value["v"] != 1:
        raise MalformedError(f"unknown v of an entry: {value['v']!r:.20}")
    logged_at, signature = value["logged_at"], value["signature"]
    if type(logged_at) is not str:
        raise MalformedError("logged_at is not text")
    timestamp.parse(logged_at)
    if signature is not None and type(signature) is not str:
        raise MalformedError("signature is neither text nor null")
    submitter = subject.check(value["submitter"], "submitter")
    # Members are sorted, so the statement's own bytes stand before the last two members; no member
    # inside it has its name.
    said = data[data.rindex(_STATEMENT) + len(_STATEMENT) : -len(_TAIL % submitter.encode())]
    statement = statements.of_json(value["statement"], said)
    entry = Entry(
        _chains(value["chains"], statement.subjects),
        logged_at,
        signature,
        statement,
        submitter,
        _open(value["open"]) if "open" in value else None,
    )
    _check_whole(entry)
    return entry


def build(
    statement: Statement,
    *,
    chains: Iterable[ChainItem],
    logged_at: str,
    signature: str | None,
    submitter: str,
    opened: Open | None = None,
) -> bytes:
    """The bytes of an entry out of checked parts: what `Entry(…).to_bytes()` gives.

    Requires chain items in the order of the statement's subjects, one each.
    """
    items = b",".join(
        b'{"prev":"%b","prev_index":%d,"seq":%d,"subject":"%b"}'
        % (item.prev.hex().encode(), item.prev_index, item.seq, item.subject.encode())
        if item.prev is not None and item.prev_index is not None
        else b'{"prev":null,"prev_index":null,"seq":1,"subject":"%b"}' % item.subject.encode()
        for item in chains
    )
    return b"".join(
        (
            b'{"chains":[',
            items,
            b'],"logged_at":"%b",' % logged_at.encode(),
            b"" if opened is None else b'"open":%b,' % _open_bytes(opened),
            b'"signature":',
            orjson.dumps(signature),
            _STATEMENT,
            statement.to_bytes(),
            _TAIL % submitter.encode(),
        )
    )


def size_bound(
    statement: Statement, signature: str | None, submitter: str, opened: Open | None
) -> int:
    """Size in bytes of the entry of these parts where each chain item is the longest there can be.

    Whoever appends compares it with `MAX_SIZE` before the log is locked and the chains are known.
    """
    return len(
        build(
            statement,
            chains=[ChainItem(name, _LARGEST, _LARGEST, bytes(32)) for name in statement.subjects],
            logged_at="2026-11-23T06:12:11.120Z",
            signature=signature,
            submitter=submitter,
            opened=opened,
        )
    )


def _chains(value: object, subjects: tuple[str, ...]) -> tuple[ChainItem, ...]:
    if type(value) is not list or len(value) != len(subjects):
        raise MalformedError("chains does not have one item per subject")
    items = []
    last, digest = "", b""  # neighbours often have the same previous entry
    for item, about in zip(value, subjects, strict=True):
        if type(item) is not dict or item.keys() != _CHAIN_MEMBERS:
            raise MalformedError("a chain item has exactly prev, prev_index, seq and subject")
        seq, prev, index = item["seq"], item["prev"], item["prev_index"]
        if item["subject"] != about:
            raise MalformedError("chain items are not in the order of the subjects")
        if type(seq) is not int or not 1 <= seq <= _LARGEST:
            raise MalformedError("seq of a chain item is not an integer of at least 1")
        if seq == 1:
            if prev is not None or index is not None:
                raise MalformedError("a chain that starts has no prev")
            items.append(ChainItem(about, 1, None, None))
            continue
        if type(index) is not int or not 0 <= index <= _LARGEST:
            raise MalformedError("prev_index of a chain item is not an index")
        if not digest or prev != last:
            try:
                digest = bytes.fromhex(prev)
            except (ValueError, TypeError) as error:
                raise MalformedError("prev of a chain item is not hex") from error
            if len(digest) != 32 or digest.hex() != prev:
                raise MalformedError("prev of a chain item is not 64 digits of lower-case hex")
            last = prev
        items.append(ChainItem(about, seq, index, digest))
    return tuple(items)


def _open_bytes(opened: Open) -> bytes:
    payload = canonical.serialise(opened.payload, max_depth=MAX_PAYLOAD_DEPTH)
    return b'{"payload":%b,"seed":"%b"}' % (payload, b64url(opened.seed).encode())


def _open(value: object) -> Open:
    if type(value) is not dict or value.keys() != {"payload", "seed"}:
        raise MalformedError("open has exactly payload and seed")
    payload, seed = value["payload"], value["seed"]
    if type(payload) is not dict or type(seed) is not str:
        raise MalformedError("open.payload is an object, open.seed is text")
    canonical.serialise(payload, max_depth=MAX_PAYLOAD_DEPTH)
    return Open(payload, unb64url(seed, 32))


def _check_whole(entry: Entry) -> None:
    """What holds between members: open types are open, and genesis is bare."""
    kind = entry.statement.type
    if (kind in OPEN_TYPES) != (entry.open is not None):
        raise MalformedError(
            f"{kind} carries open" if entry.open is None else f"{kind} does not carry open"
        )
    if kind == GENESIS and (entry.signature is not None or entry.statement.subjects):
        raise MalformedError("genesis has a null signature and no subjects")
