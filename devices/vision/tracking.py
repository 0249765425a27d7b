"""One violation, one alert (跟踪与去抖): detections followed from frame to frame, confirmed, then quiet.

    seen in a frame → track → m of the newest n frames, for at least t ms → one alert → quiet

Detections of a label are given to the tracks they overlap most, best first; else they begin a new
one. A track that was not seen for `_LOST_MS` ends. One that begins where a violation of its label was
seen less than `quiet_ms` ago, and which no other track shows now, goes on with that violation: a
detector that flickers must not ring all day, while whoever leaves and comes back later is a new one.
Whoever was gone for no more than `_LOST_MS` may come back anywhere in the picture. A time without frames (a stream that was
lost, a gateway that was off) ends nothing, up to `_UNWATCHED_MS`: nobody saw that it had ended.
Pure: frames and times are arguments, and `state` is what must survive a restart.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from devices.vision.decode import Detection
from devices.vision.manifest import Label

Box = tuple[int, int, int, int]

_LOST_MS: Final = 3000
_LOOK_MS: Final = 10_000
"""Of the time between two frames, no more counts as time in which something was gone."""
_GLANCE_MS: Final = 1000
"""The same where it is about something that may only have stepped aside."""
_UNWATCHED_MS: Final = 600_000
"""Longer without frames, and what is there afterwards is another violation."""
_SAME: Final = 0.2
"""Share of two boxes' union that they must have in common to be one thing in two frames."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What becomes one alert.

    Attributes:
        label: its class.
        first_seen_ms: when its first frame was taken.
        confirmed_ms: when the frame that confirmed it was taken.
        frames: how many frames showed it.
        score_ppm: the best of its scores.
        box: where it is in the frame that confirmed it.
    """

    label: Label
    first_seen_ms: int
    confirmed_ms: int
    frames: int
    score_ppm: int
    box: Box


@dataclass(slots=True)
class _Violation:
    """What was alerted, as long as it goes on.

    Attributes:
        gone_ms: for how long it was looked for in vain.
        aside_ms: likewise, of which less counts.
    """

    label: int
    box: Box
    gone_ms: int = 0
    aside_ms: int = 0


@dataclass(slots=True)
class _Track:
    label: int
    box: Box
    first_ms: int
    last_ms: int
    score_ppm: int
    seen: deque[bool]
    frames: int = 0
    violation: _Violation | None = None
    missed: tuple[_Violation, ...] = ()
    """Violations of its label that had just gone when it began: it may be one of them."""


class Tracker:
    """Of one camera."""

    def __init__(
        self,
        labels: Sequence[Label],
        *,
        quiet_ms: int = 60_000,
        saved: Mapping[str, Any] | None = None,
    ) -> None:
        """`saved`: a `state` from before; violations of labels that are no more are left out."""
        self._labels = labels
        self._quiet_ms = quiet_ms
        self._tracks: list[_Track] = []
        self._violations: list[_Violation] = []
        self._frame_ms: int | None = None
        if saved:
            self._frame_ms = saved["frame_ms"]
            place = {label.name: number for number, label in enumerate(labels)}
            self._violations = [
                _Violation(place[name], (box[0], box[1], box[2], box[3]), gone_ms, aside_ms)
                for name, box, gone_ms, aside_ms in saved["violations"]
                if name in place
            ]

    def state(self) -> dict[str, Any]:
        """What goes on, for a journal."""
        return {
            "frame_ms": self._frame_ms,
            "violations": [
                [self._labels[one.label].name, list(one.box), one.gone_ms, one.aside_ms]
                for one in self._violations
            ],
        }

    @property
    def going_on(self) -> int:
        """How many violations were alerted and may still last."""
        return len(self._violations)

    def frame(self, detections: Iterable[Detection], at_ms: int) -> list[Confirmed]:
        """Take in the detections of a frame; what it confirms."""
        self._tracks = [one for one in self._tracks if at_ms - one.last_ms <= _LOST_MS]
        self._age(at_ms)
        wanted = [one for one in detections if self._labels[one.label].alert is not None]
        met = self._meet(wanted, at_ms)
        confirmed = []
        for track in self._tracks:
            seen = id(track) in met
            track.seen.append(seen)
            track.frames += seen
            if seen and self._is_new(track, at_ms):
                label = self._labels[track.label]
                confirmed.append(
                    Confirmed(
                        label, track.first_ms, at_ms, track.frames, track.score_ppm, track.box
                    )
                )
        return confirmed

    def _age(self, at_ms: int) -> None:
        passed_ms = max(0, at_ms - (self._frame_ms if self._frame_ms is not None else at_ms))
        self._frame_ms = at_ms
        counted_ms = passed_ms if passed_ms > _UNWATCHED_MS else min(passed_ms, _LOOK_MS)
        for one in self._violations:
            one.gone_ms += counted_ms
            one.aside_ms += min(passed_ms, _GLANCE_MS)
        self._violations = [one for one in self._violations if one.gone_ms <= self._quiet_ms]

    def _meet(self, detections: Sequence[Detection], at_ms: int) -> set[int]:
        """Give each detection to a track or a new one; the ids of the tracks that were seen."""
        pairs = sorted(
            (
                (-overlap(track.box, one.box), place, track)
                for place, one in enumerate(detections)
                for track in self._tracks
                if track.label == one.label
            ),
            key=lambda pair: pair[:2],
        )
        met: set[int] = set()
        given: set[int] = set()
        for share, place, track in pairs:
            if -share >= _SAME and place not in given and id(track) not in met:
                one = detections[place]
                track.box, track.last_ms = one.box, at_ms
                track.score_ppm = max(track.score_ppm, one.score_ppm)
                met.add(id(track))
                given.add(place)
        for place, one in enumerate(detections):
            if place not in given:
                seen: deque[bool] = deque(maxlen=self._labels[one.label].confirm_of)
                track = _Track(one.label, one.box, at_ms, at_ms, one.score_ppm, seen)
                track.missed = tuple(
                    other for other in self._unshown(one.label, at_ms) if other.aside_ms <= _LOST_MS
                )
                self._tracks.append(track)
                met.add(id(track))
        return met

    def _is_new(self, track: _Track, at_ms: int) -> bool:
        """Whether this frame confirms a violation that was not alerted yet."""
        label = self._labels[track.label]
        if track.violation is not None:
            _seen_again(track.violation, track.box)
            return False
        if sum(track.seen) < label.confirm_frames or at_ms - track.first_ms < label.confirm_ms:
            return False
        known = self._goes_on(track, at_ms)
        if known is not None:
            track.violation = known
            _seen_again(known, track.box)
            return False
        track.violation = _Violation(track.label, track.box)
        self._violations.append(track.violation)
        return True

    def _goes_on(self, track: _Track, at_ms: int) -> _Violation | None:
        """The violation that a track goes on with: where it was, or else gone only just before."""
        near = [
            (overlap(one.box, track.box), place, one)
            for place, one in enumerate(self._unshown(track.label, at_ms))
        ]
        found = [
            one for one in near if one[0] > 0 or any(one[2] is other for other in track.missed)
        ]
        return max(found, key=lambda one: one[:2])[2] if found else None

    def _unshown(self, label: int, at_ms: int) -> list[_Violation]:
        """Violations of a label that no track shows in this frame."""
        shown = [other.violation for other in self._tracks if other.last_ms == at_ms]
        return [
            one
            for one in self._violations
            if one.label == label and not any(one is other for other in shown)
        ]


def _seen_again(violation: _Violation, box: Box) -> None:
    violation.box, violation.gone_ms, violation.aside_ms = box, 0, 0


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)
