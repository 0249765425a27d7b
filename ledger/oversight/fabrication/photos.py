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

Kept of each file, for good: the first record that had it (`shown`).
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger.oversight.fabrication import shown, statistics
from ledger.oversight.fabrication.detector import Detector, place_of
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.fabrication.shown import Shown
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
        """Where its photos will be looked for."""
        digests = _digests(seen)
        return shown.keys(seen.index, digests) if digests else ()

    def tell(self, seen: Seen, context: Context) -> None:
        """Each of its photos is new, or was there before."""
        blobs = seen.fields.get("blobs")
        if not blobs:
            return
        new: dict[str, str] = {}
        count = 0
        for blob in blobs:
            role = blob["role"]
            if role not in _MOMENTS:
                continue
            count = count or shown.grown(seen.index, context)
            digest = blob["sha256"][:32]
            if digest in new:
                here = Shown(seen.ref, seen.type, new[digest], "", seen.occurred_at)
                self._again(seen, blob, here, context)
                continue
            before = shown.first(digest, count, context)
            if before is None or context.get(f"gone {before.ref[2]}") is not None:
                new[digest] = role
            else:
                self._again(seen, blob, before, context)
        if new:
            shown.keep(seen, _occasion(seen), new, count, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """It was nobody's first record; of an erased one `gone` says so."""
        for digest in _digests(seen):
            shown.forget(digest, seen.index, context)

    def _again(self, seen: Seen, blob: Mapping[str, Any], first: Shown, context: Context) -> None:
        roles = context.policy.rules["photo_roles"]
        if blob["role"] not in roles or first.role not in roles:
            return
        same = first.ref[0] == seen.index
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
            inputs=[seen.ref] if same else [first.ref, seen.ref],
            fields="blobs",
            first_at=min(first.occurred_at, seen.occurred_at),
            last_at=max(first.occurred_at, seen.occurred_at),
            score_ppm=statistics.WHOLE,
            threshold_ppm=statistics.WHOLE,
            measured={"first_role": first.role, "role": blob["role"], "sha256": blob["sha256"]},
            needs=1 if same else 2,
            episodes=[blob["sha256"][:32]],
            again_days=context.policy.rules["again_days"],
        )
        report(context, case)


def _one_moment(seen: Seen, first: Shown) -> bool:
    """Whether both records are about one occasion on which one photo is enough."""
    if any(link.id == first.ref[2] for link in seen.links):
        return True
    if not first.occasion or (seen.type == first.type and seen.type != _ALERT):
        return False
    return _occasion(seen) == first.occasion


def _digests(seen: Seen) -> list[str]:
    """Of its photos, the first 32 digits each."""
    blobs = seen.fields.get("blobs", ())
    return [blob["sha256"][:32] for blob in blobs if blob["role"] in _MOMENTS]


def _occasion(seen: Seen) -> str:
    """The order, work order or meal that it is about; of a camera's alert the camera and the hour."""
    if seen.type == "morning-check":
        return ""
    for start in _ABOUT:
        for name in seen.subjects:
            if name.startswith(start):
                return f"{name} {seen.occurred_at[:13]}" if seen.type == _ALERT else name
    return ""
