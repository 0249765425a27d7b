"""Photos used twice (照片重复使用), byte for byte.

A photo shows one moment. The same file in a second record, whatever its role there, shows that one of
the two moments was not photographed. Papers are another matter: one licence or quarantine certificate
is rightly named by many records, so only roles that show a moment count.

Not found, because it is one moment: two records of different types about the same order, work order
or meal (the weigh-in and the acceptance of one delivery); a record that links to the other one; a
frame in which a camera saw two things at once, within the hour; a record that replaces another. Types
that only report what others showed (disputes, incidents, outages) are not looked at. The same file in
two roles of one record is found too.

`photo-reused`, once for each file and then again after the days of quiet.

Kept under `photo <first 32 digits of the digest>`, for good: the first record that had the file,
[index, leaf hash, id, type, role, occasion, occurred at]. That is one small row for each photo.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_INDEX, _ID, _TYPE, _ROLE, _OCCASION, _AT = 0, 2, 3, 4, 5, 6
_MOMENTS: Final = ("photo", "face", "palm", "back", "frame", "clip")
_ALERT: Final = "inspection-alert"
_ABOUT: Final = ("order:", "work-order:", "meal:", "camera:")


class Photos(Detector):
    """The same file in two records."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = dict.fromkeys(
        (
            "weigh-in", "acceptance", "rejection", "stock-move", "morning-check", "sample-retained",
            "sample-disposed", "cooking-step", "meal-service", "companion-meal", "waste-log",
            _ALERT, "temperature-alarm", "self-inspection", "rectification",
            "rectification-review",
        ),
        frozenset({"blobs"}),
    )  # fmt: skip
    defaults: ClassVar[Mapping[str, Any]] = {"photo_roles": list(_MOMENTS)}

    def keys(self, seen: Seen) -> Iterable[str]:
        """One for each photo."""
        return [
            f"photo {blob['sha256'][:32]}"
            for blob in seen.fields.get("blobs", ())
            if blob["role"] in _MOMENTS
        ]

    def tell(self, seen: Seen, context: Context) -> None:
        """Each of its photos is new, or was there before."""
        blobs = seen.fields.get("blobs")
        if not blobs:
            return
        occasion = None
        for blob in blobs:
            if blob["role"] not in _MOMENTS:
                continue
            key = f"photo {blob['sha256'][:32]}"
            first = context.get(key)
            if first is not None and context.get(f"gone {first[_ID]}") is None:
                self._again(seen, blob, first, context)
                continue
            if occasion is None:
                occasion = _occasion(seen)
            context.put(key, [*seen.ref, seen.type, blob["role"], occasion, seen.occurred_at])

    def take_back(self, seen: Seen, context: Context) -> None:
        """It was nobody's first record; of an erased one `gone` says so."""
        for key in self.keys(seen):
            first = context.get(key)
            if first is not None and first[_INDEX] == seen.index:
                context.put(key, None)

    def _again(
        self, seen: Seen, blob: Mapping[str, Any], first: Sequence[Any], context: Context
    ) -> None:
        roles = context.policy.rules["photo_roles"]
        if blob["role"] not in roles or first[_ROLE] not in roles:
            return
        same = first[_INDEX] == seen.index
        if not same and _one_moment(seen, first):
            return
        place = place_of(seen)
        case = Case(
            kind="photo-reused",
            rule="photo-in-two-roles" if same else "photo-in-two-records",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[seen.ref] if same else [list(first[:3]), seen.ref],
            fields="blobs",
            first_at=min(first[_AT], seen.occurred_at),
            last_at=max(first[_AT], seen.occurred_at),
            score_ppm=statistics.WHOLE,
            threshold_ppm=statistics.WHOLE,
            measured={"first_role": first[_ROLE], "role": blob["role"], "sha256": blob["sha256"]},
            needs=1 if same else 2,
            episodes=[blob["sha256"][:32]],
            again_days=context.policy.rules["again_days"],
        )
        report(context, case)


def _one_moment(seen: Seen, first: Sequence[Any]) -> bool:
    """Whether both records are about one occasion on which one photo is enough."""
    if any(link.id == first[_ID] for link in seen.links):
        return True
    if not first[_OCCASION] or (seen.type == first[_TYPE] and seen.type != _ALERT):
        return False
    return bool(_occasion(seen) == first[_OCCASION])


def _occasion(seen: Seen) -> str:
    """The order, work order or meal that it is about; of a camera's alert the camera and the hour."""
    if seen.type == "morning-check":
        return ""
    for start in _ABOUT:
        for name in seen.subjects:
            if name.startswith(start):
                return f"{name} {seen.occurred_at[:13]}" if seen.type == _ALERT else name
    return ""
