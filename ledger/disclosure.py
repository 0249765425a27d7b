"""Selective disclosure: some fields of a payload, against the commitment in its statement.

    {"fields":10,"disclosed":[{"index":0,"salt":"…","name":"","value":[…],"path":["<base64>",…]}, …]}

Leaf 0 lists all names ascending and is always there, and a name counts only at the place leaf 0
gives it. So a field is either disclosed, or withheld, or proven absent, and never has a second
value (FORMATS §1).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger import canonical, commitment
from ledger.canonical import JsonInput
from ledger.encoding import b64, unb64, unb64url, unhex
from ledger.errors import MalformedError, VerificationError
from ledger.memory_tree import MemoryTree
from ledger.merkle import leaf_hash
from ledger.proof import verify_inclusion
from ledger.statement import HEX32

MAX_PATH: Final = 63
_MEMBERS = frozenset({"index", "salt", "name", "value", "path"})
_BLOB_MEMBERS = frozenset({"media_type", "role", "sha256", "size"})


@dataclass(frozen=True, slots=True)
class Leaf:
    """One disclosed leaf: its place, salt (base64url text), name, value, and inclusion path."""

    index: int
    salt: str
    name: str
    value: Any
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Some leaves of a commitment, ascending, leaf 0 first. `fields` counts all leaves."""

    fields: int
    leaves: tuple[Leaf, ...]

    def to_json(self) -> dict[str, JsonInput]:
        """The JSON of a bundle's member `disclosure`."""
        return {
            "fields": self.fields,
            "disclosed": [
                {
                    "index": leaf.index,
                    "salt": leaf.salt,
                    "name": leaf.name,
                    "value": leaf.value,
                    "path": [b64(node) for node in leaf.path],
                }
                for leaf in self.leaves
            ],
        }


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What a verified disclosure says.

    Attributes:
        values: the fields disclosed.
        withheld: names the payload has and the disclosure does not show, ascending.
    """

    values: Mapping[str, Any]
    withheld: tuple[str, ...]

    def lacks(self, name: str) -> bool:
        """Whether the payload is proven to have no field of that name."""
        return name not in self.values and name not in self.withheld


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a payload's commitment field by field, without the seed.

    Erasing one field destroys the seed, for the seed gives every salt: an opening without that
    field's salt is kept in its place. The field's leaf hash stays, and says nothing.

    Attributes:
        names: all names of the payload, ascending.
        salts: base64url, leaf 0's first, then one per name; None where the field is erased.
        hashes: leaf hashes, 32 bytes each, leaf 0's first.
    """

    names: tuple[str, ...]
    salts: tuple[str | None, ...]
    hashes: tuple[bytes, ...]

    def __post_init__(self) -> None:
        if not len(self.names) + 1 == len(self.salts) == len(self.hashes):
            raise MalformedError("an opening has one salt and one hash per name, and leaf 0's")
        if self.salts[0] is None:
            raise MalformedError("an opening without leaf 0")

    def without(self, erased: Collection[str]) -> "Opening":
        """The opening after the erasure of these fields."""
        kept = [
            None if name in erased else salt
            for name, salt in zip(self.names, self.salts[1:], strict=True)
        ]
        return Opening(self.names, (self.salts[0], *kept), self.hashes)

    @property
    def erased(self) -> tuple[str, ...]:
        """The names of the fields that are gone, ascending."""
        pairs = zip(self.names, self.salts[1:], strict=True)
        return tuple(name for name, salt in pairs if salt is None)

    def to_json(self) -> dict[str, JsonInput]:
        """As a JSON object, to be kept as secret as the seed was."""
        return {
            "names": list(self.names),
            "salts": list(self.salts),
            "hashes": [digest.hex() for digest in self.hashes],
        }

    @staticmethod
    def of_json(value: object) -> "Opening":
        """The opening of `to_json`.

        Raises:
            MalformedError: other members, types or sizes.
        """
        if type(value) is not dict or value.keys() != {"names", "salts", "hashes"}:
            raise MalformedError("an opening has exactly names, salts and hashes")
        if not all(type(member) is list for member in value.values()):
            raise MalformedError("members of an opening are arrays")
        for salt in value["salts"]:
            if salt is not None:
                unb64url(_text(salt, "a salt"), commitment.SEED_SIZE)
        return Opening(
            tuple(_text(name, "a name") for name in value["names"]),
            tuple(value["salts"]),
            tuple(unhex(_text(digest, "a hash"), 32) for digest in value["hashes"]),
        )


def open_all(payload: Mapping[str, Any], seed: bytes, record_id: str) -> Opening:
    """The opening of a whole payload."""
    names = sorted(payload)
    leaves = commitment.leaves(payload, seed, record_id)
    return Opening(
        tuple(names),
        tuple(commitment.salt(seed, record_id, name) for name in ["", *names]),
        tuple(leaf_hash(leaf) for leaf in leaves),
    )


def disclose(
    payload: Mapping[str, Any],
    seed: bytes,
    record_id: str,
    names: Collection[str] | None = None,
) -> Disclosure:
    """Disclose `names` (None: all fields); names the payload lacks are proven absent by leaf 0."""
    return reveal(open_all(payload, seed, record_id), payload, names)


def reveal(
    opening: Opening, values: Mapping[str, Any], names: Collection[str] | None = None
) -> Disclosure:
    """Disclose `names` (None: all that are not erased) out of the `values` that are left."""
    tree = MemoryTree(opening.hashes)
    shown = []
    for index, (name, salt) in enumerate(zip(("", *opening.names), opening.salts, strict=True)):
        wanted = index == 0 or names is None or name in names
        if wanted and salt is not None:
            value = list(opening.names) if index == 0 else values[name]
            shown.append(Leaf(index, salt, name, value, tree.path(index)))
    return Disclosure(tree.size, tuple(shown))


def parse(value: object) -> Disclosure:
    """The disclosure of a bundle's JSON value.

    Raises:
        MalformedError: unknown members, wrong types, leaves out of order, leaf 0 missing, names
            unsorted or out of pattern, a salt or hash of another size or spelling.
    """
    if type(value) is not dict or value.keys() != {"fields", "disclosed"}:
        raise MalformedError("a disclosure has exactly fields and disclosed")
    fields, items = value["fields"], value["disclosed"]
    if type(fields) is not int or fields < 1:
        raise MalformedError("fields of a disclosure is not an integer of at least 1")
    if type(items) is not list or not items:
        raise MalformedError("disclosed is not an array with leaf 0")
    leaves = tuple(_leaf(item) for item in items)
    if leaves[0].index != 0:
        raise MalformedError("leaf 0 is missing or not the first")
    names = _names(leaves[0])
    if len(names) + 1 != fields:
        raise MalformedError(f"leaf 0 names {len(names)} fields; the tree has {fields} leaves")
    last = 0
    for leaf in leaves[1:]:
        if not last < leaf.index < fields:
            raise MalformedError(f"leaf {leaf.index} is out of order, repeated or beyond the tree")
        if leaf.name != names[leaf.index - 1]:
            raise MalformedError(
                f"leaf 0 puts {names[leaf.index - 1]!r} at place {leaf.index}, not {leaf.name!r}"
            )
        last = leaf.index
    return Disclosure(fields, leaves)


def verify(disclosure: Disclosure, root: bytes, fields: int) -> Disclosed:
    """What the disclosure shows of the payload whose statement commits to `root` and `fields`.

    Raises:
        VerificationError: another number of fields, or a leaf that is not in the tree.
    """
    if disclosure.fields != fields:
        raise VerificationError(
            "fields is not the statement's", expected=str(fields), found=str(disclosure.fields)
        )
    for leaf in disclosure.leaves:
        data = canonical.serialise([leaf.salt, leaf.name, leaf.value])
        try:
            verify_inclusion(leaf.index, fields, leaf_hash(data), leaf.path, root)
        except VerificationError as error:
            raise VerificationError(
                f"field {leaf.name!r} (leaf {leaf.index}) is not what was committed: {error}"
            ) from error
    values = {leaf.name: leaf.value for leaf in disclosure.leaves[1:]}
    withheld = tuple(name for name in _names(disclosure.leaves[0]) if name not in values)
    return Disclosed(values, withheld)


def _leaf(item: object) -> Leaf:
    if type(item) is not dict or item.keys() != _MEMBERS:
        raise MalformedError("a leaf has exactly index, salt, name, value and path")
    index, salt, name, path = item["index"], item["salt"], item["name"], item["path"]
    if type(index) is not int or index < 0:
        raise MalformedError("index of a leaf is not an integer of at least 0")
    if type(salt) is not str or type(name) is not str:
        raise MalformedError("salt and name of a leaf are text")
    unb64url(salt, commitment.SEED_SIZE)
    if type(path) is not list or len(path) > MAX_PATH:
        raise MalformedError("path of a leaf is not an array of hashes")
    hashes = []
    for node in path:
        if type(node) is not str:
            raise MalformedError("a hash of a path is base64 text")
        hashes.append(unb64(node, 32))
    canonical.serialise([salt, name, item["value"]])
    if name == "blobs":
        check_blobs(item["value"])
    return Leaf(index, salt, name, item["value"], tuple(hashes))


def _names(leaf: Leaf) -> list[str]:
    """Leaf 0's list of names, checked."""
    names = leaf.value
    if leaf.name != "" or type(names) is not list:
        raise MalformedError("leaf 0 has the empty name and holds the list of names")
    last = ""
    for name in names:
        if type(name) is not str or not canonical.is_name(name):
            raise MalformedError(f"a name out of pattern in leaf 0: {name!r:.80}")
        if name <= last:
            raise MalformedError("the names of leaf 0 do not ascend, each once")
        last = name
    return names


def check_blobs(value: object) -> list[dict[str, Any]]:
    """The payload's field `blobs`: `{media_type, role, sha256, size}`, sorted, each once.

    Raises:
        MalformedError: anything else.
    """
    if type(value) is not list or not 1 <= len(value) <= 32:
        raise MalformedError("blobs is an array of 1 to 32; absent where there are none")
    last = b""
    for item in value:
        if type(item) is not dict or item.keys() != _BLOB_MEMBERS:
            raise MalformedError("a blob has exactly media_type, role, sha256 and size")
        for name in ("media_type", "role", "sha256"):
            if type(item[name]) is not str or not item[name].isascii():
                raise MalformedError(f"{name} of a blob is not ASCII text")
        if not HEX32.fullmatch(item["sha256"]):
            raise MalformedError("sha256 of a blob is not 64 digits of lower-case hex")
        if type(item["size"]) is not int or item["size"] < 0:
            raise MalformedError("size of a blob is not an integer of at least 0")
        encoded = canonical.serialise(item)
        if encoded <= last:
            raise MalformedError("blobs do not ascend by their canonical bytes, each once")
        last = encoded
    return value


def _text(value: object, what: str) -> str:
    if type(value) is not str:
        raise MalformedError(f"{what} is not text")
    return value
