"""Photos used twice (照片高度相似), saved anew, made smaller or brighter: by their perceptual hash.

A 64-bit perceptual hash changes by 0 to 4 bits when a photo is compressed or resized, and by some
twenty between photos of different things; two hashes of nothing in common are within 4 bits once in
3·10¹³. One fixed camera over one scale makes photos alike by itself, most of all of the same goods in
the same minutes: crates of one item weighed one after the other are left alone.

`photo-similar`: a hash within `likeness_bits` of one of the same school, of the newest 30 days.

Looked up by parts (multi-index hashing): the hash is cut into five, so that two hashes at most 4 bits
apart share at least one; of each part the lowest 8 bits are looked up. With more bits in the policy
some pairs are missed. State is bounded: of each span of four days the first 256 photos of a school are
kept, until they are too old. Photos of other schools are compared byte for byte only.

Kept under `alike <scope> <span>`: the span's photos, [index, leaf hash, id, occurred at, digest of the
file, scale and item, day logged, hash], or null where one was taken back; and by part the places at
which photos stand that have it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, ClassVar, Final

from ledger.oversight import civil
from ledger.oversight.fabrication import statistics, times
from ledger.oversight.fabrication.detector import Detector, place_of, replaces
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_PARTS: Final = 5
_KEPT_DAYS: Final = 30
_SPAN_DAYS: Final = 4
_MOST: Final = 256
_HASH: Final = re.compile("[0-9a-f]{16,64}", re.ASCII)
_PART_NAMES: Final = [[f"{part} {value}" for value in range(256)] for part in range(_PARTS)]
_INDEX, _REF, _ID, _AT, _DIGEST, _ABOUT, _DAY, _PHASH = 0, slice(0, 3), 2, 3, 4, 5, 6, 7


class Likeness(Detector):
    """Two photos of which one was made from the other."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "weigh-in": frozenset({"photo_phash", "scale", "item_code", "blobs"}),
        "rectification": frozenset({"photo_phash", "blobs"}),
    }
    defaults: ClassVar[Mapping[str, Any]] = {"likeness_bits": 4, "likeness_apart_s": 3600}
    wakes: ClassVar[frozenset[str]] = frozenset({"alike"})

    def keys(self, seen: Seen) -> Iterable[str]:
        """The spans with which it is compared."""
        phash = seen.fields.get("photo_phash")
        if phash is None or not _HASH.fullmatch(phash):
            return ()
        return _spans(place_of(seen).scope, seen.logged_at[:10])

    def tell(self, seen: Seen, context: Context) -> None:
        """Its hash is held against those that share a part with it, and kept."""
        fields = seen.fields
        phash = fields.get("photo_phash")
        if phash is None or not _HASH.fullmatch(phash):
            return
        digest = next((blob["sha256"][:32] for blob in fields.get("blobs", ())), "")
        about = f"{fields.get('scale')} {fields.get('item_code')}"
        today = seen.logged_at[:10]
        mine = [*seen.ref, seen.occurred_at, digest, about, today, phash]
        parts = _parts(phash)
        spans = _spans(place_of(seen).scope, today)
        near = self._near(mine, parts, spans, context)
        self._keep(mine, parts, spans[0], context)
        if near and not replaces(seen):
            self._found(seen, near, mine, context)

    def due(self, key: str, context: Context) -> None:
        """A span is so long past that nothing is compared with it any more."""
        context.put(key, None)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Nothing is like it."""
        key = _spans(place_of(seen).scope, seen.logged_at[:10])[0]
        kept = context.get(key)
        if kept is not None:
            photos, places = kept
            left = [None if one is None or one[_INDEX] == seen.index else one for one in photos]
            context.put(key, [left, places])

    def _near(
        self, mine: list[Any], parts: Sequence[str], spans: Sequence[str], context: Context
    ) -> list[tuple[int, list[Any]]]:
        """Photos whose hash is a few bits from this one, with how many; the nearest and oldest first."""
        most = context.policy.rules["likeness_bits"]
        oldest = civil.days_later(mine[_DAY], -_KEPT_DAYS)
        value = int(mine[_PHASH], 16)
        near: dict[int, tuple[int, list[Any]]] = {}
        for span in spans:
            kept = context.get(span)
            if kept is None or kept[1].keys().isdisjoint(parts):
                continue
            photos, places = kept
            for place in chain.from_iterable(places[part] for part in parts if part in places):
                photo = photos[place]
                if photo is None:
                    continue
                bits = (int(photo[_PHASH], 16) ^ value).bit_count()
                if (
                    bits <= most
                    and photo[_DAY] >= oldest
                    and len(photo[_PHASH]) == len(mine[_PHASH])
                ):
                    near[photo[_INDEX]] = bits, photo
        if len(near) < 2:
            return [*near.values()]
        return sorted(near.values(), key=lambda one: (one[0], one[1][_INDEX]))

    def _keep(self, mine: list[Any], parts: Sequence[str], span: str, context: Context) -> None:
        kept = context.get(span)
        if kept is None:
            kept = [[], {}]
            context.wake(civil.later(context.now, (_KEPT_DAYS + _SPAN_DAYS) * civil.DAY_S), span)
        photos, places = kept
        if len(photos) < _MOST:
            place, held = len(photos), places.copy()
            for part in parts:
                held[part] = [*held[part], place] if part in held else [place]
            context.put(span, [[*photos, mine], held])

    def _found(
        self,
        seen: Seen,
        near: Iterable[tuple[int, list[Any]]],
        own: list[Any],
        context: Context,
    ) -> None:
        rules = context.policy.rules
        place = place_of(seen)
        for bits, other in near:
            if other[_DIGEST] == own[_DIGEST]:
                continue  # the very same file, which is `photo-reused`
            apart = abs(times.ms(other[_AT]) - times.ms(own[_AT]))
            if other[_ABOUT] == own[_ABOUT] and apart <= 1000 * rules["likeness_apart_s"]:
                continue
            case = Case(
                kind="photo-similar",
                rule="photo-similar",
                scope=place.scope,
                responsible=place.scope,
                canteen=place.canteen,
                severity="major",
                inputs=[other[_REF], own[_REF]],
                fields="photo_phash",
                first_at=min(other[_AT], own[_AT]),
                last_at=max(other[_AT], own[_AT]),
                score_ppm=_score(bits),
                threshold_ppm=_score(rules["likeness_bits"]),
                measured={"bits": bits},
                episodes=[f"{place.scope} {other[_ID]}"],
                again_days=rules["again_days"],
            )
            report(context, case)
            return


def _score(bits: int) -> int:
    """What the hashes of two photos have in common, of 64 bits."""
    return max(0, 64 - bits) * statistics.WHOLE // 64


def _parts(phash: str) -> list[str]:
    """The five parts of a hash, each with its place; requires a hash."""
    value, bits = int(phash, 16), 4 * len(phash)
    return [names[value >> part * bits // _PARTS & 255] for part, names in enumerate(_PART_NAMES)]


@lru_cache(maxsize=4096)
def _spans(scope: str, today: str) -> tuple[str, ...]:
    """Keys of the spans in which photos are that today's are compared with, the newest first."""
    last = date.fromisoformat(today).toordinal()
    first = last - _KEPT_DAYS
    spans = range(last // _SPAN_DAYS, first // _SPAN_DAYS - 1, -1)
    return tuple(f"alike {scope} {span}" for span in spans)
