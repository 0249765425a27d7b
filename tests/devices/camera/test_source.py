"""Where frames come from, as a configuration names it."""

import pytest

from devices.camera.packages import INSTALL, needed
from devices.camera.source import Source
from ledger.errors import MalformedError, UnavailableError


def test_a_source_is_a_camera_a_stream_or_a_file_and_its_password_is_not_shown() -> None:
    assert Source.parse("usb:1").kind == "usb"
    assert Source.parse("kitchen.mp4").kind == "file"
    stream = Source.parse("rtsp://admin:s3cret@10.0.0.7:554/Streaming/1?token=s3cret")

    assert stream.address.startswith("rtsp://admin:s3cret@")
    assert stream.shown == "rtsp://10.0.0.7:554/Streaming/1"


@pytest.mark.parametrize("text", ["", "usb:x", "file:", "ftp://host/x", "rtsp:///x", "rtsp://h:x/"])
def test_what_names_no_source_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        Source.parse(text)


def test_a_package_that_is_missing_is_told_with_the_command_that_installs_it() -> None:
    with pytest.raises(UnavailableError) as told:
        needed("no_such_package")

    assert INSTALL in str(told.value)
    assert needed("json").loads("1") == 1
