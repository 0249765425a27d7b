"""Proof bundles: one record and all that shows it to be true, in one file (FORMATS §2).

A bundle is strict JSON whose white space and member order are free. Reading it settles only that it
is one: its top-level members and their kinds. Whatever lies deeper belongs to a check, whose
failure is a verdict and not an unreadable file. Nothing in a bundle is a trust root.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from ledger import strict_json
from ledger.anchor import Anchor
from ledger.canonical import JsonInput, JsonValue
from ledger.disclosure import Disclosure
from ledger.encoding import b64
from ledger.errors import MalformedError
from ledger.subject_index import HeadProof

VERSION: Final = "mealtrace/bundle@v1"
MEDIA_TYPE: Final = "application/vnd.mealtrace.bundle+json"
FILE_ENDING: Final = ".mealtrace.json"

MAX_SUPPORT: Final = 64
"""Support entries of one bundle."""

_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "bundle": (str,),
    "entry": (str,),
    "proof": (str,),
    "disclosure": (dict, type(None)),
    "support": (list,),
    "anchors": (list,),
    "blobs": (list,),
}


@dataclass(frozen=True, slots=True)
class Support:
    """Another entry of the log that the bundle's entry rests on, under the same checkpoint.

    Attributes:
        role: a label for people; the entry's own type rules.
        index: its place in the log.
        entry: its bytes.
        path: inclusion path, leaf's sibling first.
        heads: of a `subject-index` record, the heads shown of it.
    """

    role: str
    index: int
    entry: bytes
    path: Sequence[bytes]
    heads: Sequence[HeadProof] | None = None

    def to_json(self) -> dict[str, JsonInput]:
        """One item of the member `support`."""
        item: dict[str, JsonInput] = {
            "role": self.role,
            "index": self.index,
            "entry": b64(self.entry),
            "path": [b64(node) for node in self.path],
        }
        if self.heads is not None:
            item["heads"] = [head.to_json() for head in self.heads]
        return item


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as its file has it: texts and JSON values, none of them looked into.

    Attributes:
        entry: base64 of the entry's bytes.
        proof: tlog-proof text, checkpoint included.
        disclosure: JSON of a `Disclosure`, None where nothing can be disclosed.
        support: JSON of `Support` items.
        anchors: JSON of anchors, those of kind `evm` as `Anchor`.
        blobs: `{sha256, href}`: where the files can be had.
    """

    entry: str
    proof: str
    disclosure: Any
    support: tuple[Any, ...]
    anchors: tuple[Any, ...]
    blobs: tuple[Any, ...]

    def evm_anchors(self) -> list[Anchor]:
        """The anchors of kind `evm` that can be read: what to ask a node about."""
        found = []
        for value in self.anchors:
            try:
                found.append(Anchor.of_json(value))
            except MalformedError:
                continue
        return found


def build(
    *,
    entry: bytes,
    proof: str,
    disclosure: Disclosure | None,
    support: Iterable[Support] = (),
    anchors: Iterable[Anchor] = (),
    blobs: Iterable[tuple[str, str]] = (),
) -> Bundle:
    """A bundle of parts that are what they should be.

    Args:
        entry: the entry's bytes.
        proof: as `tlog_proof.format` or the log gives it.
        disclosure: what is shown of the payload.
        support: at most `MAX_SUPPORT`.
        anchors: oldest first.
        blobs: SHA-256 in hex and href of each file.
    """
    return Bundle(
        b64(entry),
        proof,
        None if disclosure is None else disclosure.to_json(),
        tuple(item.to_json() for item in support),
        tuple(anchor.to_json() for anchor in anchors),
        tuple({"sha256": digest, "href": href} for digest, href in blobs),
    )


def parse(data: bytes) -> Bundle:
    """The bundle of a file.

    Raises:
        MalformedError: not strict JSON, another version, other members at the top, or members of
            another kind: there is nothing to give a verdict on.
    """
    value: JsonValue = strict_json.parse(data)
    if not isinstance(value, dict) or value.keys() != _KINDS.keys():
        raise MalformedError(f"a bundle has exactly {', '.join(_KINDS)}")
    for name, kinds in _KINDS.items():
        if not isinstance(value[name], kinds):
            raise MalformedError(f"{name} of a bundle is of another kind")
    if value["bundle"] != VERSION:
        raise MalformedError(f"a bundle of another version: {value['bundle']!r:.60}")
    members: dict[str, Any] = value
    return Bundle(
        members["entry"],
        members["proof"],
        members["disclosure"],
        tuple(members["support"]),
        tuple(members["anchors"]),
        tuple(members["blobs"]),
    )


def format(bundle: Bundle) -> bytes:  # noqa: A001 - the other half of parse
    """The bytes of a file: `parse(format(b)) == b`."""
    return orjson.dumps(
        {
            "bundle": VERSION,
            "entry": bundle.entry,
            "proof": bundle.proof,
            "disclosure": bundle.disclosure,
            "support": bundle.support,
            "anchors": bundle.anchors,
            "blobs": bundle.blobs,
        }
    )
