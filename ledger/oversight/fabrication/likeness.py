"""Photos used twice (照片高度相似), saved anew, made smaller or brighter: by their perceptual hash.

A 64-bit perceptual hash changes by 0 to 4 bits when a photo is compressed or resized, and by some
twenty between photos of different things; two hashes of nothing in common are within 4 bits once in
3·10¹³. One fixed camera over one scale makes photos alike by itself, most of all of the same goods in
the same minutes: crates of one item weighed one after the other are left alone.

`photo-similar`: a hash within `likeness_bits` of one of the same school, of the newest 30 days.

Looked up by parts (multi-index hashing): the hash is cut into five, so that two hashes at most 4 bits
apart share at least one; each part leads to one of 256 buckets by its lowest 8 bits. State is bounded:
a school has 1,280 buckets of at most 48 photos, and what is older than 30 days leaves a bucket when
it is written again. With more bits in the policy some pairs are missed. Photos of other schools are
compared byte for byte only.

Kept under `alike <scope> <part> <bucket>`: [index, day logged, hash]; under `likeness <scope> <index>`:
[leaf hash, id, occurred at, digest of the file, scale and item].
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger.oversight import civil
from ledger.oversight.fabrication import statistics, times
from ledger.oversight.fabrication.detector import Detector, place_of, ref_of, replaces
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_PARTS: Final = 5
_KEPT_DAYS: Final = 30
_MOST: Final = 48
_HASH: Final = re.compile("[0-9a-f]{16,64}", re.ASCII)


class Likeness(Detector):
    """Two photos of which one was made from the other."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "weigh-in": frozenset({"photo_phash", "scale", "item_code", "blobs"}),
        "rectification": frozenset({"photo_phash", "blobs"}),
    }
    defaults: ClassVar[Mapping[str, Any]] = {"likeness_bits": 4, "likeness_apart_s": 3600}

    def keys(self, seen: Seen) -> Iterable[str]:
        """The five buckets of its hash."""
        phash = seen.fields.get("photo_phash")
        if phash is None or not _HASH.fullmatch(phash):
            return []
        return _buckets(place_of(seen).scope, phash)

    def tell(self, seen: Seen, context: Context) -> None:
        """Its hash is held against those that share a part with it, and kept."""
        phash = seen.fields.get("photo_phash")
        if phash is None or not _HASH.fullmatch(phash):
            return
        place = place_of(seen)
        today = seen.logged_at[:10]
        oldest = civil.days_later(today, -_KEPT_DAYS)
        mine = int(phash, 16)
        near: dict[int, int] = {}
        entry = [seen.index, today, phash]
        most = context.policy.rules["likeness_bits"]
        for part, bucket in enumerate(_buckets(place.scope, phash)):
            held = context.get(bucket) or []
            young = held
            if held and held[0][1] < oldest:  # they stand in the order of the log
                young = [one for one in held if one[1] >= oldest]
            for index, _, other in young:
                bits = (int(other, 16) ^ mine).bit_count()
                if bits <= most and len(other) == len(phash):
                    near[index] = bits
            left = young[1 - _MOST :]
            if part == 0 and len(left) < len(held):
                self._forget(place.scope, held, left, context)
            context.put(bucket, [*left, entry])
        fields = seen.fields
        digest = next((blob["sha256"][:32] for blob in fields.get("blobs", ())), "")
        about = f"{fields.get('scale')} {fields.get('item_code')}"
        own = [*ref_of(seen)[1:], seen.occurred_at, digest, about]
        context.put(f"likeness {place.scope} {seen.index}", own)
        if near and not replaces(seen):
            self._found(seen, near, own, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Without what is kept of it, its places in the buckets say nothing."""
        context.put(f"likeness {place_of(seen).scope} {seen.index}", None)

    def _forget(self, scope: str, held: list[Any], left: list[Any], context: Context) -> None:
        kept = {one[0] for one in left}
        for index, _, _ in held:
            if index not in kept:
                context.put(f"likeness {scope} {index}", None)

    def _found(self, seen: Seen, near: Mapping[int, int], own: list[Any], context: Context) -> None:
        rules = context.policy.rules
        place = place_of(seen)
        for bits, index in sorted((bits, index) for index, bits in near.items()):
            other = context.get(f"likeness {place.scope} {index}")
            if other is None or other[3] == own[3]:
                continue  # expired, taken back, or the very same file, which is `photo-reused`
            apart = abs(times.ms(other[2]) - times.ms(own[2]))
            if other[4] == own[4] and apart <= 1000 * rules["likeness_apart_s"]:
                continue
            case = Case(
                kind="photo-similar",
                rule="photo-similar",
                scope=place.scope,
                responsible=place.scope,
                canteen=place.canteen,
                severity="major",
                inputs=[[index, *other[:2]], ref_of(seen)],
                fields="photo_phash",
                first_at=min(other[2], own[2]),
                last_at=max(other[2], own[2]),
                score_ppm=_score(bits),
                threshold_ppm=_score(rules["likeness_bits"]),
                measured={"bits": bits},
                episodes=[f"{place.scope} {other[1]}"],
                again_days=rules["again_days"],
            )
            report(context, case)
            return


def _score(bits: int) -> int:
    """What the hashes of two photos have in common, of 64 bits."""
    return max(0, 64 - bits) * statistics.WHOLE // 64


def _buckets(scope: str, phash: str) -> list[str]:
    """Where photos are whose hash shares a part with this one; requires a hash."""
    value, bits = int(phash, 16), 4 * len(phash)
    return [
        f"alike {scope} {part} {value >> part * bits // _PARTS & 255}" for part in range(_PARTS)
    ]
