"""One violation, one alert (跟踪与去抖): detections followed from frame to frame, confirmed, then quiet.

    seen in a frame → track → m of the newest n frames, for at least t ms → one alert → quiet

Detections of a label are given to the tracks they overlap most, best first; else they begin a new
one. A track that was not seen for `_LOST_MS` ends. One that begins where a violation of its label was
seen less than `quiet_ms` ago, and which no other track shows now, goes on with that violation: a
detector that flickers must not ring all day, while whoever leaves and comes back later is a new one.
Pure: frames and times are arguments.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from devices.vision.decode import Detection
from devices.vision.manifest import Label

Box = tuple[int, int, int, int]

_LOST_MS: Final = 3000
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
    """What was alerted, as long as it goes on."""

    label: int
    box: Box
    last_ms: int


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


class Tracker:
    """Of one camera."""

    def __init__(self, labels: Sequence[Label], *, quiet_ms: int = 60_000) -> None:
        self._labels = labels
        self._quiet_ms = quiet_ms
        self._tracks: list[_Track] = []
        self._violations: list[_Violation] = []

    def frame(self, detections: Iterable[Detection], at_ms: int) -> list[Confirmed]:
        """Take in the detections of a frame; what it confirms."""
        self._tracks = [one for one in self._tracks if at_ms - one.last_ms <= _LOST_MS]
        self._violations = [
            one for one in self._violations if at_ms - one.last_ms <= self._quiet_ms
        ]
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
                self._tracks.append(track)
                met.add(id(track))
        return met

    def _is_new(self, track: _Track, at_ms: int) -> bool:
        """Whether this frame confirms a violation that was not alerted yet."""
        label = self._labels[track.label]
        if track.violation is not None:
            track.violation.box, track.violation.last_ms = track.box, at_ms
            return False
        if sum(track.seen) < label.confirm_frames or at_ms - track.first_ms < label.confirm_ms:
            return False
        for one in self._violations:
            taken = any(other.violation is one and other.last_ms == at_ms for other in self._tracks)
            if one.label == track.label and not taken and overlap(one.box, track.box) > 0:
                track.violation = one
                one.box, one.last_ms = track.box, at_ms
                return False
        track.violation = _Violation(track.label, track.box, at_ms)
        self._violations.append(track.violation)
        return True


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)
