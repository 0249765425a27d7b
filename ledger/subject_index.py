"""Subject index: the last entry of every subject, under one root (FORMATS §1).

A head leaf is canonical `["mealtrace/head@v1",subject,seq,index,"<hex leaf hash>"]`; leaves ascend
by subject, one each. An index of `size` covers the heads of the first `size` entries. A head that
is there proves a history complete up to `size`; two neighbours prove a subject absent.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ledger import subject
from ledger.canonical import JsonInput
from ledger.disclosure import MAX_PATH
from ledger.encoding import b64, unb64
from ledger.errors import MalformedError, VerificationError
from ledger.memory_tree import MemoryTree
from ledger.merkle import EMPTY_ROOT, leaf_hash, tree_root
from ledger.proof import verify_inclusion
from ledger.statement import HEX32

TAG: Final = "mealtrace/head@v1"
_LARGEST = 2**53 - 1

BLOCK: Final = 256
"""Heads that a `HeadTree` knows by one hash; a power of two, as the tree's splits are."""


@dataclass(frozen=True, slots=True)
class Head:
    """A subject's last entry as of some size.

    Attributes:
        subject: the subject.
        seq: its sequence number, at least 1.
        index: its index in the log.
        leaf_hash: 32 bytes.
    """

    subject: str
    seq: int
    index: int
    leaf_hash: bytes

    def leaf(self) -> list[JsonInput]:
        """The head leaf as JSON."""
        return [TAG, self.subject, self.seq, self.index, self.leaf_hash.hex()]

    def to_bytes(self) -> bytes:
        """The head leaf's canonical bytes."""
        return b'["mealtrace/head@v1","%b",%d,%d,"%b"]' % (
            self.subject.encode(),
            self.seq,
            self.index,
            self.leaf_hash.hex().encode(),
        )


@dataclass(frozen=True, slots=True)
class SubjectIndex:
    """The payload of a `subject-index` record: number of heads, their root, entries covered."""

    count: int
    root: bytes
    size: int

    @staticmethod
    def of_json(value: object) -> "SubjectIndex":
        """The index of an open payload.

        Raises:
            MalformedError: other members or types.
        """
        if type(value) is not dict or value.keys() != {"count", "root", "size"}:
            raise MalformedError("a subject-index has exactly count, root and size")
        count, root, size = value["count"], value["root"], value["size"]
        if type(count) is not int or count < 0 or type(size) is not int or size < 1:
            raise MalformedError("count and size of a subject-index are integers")
        if type(root) is not str or not HEX32.fullmatch(root):
            raise MalformedError("root of a subject-index is not 64 digits of lower-case hex")
        return SubjectIndex(count, bytes.fromhex(root), size)

    def to_json(self) -> dict[str, JsonInput]:
        """The open payload."""
        return {"count": self.count, "root": self.root.hex(), "size": self.size}


@dataclass(frozen=True, slots=True)
class HeadProof:
    """A head, its position among all heads, and the path to the index's root."""

    position: int
    head: Head
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, JsonInput]:
        """One item of a support entry's `heads`."""
        return {
            "position": self.position,
            "leaf": self.head.leaf(),
            "path": [b64(node) for node in self.path],
        }


def build(heads: Iterable[Head], size: int) -> SubjectIndex:
    """The index over `heads`, one per subject, in any order, as of `size` entries.

    Costs about 2 µs a head; nothing of the index before can be kept, for a new subject moves all
    that follow it.
    """
    ordered = sorted(heads, key=lambda head: head.subject)
    hashes = [leaf_hash(head.to_bytes()) for head in ordered]
    return SubjectIndex(len(hashes), tree_root(hashes), size)


class HeadTree:
    """The tree over an index's heads, to prove any subject's presence or absence from.

    Kept are one hash and one subject of every 256 heads, less than a byte a head: a log's subjects
    are without end. A proof reads the heads of its block again, which must still give its hash.
    """

    def __init__(
        self, heads: Iterable[Head], size: int, read: Callable[[str, str | None], Iterable[Head]]
    ) -> None:
        """Hash all heads once.

        Args:
            heads: one per subject, ascending by subject.
            size: entries they are the heads of.
            read: the same heads again, from a subject up to another, which is left out; None: to
                the end.

        Raises:
            MalformedError: the subjects do not ascend.
        """
        self._read = read
        self._fences: list[str] = []
        roots: list[bytes] = []
        count, last = 0, ""
        hashes: list[bytes] = []
        for head in heads:
            if head.subject <= last:
                raise MalformedError(f"the subjects of heads do not ascend at {head.subject}")
            last = head.subject
            if not hashes:
                self._fences.append(last)
            hashes.append(leaf_hash(head.to_bytes()))
            count += 1
            if len(hashes) == BLOCK:
                roots.append(tree_root(hashes))
                hashes = []
        if hashes:
            roots.append(tree_root(hashes))
        # A tree over full blocks and a last one splits as the tree over their leaves does.
        self._blocks = MemoryTree(roots)
        self._roots = roots
        self.index = SubjectIndex(count, self._blocks.root, size)

    def proofs(self, subjects: Iterable[str]) -> tuple[HeadProof, ...]:
        """What shows the head of each of these subjects, or that it has none; ascending, each once.

        A subject that is there needs its own head, one that is not the two neighbours of its place.

        Raises:
            VerificationError: the heads read again are others.
        """
        blocks: dict[int, tuple[list[Head], MemoryTree]] = {}
        positions: set[int] = set()
        for name in subjects:
            number = max(bisect_right(self._fences, name) - 1, 0)
            if not self._fences:
                break
            heads, _ = self._block(number, blocks)
            place = bisect_left(heads, name, key=lambda head: head.subject)
            position = number * BLOCK + place
            if place < len(heads) and heads[place].subject == name:
                positions.add(position)
            else:
                around = (position - 1, position)
                positions.update(at for at in around if 0 <= at < self.index.count)
        proofs = []
        for position in sorted(positions):
            number, place = divmod(position, BLOCK)
            heads, tree = self._block(number, blocks)
            path = tree.path(place) + self._blocks.path(number)
            proofs.append(HeadProof(position, heads[place], path))
        return tuple(proofs)

    def _block(
        self, number: int, known: dict[int, tuple[list[Head], MemoryTree]]
    ) -> tuple[list[Head], MemoryTree]:
        """The heads of a block with their tree."""
        found = known.get(number)
        if found is None:
            end = self._fences[number + 1] if number + 1 < len(self._fences) else None
            heads = list(self._read(self._fences[number], end))
            tree = MemoryTree([leaf_hash(head.to_bytes()) for head in heads])
            if tree.root != self._roots[number]:
                raise VerificationError(
                    f"the heads from {self._fences[number]} on are not those of the index",
                    expected=self._roots[number].hex(),
                    found=tree.root.hex(),
                )
            found = known[number] = heads, tree
        return found


def parse_heads(value: object) -> tuple[HeadProof, ...]:
    """The `heads` of a support entry, positions ascending.

    Raises:
        MalformedError: unknown members, wrong types, another tag, or positions out of order.
    """
    if type(value) is not list:
        raise MalformedError("heads is not an array")
    proofs: list[HeadProof] = []
    for item in value:
        if type(item) is not dict or item.keys() != {"position", "leaf", "path"}:
            raise MalformedError("a head has exactly position, leaf and path")
        position, path = item["position"], item["path"]
        if type(position) is not int or position < 0:
            raise MalformedError("position of a head is not an integer of at least 0")
        if proofs and position <= proofs[-1].position:
            raise MalformedError("the positions of heads do not ascend")
        if type(path) is not list or len(path) > MAX_PATH:
            raise MalformedError("path of a head is not an array of hashes")
        hashes = []
        for node in path:
            if type(node) is not str:
                raise MalformedError("a hash of a path is base64 text")
            hashes.append(unb64(node, 32))
        proofs.append(HeadProof(position, _head(item["leaf"]), tuple(hashes)))
    return tuple(proofs)


def verify(index: SubjectIndex, proofs: Sequence[HeadProof]) -> None:
    """Check that every head stands in the index at its position, and that they ascend.

    Raises:
        VerificationError: a head that is not in the tree, or covers what the index does not.
    """
    if index.count == 0 and index.root != EMPTY_ROOT:
        raise VerificationError(
            "an index without heads has another root",
            expected=EMPTY_ROOT.hex(),
            found=index.root.hex(),
        )
    last = ""
    for proof in proofs:
        head = proof.head
        if head.index >= index.size:
            raise VerificationError(
                f"the head of {head.subject} lies beyond the size of the index",
                expected=f"below {index.size}",
                found=str(head.index),
            )
        if head.subject <= last:
            raise VerificationError("the subjects of the index do not ascend")
        last = head.subject
        data = leaf_hash(head.to_bytes())
        verify_inclusion(proof.position, index.count, data, proof.path, index.root)


def prove(index: SubjectIndex, subject_name: str, proofs: Sequence[HeadProof]) -> Head | None:
    """The subject's head, or None where the proofs show that it has none.

    Raises:
        VerificationError: a proof does not hold, or they show neither.
    """
    verify(index, proofs)
    for proof in proofs:
        if proof.head.subject == subject_name:
            return proof.head
    before: HeadProof | None = None
    after: HeadProof | None = None
    for proof in proofs:
        if proof.head.subject < subject_name:
            before = proof
        elif after is None:
            after = proof
    left = -1 if before is None else before.position
    right = index.count if after is None else after.position
    if right != left + 1:
        raise VerificationError(
            f"the heads shown do not enclose {subject_name}: it may stand between them",
            expected=f"position {left + 1}",
            found=f"position {right}",
        )
    return None


def _head(value: object) -> Head:
    if type(value) is not list or len(value) != 5 or value[0] != TAG:
        raise MalformedError(f"a head leaf is an array of five that begins with {TAG}")
    about, seq, index, digest = value[1:]
    subject.check(about, "subject of a head")
    if type(seq) is not int or not 1 <= seq <= _LARGEST:
        raise MalformedError("seq of a head is not an integer of at least 1")
    if type(index) is not int or not 0 <= index <= _LARGEST:
        raise MalformedError("index of a head is not an index")
    if type(digest) is not str or not HEX32.fullmatch(digest):
        raise MalformedError("the hash of a head is not 64 digits of lower-case hex")
    return Head(about, seq, index, bytes.fromhex(digest))
