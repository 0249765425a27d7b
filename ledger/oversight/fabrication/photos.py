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

Kept under `photo <first 32 digits of the digest>`, for good, in one string: its role and the id of the
first record that had the file; where that is about an occasion, also its type and the occasion. There
is one such key for each photo ever, so it is short: what else a finding says stands in that record.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final

from ledger.oversight.fabrication import statistics
from ledger.oversight.fabrication.detector import Detector, first_of, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

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
        origin = None
        for blob in blobs:
            role = blob["role"]
            if role not in _MOMENTS:
                continue
            key = f"photo {blob['sha256'][:32]}"
            first = context.get(key)
            if first is not None and context.get(f"gone {_id(first)}") is None:
                self._again(seen, blob, first, context)
                continue
            if origin is None:
                origin = _origin(seen)
            context.put(key, f"{role} {origin}")

    def take_back(self, seen: Seen, context: Context) -> None:
        """It was nobody's first record; of an erased one `gone` says so."""
        for key in self.keys(seen):
            first = context.get(key)
            if first is not None and _id(first) == seen.id:
                context.put(key, None)

    def _again(self, seen: Seen, blob: Mapping[str, Any], kept: str, context: Context) -> None:
        roles = context.policy.rules["photo_roles"]
        role, first_id, *occasion = kept.split(" ", 3)
        if blob["role"] not in roles or role not in roles:
            return
        same = first_id == seen.id
        if not same and _one_moment(seen, first_id, occasion):
            return
        first = seen if same else context.record(first_id)
        if first is None:
            return
        place = place_of(seen)
        case = Case(
            kind="photo-reused",
            rule="photo-in-two-roles" if same else "photo-in-two-records",
            scope=place.scope,
            responsible=place.scope,
            canteen=place.canteen,
            severity="major",
            inputs=[seen.ref] if same else [first.ref, seen.ref],
            fields="blobs",
            first_at=min(first.occurred_at, seen.occurred_at),
            last_at=max(first.occurred_at, seen.occurred_at),
            score_ppm=statistics.WHOLE,
            threshold_ppm=statistics.WHOLE,
            measured={"first_role": role, "role": blob["role"], "sha256": blob["sha256"]},
            needs=1 if same else 2,
            episodes=[blob["sha256"][:32]],
            again_days=context.policy.rules["again_days"],
        )
        report(context, case)


def _origin(seen: Seen) -> str:
    """What is kept of a first record."""
    occasion = _occasion(seen)
    return f"{seen.id} {seen.type} {occasion}" if occasion else seen.id


def _id(kept: str) -> str:
    """The first record's."""
    return kept.split(" ", 2)[1]


def _one_moment(seen: Seen, first_id: str, first: Sequence[str]) -> bool:
    """Whether both records are about one occasion on which one photo is enough.

    Args:
        seen: the later one.
        first_id: of the earlier one.
        first: its type and occasion, or nothing.
    """
    if any(link.id == first_id for link in seen.links):
        return True
    if not first or (seen.type == first[0] and seen.type != _ALERT):
        return False
    return _occasion(seen) == first[1]


def _occasion(seen: Seen) -> str:
    """The order, work order or meal that it is about; of a camera's alert the camera and the hour."""
    if seen.type == "morning-check":
        return ""
    for start in _ABOUT:
        name = first_of(seen.subjects, start)
        if name is not None:
            return f"{name} {seen.occurred_at[:13]}" if seen.type == _ALERT else name
    return ""
