"""One camera's frames made into alerts (巡检预警): look, follow, confirm, and write the record.

    frame → eyes → tracker of each → confirmed → observation `inspection-alert`, with
            frame (as it was seen, and once more with its box drawn) and clip (the seconds before)

Nothing here waits or sends. Two violations first seen in one frame would be one document to the
service (`camera`, `first_seen_at`): the later is said to be a millisecond after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2

from devices.camera.picture import Frame, Image, lettering, to_jpeg, write
from devices.gateway.driver import Attachment, Observation
from devices.vision.clip import MEDIA_TYPE, Clip
from devices.vision.eyes import Eye, Identity
from devices.vision.tracking import Confirmed, Tracker
from ledger import timestamp
from ledger.canonical import JsonInput
from ledger.errors import MalformedError
from ledger.evidence import values

_COLOUR: Final = (0, 0, 230)


@dataclass(frozen=True, slots=True)
class Post:
    """Where the camera hangs.

    Attributes:
        camera: its subject, `camera:…`.
        canteen: subject of the canteen.
    """

    camera: str
    canteen: str


class Watch:
    """Frames in, in order of their times; alerts out."""

    def __init__(
        self,
        post: Post,
        eyes: Sequence[Eye],
        *,
        clip_ms: int = 6000,
        quiet_ms: int = 60_000,
        saved: Mapping[str, Any] | None = None,
    ) -> None:
        """A watch over one camera.

        Args:
            post: where it hangs.
            eyes: what looks at its frames.
            clip_ms: how far back a film goes.
            quiet_ms: how long a violation must be gone to be another one.
            saved: a `state` from before a restart: what went on then is no new violation.
        """
        self._post = post
        kept = saved or {"eyes": {}, "last_first_ms": 0}
        self._eyes = [
            (eye, Tracker(eye.labels, quiet_ms=quiet_ms, saved=kept["eyes"].get(eye.identity.name)))
            for eye in eyes
        ]
        self._clip = Clip(clip_ms)
        self._last_first_ms: int = kept["last_first_ms"]
        self.faults: dict[str, str] = {}

    def state(self) -> dict[str, Any]:
        """For a journal."""
        return {
            "eyes": {eye.identity.name: tracker.state() for eye, tracker in self._eyes},
            "last_first_ms": self._last_first_ms,
        }

    @property
    def going_on(self) -> int:
        """How many violations were alerted and may still last."""
        return sum(tracker.going_on for _, tracker in self._eyes)

    def frame(self, frame: Frame) -> list[Observation]:
        """What a frame confirms. An eye that fails is told in `faults`, and the others go on."""
        self._clip.add(frame)
        confirmed: list[tuple[Identity, Confirmed]] = []
        for eye, tracker in self._eyes:
            try:
                seen = eye.see(frame)
            except MalformedError as error:
                self.faults[eye.identity.name] = str(error)
                continue
            self.faults.pop(eye.identity.name, None)
            confirmed += [(eye.identity, one) for one in tracker.frame(seen, frame.taken_at_ms)]
        if not confirmed:
            return []
        film = self._clip.film()
        return [self._alert(frame, film, identity, one) for identity, one in confirmed]

    def _alert(
        self, frame: Frame, film: bytes | None, identity: Identity, found: Confirmed
    ) -> Observation:
        first_ms = found.first_seen_ms
        if first_ms <= self._last_first_ms < first_ms + 1000:
            first_ms = self._last_first_ms + 1
        self._last_first_ms = max(self._last_first_ms, first_ms)
        ext: dict[str, JsonInput] = {"detector": identity.name, "label": found.label.name}
        if identity.manifest is not None:
            ext["manifest"] = dict(identity.manifest)
        payload: dict[str, JsonInput] = {
            "canteen": self._post.canteen,
            "camera": self._post.camera,
            "alert_kind": found.label.alert,
            "severity": found.label.severity,
            "first_seen_at": timestamp.format(first_ms),
            "confirmed_at": timestamp.format(max(first_ms, found.confirmed_ms)),
            "model_sha256": identity.model_sha256,
            "manifest_sha256": identity.manifest_sha256,
            "score_ppm": found.score_ppm,
            "threshold_ppm": found.label.threshold_ppm,
            "frames": found.frames,
            "box_px": list(found.box),
            "ext": ext,
        }
        pictures = [frame.image, annotated(frame.image, found)]
        files = {"frame": [Attachment(to_jpeg(image), "image/jpeg") for image in pictures]}
        if film is not None:
            files["clip"] = [Attachment(film, MEDIA_TYPE)]
        return Observation(
            device=self._post.camera,
            type="inspection-alert",
            payload=payload,
            occurred_at_ms=found.confirmed_ms,
            files=files,
        )


def annotated(image: Image, found: Confirmed) -> Image:
    """A copy with the box and what it is, in Chinese and as its code, on a strip that can be read."""
    copy = image.copy()
    left, top, width, height = found.box
    thick = max(2, copy.shape[1] // 400)
    cv2.rectangle(copy, (left, top), (left + width - 1, top + height - 1), _COLOUR, thick)
    size = max(14, copy.shape[0] // 24)
    code = found.label.alert or found.label.name
    name = values.in_chinese("alert_kind", [code]).get(code, "")
    text = f"{name} {code} {found.score_ppm / 10_000:.1f} %".lstrip()
    rows, columns = copy.shape[:2]
    wide, high = lettering(text, size)[0] + 8, size + 8
    left = max(0, min(left, columns - wide))
    above = top - high if top >= high else min(top + thick, rows - high)
    cv2.rectangle(copy, (left, above), (left + wide, above + high), _COLOUR, cv2.FILLED)
    write(copy, text, (left + 4, above + size), size, (255, 255, 255))
    return copy
