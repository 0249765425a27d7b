"""A model behind its manifest, run by onnxruntime: a picture in, detections out.

The session is made of exactly the bytes that were hashed, never of the file a second time. A model is
somebody else's program: external data files, custom operators and other devices stay off. Of a model
made of bytes, onnxruntime would look for external files in the working directory, and other weights
would run under the same hash: it is told to look where nothing can be.
"""

from typing import Any, Final

import cv2
import numpy as np

from devices.camera.packages import needed
from devices.camera.picture import Image
from devices.vision.decode import Detection, decode, fit
from devices.vision.manifest import Manifest
from ledger.errors import MalformedError

_EXTERNAL: Final = "session.model_external_initializers_file_folder_path"


class Detector:
    """One model; one frame at a time."""

    def __init__(self, manifest: Manifest, *, threads: int = 1) -> None:
        """Load the model and hold its input against the manifest.

        Raises:
            MalformedError: another hash, no ONNX model, or an input that is not the manifest's.
            NotFoundError: there is no such file.
            UnavailableError: onnxruntime is not installed.
        """
        self.manifest = manifest
        runtime = needed("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        nowhere = str(manifest.path / "nothing is beside a model")
        options.add_session_config_entry(_EXTERNAL, nowhere)
        data = manifest.model()
        try:
            self._session = runtime.InferenceSession(
                data, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise MalformedError(_unloaded(manifest.path.name, str(error))) from error
        self._input = self._checked_input()
        self._outputs = [output.name for output in self._session.get_outputs()]

    def detect(self, image: Image) -> list[Detection]:
        """What the model sees in a picture.

        Raises:
            MalformedError: the model's outputs are not of its manifest's style.
        """
        height, width = image.shape[:2]
        return decode(
            self.run(self.prepared(image)), fit(width, height, self.manifest), self.manifest
        )

    def run(self, given: Any) -> dict[str, Any]:
        """The model's outputs by name.

        Raises:
            MalformedError: it fails on its input.
        """
        try:
            found = self._session.run(None, {self._input: given})
        except Exception as error:
            raise MalformedError(f"the model failed: {error}") from error
        return dict(zip(self._outputs, found, strict=True))

    def prepared(self, image: Image) -> Any:
        """A picture as the model's input wants it."""
        wanted = self.manifest.input
        height, width = image.shape[:2]
        fitted = fit(width, height, self.manifest)
        sides = (round(width * fitted.scale_x), round(height * fitted.scale_y))
        small = cv2.resize(image, sides, interpolation=cv2.INTER_LINEAR)
        if wanted.letterbox:
            left, top = int(fitted.left), int(fitted.top)
            right, bottom = wanted.width - sides[0] - left, wanted.height - sides[1] - top
            border = cv2.BORDER_CONSTANT
            grey = (114, 114, 114)
            small = cv2.copyMakeBorder(small, top, bottom, left, right, border, value=grey)
        if wanted.colour == "rgb":
            small = small[:, :, ::-1]
        if wanted.type == "float32":
            small = (small.astype(np.float32) - wanted.mean) / wanted.scale
        array = np.ascontiguousarray(small, dtype=np.dtype(wanted.type))[np.newaxis]
        return (
            np.ascontiguousarray(array.transpose(0, 3, 1, 2)) if wanted.layout == "nchw" else array
        )

    def _checked_input(self) -> str:
        inputs = self._session.get_inputs()
        if len(inputs) != 1:
            raise MalformedError(f"a detector has one input, this model has {len(inputs)}")
        wanted = self.manifest.input
        sides = (wanted.height, wanted.width)
        shape = (1, 3, *sides) if wanted.layout == "nchw" else (1, *sides, 3)
        given = inputs[0].shape
        fits = len(given) == 4 and all(
            not isinstance(have, int) or have == want
            for have, want in zip(given, shape, strict=True)
        )
        if not fits:
            raise MalformedError(f"the model's input is {given}; the manifest makes {list(shape)}")
        kind = {"float32": "tensor(float)", "uint8": "tensor(uint8)"}[wanted.type]
        if inputs[0].type != kind:
            raise MalformedError(f"the model's input is {inputs[0].type}, not {kind}")
        return str(inputs[0].name)


def _unloaded(name: str, why: str) -> str:
    """Why onnxruntime does not take a model, in words."""
    if "xternal data" in why or "external tensors" in why:
        return f"{name} keeps weights in other files, which no hash covers: save it as one file"
    if "protobuf" in why:
        return f"{name} is no ONNX model, or was cut short: {why}"
    return f"onnxruntime cannot load {name}: {why}"
