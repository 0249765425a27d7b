"""A trace as JSON, answer and file alike, all of it against one checkpoint.

    {"trace":"mealtrace/trace@v1","start":"<id>","direction":"up|down|both","depth":6,
     "checkpoint":"<signed note>",
     "nodes":[{"id","index","type","issuer","submitter","occurred_at","logged_at","subjects",
               "depth":2,"files":[{"role","media_type","sha256","size","href"}],"links":{…},
               "erased":false,"entry":"<base64>","path":["<base64>",…],"disclosure":{…} or null}],
     "edges":[{"from":"<id>","to":"<id>","rel":"accepts"}, …],
     "withheld":[{"from":"<id>","rel":"settles","id":"<id>"}],"missing":[…],
     "truncated":false,"cut":["<id>"]}                 and in a part: "part":"<name>","next":"<name>"

`entry`, `path` and `disclosure` prove a node; what stands beside them says the same for people, and
`check.py` derives it again. An edge leads from the record that states it to the one it rests on; it
has `rel` (a link), `via` (a subject that both have, or that the link names), `field` (of the payload
of `from`), and `in_force` where `to` is a paper in force on the day of `from`.

A trace too large for one answer comes in parts (`parts.py`), each of them such a document, which
says what it is called and what comes next; null after the last. A file of all parts has one a line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from ledger import strict_json
from ledger.canonical import JsonInput
from ledger.disclosure import Disclosure
from ledger.encoding import b64
from ledger.entry import Entry
from ledger.errors import MalformedError
from ledger.trace.hops import FIRST_DAY, LAST_DAY, Edge

VERSION: Final = "mealtrace/trace@v1"

PERIOD_FIELDS: Final = (*FIRST_DAY, *LAST_DAY)
"""What a paper shows where it is said to have been in force."""

_MEMBERS: Final[Mapping[str, type]] = {
    "trace": str,
    "start": str,
    "direction": str,
    "depth": int,
    "checkpoint": str,
    "nodes": list,
    "edges": list,
    "withheld": list,
    "missing": list,
    "truncated": bool,
    "cut": list,
}
_OF_PARTS: Final = frozenset({"part", "next"})
_DIRECTIONS: Final = ("up", "down", "both")
_STATED: Final = ({"rel"}, {"rel", "via"}, {"via"}, {"via", "in_force"}, {"field"})


@dataclass(frozen=True, slots=True)
class Document:
    """A trace's members as they were read; nothing in them is believed yet.

    `part` and `next` are None where it is whole, and `next` is in a last part.
    """

    start: str
    direction: str
    depth: int
    checkpoint: str
    nodes: tuple[dict[str, Any], ...]
    edges: tuple[Edge, ...]
    withheld: tuple[dict[str, Any], ...]
    missing: tuple[dict[str, Any], ...]
    truncated: bool
    cut: tuple[str, ...]
    part: str | None = None
    next: str | None = None


def said(index: int, entry: Entry) -> dict[str, JsonInput]:
    """What a node says of its entry, for people."""
    statement = entry.statement
    return {
        "id": statement.id,
        "index": index,
        "type": statement.type,
        "issuer": statement.issuer,
        "submitter": entry.submitter,
        "occurred_at": statement.occurred_at,
        "logged_at": entry.logged_at,
        "subjects": list(statement.subjects),
    }


def proof(data: bytes, path: list[bytes], disclosure: Disclosure | None) -> dict[str, JsonInput]:
    """What proves a node."""
    return {
        "entry": b64(data),
        "path": [b64(node) for node in path],
        "disclosure": None if disclosure is None else disclosure.to_json(),
    }


def edge_to_json(edge: Edge) -> dict[str, JsonInput]:
    """An edge's members."""
    stated = {"rel": edge.rel, "via": edge.via, "field": edge.field}
    return {
        "from": edge.lower,
        "to": edge.upper,
        **{name: value for name, value in stated.items() if value is not None},
        **({"in_force": True} if edge.in_force else {}),
    }


def is_trace(data: bytes) -> bool:
    """Whether a file looks like a trace rather than a bundle or a receipt.

    Raises:
        MalformedError: not strict JSON.
    """
    value = strict_json.parse(data)
    return isinstance(value, dict) and "trace" in value


def is_part(data: bytes) -> bool:
    """Whether this is a part of a trace; any bytes are asked."""
    try:
        value = strict_json.parse(data)
    except MalformedError:
        return False
    return isinstance(value, dict) and {"trace", "part"} <= value.keys()


def parse(data: bytes) -> Document:
    """The trace of a file.

    Raises:
        MalformedError: not strict JSON, another version, or members of another kind.
    """
    value: Any = strict_json.parse(data)
    if not isinstance(value, dict) or value.keys() - _OF_PARTS != _MEMBERS.keys():
        raise MalformedError(f"a trace has exactly {', '.join(_MEMBERS)}")
    for name, kind in _MEMBERS.items():
        if type(value[name]) is not kind:
            raise MalformedError(f"{name} of a trace is of another kind")
    if value["trace"] != VERSION:
        raise MalformedError(f"a trace of another version: {value['trace']!r:.60}")
    if value["direction"] not in _DIRECTIONS:
        raise MalformedError(f"direction of a trace is one of {', '.join(_DIRECTIONS)}")
    for name in ("nodes", "withheld", "missing"):
        if not all(isinstance(item, dict) for item in value[name]):
            raise MalformedError(f"{name} of a trace are objects")
    part, following = value.get("part"), value.get("next")
    if value.keys() & _OF_PARTS and not (
        isinstance(part, str) and "next" in value and isinstance(following, str | None)
    ):
        raise MalformedError("a part of a trace says which it is, and which is next")
    return Document(
        value["start"],
        value["direction"],
        value["depth"],
        value["checkpoint"],
        tuple(value["nodes"]),
        tuple(_edge(item) for item in value["edges"]),
        tuple(value["withheld"]),
        tuple(value["missing"]),
        value["truncated"],
        tuple(value["cut"]),
        part,
        following,
    )


def format(members: Mapping[str, Any]) -> bytes:  # noqa: A001 - the other half of parse
    """The bytes of a trace out of all its members but the first."""
    return orjson.dumps({"trace": VERSION, **members})


def _edge(item: object) -> Edge:
    if not isinstance(item, dict) or not {"from", "to"} <= item.keys():
        raise MalformedError("an edge is an object with from and to")
    if not all(isinstance(text, str) for name, text in item.items() if name != "in_force"):
        raise MalformedError("members of an edge are text, in_force apart")
    if item.keys() - {"from", "to"} not in _STATED or item.get("in_force", True) is not True:
        raise MalformedError("an edge says what states it: a link, a subject or a field")
    return Edge(
        item["from"],
        item["to"],
        item.get("rel"),
        item.get("via"),
        item.get("field"),
        item.get("in_force", False),
    )
