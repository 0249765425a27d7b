"""Configuration is read strictly."""

from typing import Any

import pytest

from devices.camera.packages import INSTALL, needed
from devices.camera.source import Source
from devices.camera.table import Table
from ledger.errors import MalformedError, UnavailableError


def test_a_member_nobody_asked_for_is_refused_by_name() -> None:
    table = Table({"source": "usb:0", "regoin": [1, 2, 3, 4]}, "camera")
    table.text("source")

    with pytest.raises(MalformedError, match="regoin"):
        table.done()


@pytest.mark.parametrize(
    "ask",
    [
        lambda table: table.integer("value", least=0, most=9),
        lambda table: table.text("value"),
        lambda table: table.flag("value", True),
        lambda table: table.box("value"),
        lambda table: table.one_of("value", ("a", "b")),
        lambda table: table.table("value"),
        lambda table: table.tables("value"),
        lambda table: table.numbers("value", 3),
    ],
)
@pytest.mark.parametrize("value", [1.5, [1, 2], {"a": 1}.keys(), None])
def test_a_member_of_another_form_is_refused_by_name(ask: Any, value: Any) -> None:
    with pytest.raises(MalformedError, match="value"):
        ask(Table({"value": value}, "camera"))


def test_true_is_no_whole_number() -> None:
    with pytest.raises(MalformedError, match="every_ms"):
        Table({"every_ms": True}, "camera").integer("every_ms", least=0, most=9)


def test_what_is_left_out_has_its_default_and_what_has_none_is_asked_for() -> None:
    table = Table({}, "camera")

    assert table.integer("every_ms", 200, least=20, most=900) == 200
    assert table.box("display") is None
    assert table.tables("labels") == []
    with pytest.raises(MalformedError, match="lacks source"):
        table.text("source")


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
