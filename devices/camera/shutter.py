"""A camera that photographs when told to (快门): what a sample cabinet's driver takes its photo with."""

from collections.abc import Mapping

from devices.camera.camera import Camera
from devices.camera.picture import to_jpeg
from devices.gateway.driver import Attachment
from ledger.canonical import JsonInput
from ledger.errors import UnavailableError


class Shutter:
    """The newest frame of a camera as a file, if it is of this moment."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera

    def __call__(self) -> Attachment:
        """A photo of now.

        Raises:
            UnavailableError: the camera gives no frame, or only an old one.
        """
        shot = self._camera.shot(wait_s=1.0)
        if shot is None:
            raise UnavailableError("the camera gives no picture")
        if shot.age_ms > self._camera.settings.old_ms:
            raise UnavailableError(f"the camera's last picture is {shot.age_ms} ms old")
        return Attachment(to_jpeg(shot.frame.image), "image/jpeg")

    def start(self) -> None:
        """Begin to read the camera."""
        self._camera.start()

    def stop(self) -> None:
        """End."""
        self._camera.stop()

    def status(self) -> Mapping[str, JsonInput]:
        """For the status page."""
        return self._camera.status()
