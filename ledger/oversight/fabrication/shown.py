"""Which files were shown before, and by which record first: looked up by digest, and kept for good.

A key for every photo would be most of what oversight keeps. So they share buckets, whose number grows
with the log, one at a time, and with it the cost of nothing else (linear hashing, Litwin 1980): where
there are n, a digest belongs into bucket h mod 2^k if that is one of them, and into h mod 2^(k-1) if
not, 2^k being the next power above n. Bucket n then takes what is its own out of bucket n - 2^(k-1)
alone. There is one for each 16 entries of the log, so that an entry's own index says, without asking,
where its photos will be looked for.

Kept under `photos`: how many buckets there are, where more than at first; under `photo <bucket>`: by
the first 32 digits of a digest "role index leaf-hash id type occurred-at occasion".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.oversight.family import Context
from ledger.oversight.seen import Ref, Seen

_AT_FIRST: Final = 8
_ENTRIES: Final = 16
"""Of the log, for each bucket: some ten photos, as schools work."""
_SPLIT: Final = 4
"""Buckets opened at one record, at most: a log that had no photos for long makes up for it slowly."""
_COUNT: Final = "photos"


@dataclass(frozen=True, slots=True)
class Shown:
    """A file's first appearance.

    Attributes:
        ref: of the record.
        type: of the record.
        role: that the file has in it.
        occasion: what the record is about.
        occurred_at: the record's claim.
    """

    ref: Ref
    type: str
    role: str
    occasion: str
    occurred_at: str


def keys(index: int, digests: Iterable[str]) -> list[str]:
    """What will be asked for at this entry of the log: its buckets, and those that may be split."""
    count = _wanted(index)
    split = [_origin(newest) for newest in range(max(count - _SPLIT, _AT_FIRST), count)]
    buckets = [*(_bucket(digest, count) for digest in digests), *split]
    return [_COUNT, *(f"photo {bucket}" for bucket in buckets)]


def grown(index: int, context: Context) -> int:
    """How many buckets there are at this entry of the log, once those due are opened."""
    count: int = context.get(_COUNT) or _AT_FIRST
    wanted = min(_wanted(index), count + _SPLIT)
    if count >= wanted:
        return count
    for newest in range(count, wanted):
        _open(newest, context)
    context.put(_COUNT, wanted)
    return wanted


def first(digest: str, count: int, context: Context) -> Shown | None:
    """Where a file, by the first 32 digits of its digest, was shown first; None if it was not."""
    kept: Mapping[str, str] | None = context.get(f"photo {_bucket(digest, count)}")
    if kept is None or digest not in kept:
        return None
    role, index, leaf_hash, record, kind, at, occasion = kept[digest].split(" ", 6)
    return Shown([int(index), leaf_hash, record], kind, role, occasion, at)


def keep(seen: Seen, occasion: str, roles: Mapping[str, str], count: int, context: Context) -> None:
    """A record is the first to show files: their roles by digest."""
    index, leaf_hash, record = seen.ref
    said = f"{index} {leaf_hash} {record} {seen.type} {seen.occurred_at} {occasion}"
    for digest, role in roles.items():
        key = f"photo {_bucket(digest, count)}"
        kept = context.get(key) or {}
        context.put(key, {**kept, digest: f"{role} {said}"})


def forget(digest: str, index: int, context: Context) -> None:
    """A record at this index showed a file, if it did, no more."""
    count = context.get(_COUNT) or _AT_FIRST
    shown = first(digest, count, context)
    if shown is not None and shown.ref[0] == index:
        key = f"photo {_bucket(digest, count)}"
        kept: dict[str, Any] = {**context.get(key)}
        del kept[digest]
        context.put(key, kept or None)


def _wanted(index: int) -> int:
    return _AT_FIRST + index // _ENTRIES


def _bucket(digest: str, count: int) -> int:
    """Where a digest belongs among so many buckets."""
    hashed, bits = int(digest[:8], 16), count.bit_length()
    place = hashed & (1 << bits) - 1
    return place if place < count else place & (1 << bits - 1) - 1


def _origin(bucket: int) -> int:
    """The bucket out of which one is split: it, without its highest bit."""
    return bucket ^ (1 << bucket.bit_length() - 1)


def _open(newest: int, context: Context) -> None:
    """Open a bucket, as the last of all."""
    key = f"photo {_origin(newest)}"
    kept: Mapping[str, str] | None = context.get(key)
    if kept is None:
        return
    moved: dict[str, Any] = {
        digest: said for digest, said in kept.items() if _bucket(digest, newest + 1) == newest
    }
    if moved:
        context.put(f"photo {newest}", moved)
        left: dict[str, Any] = {
            digest: said for digest, said in kept.items() if digest not in moved
        }
        context.put(key, left or None)
