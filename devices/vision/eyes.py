"""What looks at frames: a model behind its manifest, or one of the classical detectors (巡检算法).

Both say what they are by two hashes, which stand in every alert:

                       model_sha256                          manifest_sha256
    ONNX model         of the model's file                   of the manifest's file
    classical          of the detector's source files,       of its settings as canonical JSON, which
                       concatenated, as installed            stand in the record's `ext.manifest`

So the same two hashes mean the same judgement, and a limit that somebody raised shows as another hash.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from devices.camera.picture import Frame
from devices.vision.decode import Detection
from devices.vision.detector import Detector
from devices.vision.manifest import Label
from ledger import canonical
from ledger.canonical import JsonInput


@dataclass(frozen=True, slots=True)
class Identity:
    """What a record says of who looked.

    Attributes:
        name: detector and version.
        model_sha256: in hex.
        manifest_sha256: in hex.
        manifest: the settings themselves, where they are no file of their own.
    """

    name: str
    model_sha256: str
    manifest_sha256: str
    manifest: Mapping[str, JsonInput] | None = None


class Eye(Protocol):
    """Looks at the frames of one camera, in order."""

    @property
    def identity(self) -> Identity:
        """What stands in the record."""
        ...

    @property
    def labels(self) -> Sequence[Label]:
        """What it may see, by number."""
        ...

    def see(self, frame: Frame) -> list[Detection]:
        """What it sees in a frame.

        Raises:
            MalformedError: it is a model, and its outputs are not what its manifest says.
        """
        ...


class ModelEye:
    """An ONNX model."""

    def __init__(self, detector: Detector) -> None:
        manifest = detector.manifest
        self._detector = detector
        self.labels: Sequence[Label] = manifest.labels
        self.identity = Identity(
            f"{manifest.name} {manifest.version}", manifest.model_sha256, manifest.sha256
        )

    def see(self, frame: Frame) -> list[Detection]:
        """The model's detections, none below its label's threshold."""
        return self._detector.detect(frame.image)


def classical(name: str, sources: Sequence[Path], settings: Mapping[str, JsonInput]) -> Identity:
    """The identity of a detector that is written here.

    Args:
        name: detector and version.
        sources: the files that decide, in a fixed order.
        settings: limits and labels, all that a configuration can change.
    """
    hashed = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    manifest = {"detector": name, **settings}
    return Identity(
        name, hashed, hashlib.sha256(canonical.serialise(manifest)).hexdigest(), manifest
    )


def settings_of(labels: Sequence[Label]) -> list[JsonInput]:
    """Labels as they stand in a classical detector's manifest."""
    return [
        {
            "alert": label.alert,
            "severity": label.severity,
            "threshold_ppm": label.threshold_ppm,
            "confirm_frames": label.confirm_frames,
            "confirm_of": label.confirm_of,
            "confirm_ms": label.confirm_ms,
        }
        for label in labels
    ]
