"""Photos used twice (照片高度相似), saved anew, made smaller or brighter: by their perceptual hash.

A 64-bit perceptual hash changes by 0 to 4 bits when a photo is compressed or resized, and by some
twenty between photos of different things; two hashes of nothing in common are within 4 bits once in
3·10¹³. One fixed camera over one scale makes photos alike by itself, most of all of the same goods in
the same minutes: crates of one item weighed one after the other are left alone.

`photo-similar`: a hash within `likeness_bits` of one of the same school, of the newest 30 days.

Looked up by parts (multi-index hashing): the hash is cut into five, so that two hashes at most 4 bits
apart share at least one; of each part the lowest 12 bits are looked up, so that one other photo in 800
is compared bit by bit. With more bits in the policy some pairs are missed. State is bounded: of each
span of four days the first 256 photos of a school are kept, until they are too old. Photos of other
schools are compared byte for byte only.

Kept under `alike <scope> <span>`: the span's photos, [index, leaf hash, id, occurred at, digest of the
file, scale and item, day logged, hash], or null where one was taken back. Under `alike <scope>`, of all
these spans: [[span, how many photos], ...], and in one string the parts of the photos' hashes, a
character for each part: what has a part in common is found by searching for a character.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
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
_BITS: Final = 12
_LETTERS: Final = [0x100 + (part << _BITS) for part in range(_PARTS)]
"""The first character that stands for the lowest bits of each part: no two parts share one, and all
lie below the surrogates, which no JSON text may hold alone."""
_INDEX, _REF, _ID, _AT, _DIGEST, _ABOUT, _DAY, _PHASH = 0, slice(0, 3), 2, 3, 4, 5, 6, 7
_NOTHING: Final[tuple[list[Any], str]] = ([], "")


class Likeness(Detector):
    """Two photos of which one was made from the other."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "weigh-in": frozenset({"photo_phash", "scale", "item_code", "blobs"}),
        "rectification": frozenset({"photo_phash", "blobs"}),
    }
    defaults: ClassVar[Mapping[str, Any]] = {"likeness_bits": 4, "likeness_apart_s": 3600}
    wakes: ClassVar[frozenset[str]] = frozenset({"alike"})

    def keys(self, seen: Seen) -> Iterable[str]:
        """What it is compared with, and the span that it joins."""
        phash = seen.fields.get("photo_phash")
        if phash is None or not _HASH.fullmatch(phash):
            return ()
        key = f"alike {place_of(seen).scope}"
        return key, f"{key} {_span(seen)}"

    def tell(self, seen: Seen, context: Context) -> None:
        """Its hash is held against those that share a part with it, and kept."""
        fields = seen.fields
        phash = fields.get("photo_phash")
        if phash is None or not _HASH.fullmatch(phash):
            return
        key = f"alike {place_of(seen).scope}"
        kept = context.get(key) or _NOTHING
        letters = _letters(phash)
        digest = next((blob["sha256"][:32] for blob in fields.get("blobs", ())), "")
        about = f"{fields.get('scale')} {fields.get('item_code')}"
        mine = [*seen.ref, seen.occurred_at, digest, about, seen.logged_at[:10], phash]
        places = _sharing(letters, kept[1])
        if places and not replaces(seen):
            near = _near(mine, _photos(key, places, kept[0], context), context)
            self._found(seen, mine, near, context)
        self._keep(key, _span(seen), mine, letters, context)

    def due(self, key: str, context: Context) -> None:
        """A span, the oldest, is so long past that nothing is compared with it any more."""
        context.put(key, None)
        head = key.rpartition(" ")[0]
        ((_, gone), *spans), parts = context.get(head)
        left = [spans, parts[_PARTS * gone :]]
        context.put(head, left if spans else None)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Nothing is like it."""
        head = f"alike {place_of(seen).scope}"
        key = f"{head} {_span(seen)}"
        photos = context.get(key)
        place = next(
            (at for at, one in enumerate(photos or ()) if one and one[0] == seen.index), None
        )
        if place is None:
            return
        context.put(key, [*photos[:place], None, *photos[place + 1 :]])

    def _keep(self, head: str, span: int, mine: list[Any], letters: str, context: Context) -> None:
        spans, parts = context.get(head) or _NOTHING
        key = f"{head} {span}"
        photos = context.get(key)
        if photos is None:
            photos = []
            spans = [*spans, [span, 0]]
            context.wake(civil.later(context.now, (_KEPT_DAYS + _SPAN_DAYS) * civil.DAY_S), key)
        if len(photos) < _MOST:
            context.put(key, [*photos, mine])
            spans = [*spans[:-1], [span, len(photos) + 1]]
            context.put(head, [spans, parts + letters])

    def _found(
        self,
        seen: Seen,
        own: list[Any],
        near: Iterable[tuple[int, list[Any]]],
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


def _sharing(letters: str, parts: str) -> list[int]:
    """The places of the photos whose hashes share a part with these, ascending."""
    places = set()
    for letter in letters:
        at = parts.find(letter)
        while at >= 0:
            places.add(at // _PARTS)
            at = parts.find(letter, at + 1)
    return sorted(places)


def _photos(
    head: str, places: Sequence[int], spans: Sequence[Any], context: Context
) -> Iterator[list[Any]]:
    """The photos at these places that were not taken back."""
    for place in places:
        at = place
        for span, many in spans:
            if at < many:
                photo = context.get(f"{head} {span}")[at]
                if photo is not None:
                    yield photo
                break
            at -= many


def _near(
    own: list[Any], photos: Iterable[list[Any]], context: Context
) -> list[tuple[int, list[Any]]]:
    """Those a few bits away and not too old, with how many: the nearest first, then the oldest."""
    most = context.policy.rules["likeness_bits"]
    oldest = civil.days_later(own[_DAY], -_KEPT_DAYS)
    value, digits = int(own[_PHASH], 16), len(own[_PHASH])
    near = []
    for photo in photos:
        if len(photo[_PHASH]) == digits and photo[_DAY] >= oldest:
            bits = (int(photo[_PHASH], 16) ^ value).bit_count()
            if bits <= most:
                near.append((bits, photo))
    return sorted(near, key=itemgetter(0))


def _letters(phash: str) -> str:
    """What stands for the five parts of a hash, in their order; requires a hash."""
    value, bits = int(phash, 16), 4 * len(phash)
    return "".join(
        [
            chr(first + (value >> part * bits // _PARTS & (1 << _BITS) - 1))
            for part, first in enumerate(_LETTERS)
        ]
    )


def _span(seen: Seen) -> int:
    """In which span it was logged."""
    return date.fromisoformat(seen.logged_at[:10]).toordinal() // _SPAN_DAYS
