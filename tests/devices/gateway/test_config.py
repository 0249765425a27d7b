"""gateway.toml: strict, and every fault with its place."""

from hashlib import sha256
from pathlib import Path

import pytest

from devices.gateway import config as configuration
from devices.gateway import drivers
from devices.gateway.config import Config
from devices.gateway.table import Table
from ledger.errors import MalformedError, NotFoundError

LEAST = """
[gateway]
url = "https://meals.example"
party = "gateway:s0001"
school = "school:2105020001"
"""
SCALE = """
[[scale]]
driver = "components.toy_scale:driver"
device = "device:s0001-scale-1"
"""


def parse(text: str) -> Config:
    return configuration.parse(text.encode(), "gateway.toml", Path("/etc/gateway"))


def make(text: str, folder: Path) -> None:
    site = drivers.Site("gateway:s0001", "school:2105020001", folder)
    for kind, table in parse(LEAST + text).devices:
        drivers.make(kind, table, site)


def test_little_is_needed() -> None:
    found = parse(LEAST)

    assert found.folder == Path("/etc/gateway/state")
    assert found.page.host == "127.0.0.1"
    assert found.devices == ()
    assert found.sha256 == sha256(LEAST.encode()).hexdigest()


def test_everything_can_be_said() -> None:
    found = parse(
        LEAST
        + """
        folder = "/var/lib/gateway"
        token_file = "secret/token"
        fingerprint = "AB cd"""
        + " 00" * 30
        + """"
        clock_tolerance_ms = 500
        status_every_s = 60
        [outbox]
        max_mib = 100
        min_free_mib = 10
        receipts_days = 7
        records_per_s = 2.5
        kib_per_s = 64
        [page]
        port = 0
        [[scale]]
        device = "device:a"
        [[camera]]
        device = "camera:b"
        [[scale]]
        device = "device:c"
        """
    )

    assert found.folder == Path("/var/lib/gateway")
    assert found.token_file == Path("/etc/gateway/secret/token")
    assert found.fingerprint == "abcd" + "00" * 30
    assert found.limits.max_bytes == 100 << 20
    assert found.pace.bytes_per_s == 65_536
    assert [kind for kind, _ in found.devices] == ["scale", "scale", "camera"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "gateway.toml.gateway: url is missing"),
        ("[gateway]\nurl = 7", "gateway.toml.gateway: url is not text"),
        (LEAST + 'fingerprnt = "00"', "gateway.toml.gateway: fingerprnt is unknown; is it fingerprint?"),
        (LEAST + "[outbx]\nmax_mib = 100", "gateway.toml: outbx is unknown; is it outbox?"),
        (LEAST + "[outbox]\nmax_mib = 1", "gateway.toml.outbox: max_mib is 1; it is 16 to"),
        (LEAST + "[outbox]\nmax_mib = true", "gateway.toml.outbox: max_mib is not a whole number"),
        (LEAST + 'fingerprint = "00"', "gateway.toml.gateway: fingerprint is not 64 hex digits"),
        (LEAST.replace("school:2105020001", "supplier:x"), "school is 'supplier:x'; it begins with"),
        (LEAST + "[scale]\nport = 1", "gateway.toml: scale is not an array of tables"),
        (LEAST + '[page]\nhost = "0.0.0.0"', "gateway.toml.page: host is not loopback"),
        ("[gateway", "gateway.toml: "),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(MalformedError) as caught:
        parse(text)

    assert said in str(caught.value)


def test_others_may_look_where_somebody_says_so() -> None:
    assert parse(LEAST + '[page]\nhost = "0.0.0.0"\nopen_to_others = true').page.host == "0.0.0.0"


def test_there_may_be_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        configuration.load(tmp_path / "gateway.toml")


# Drivers


def test_a_driver_of_anybody_is_named_in_its_table(tmp_path: Path) -> None:
    site = drivers.Site("gateway:s0001", "school:2105020001", tmp_path)
    ((kind, table),) = parse(LEAST + SCALE).devices

    assert drivers.make(kind, table, site).device == "device:s0001-scale-1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SCALE + "every = 1", "gateway.toml.scale 1: every is unknown; is it every_s?"),
        (SCALE + SCALE + "x = 1", "gateway.toml.scale 2: x is unknown"),
        ('[[scale]]\ndriver = "components.toy_scale:driver"', "scale 1: device is missing"),
        ('[[scale]]\ndriver = "no_such_module:driver"', "'no_such_module:driver' cannot be imported"),
        ('[[scale]]\ndriver = "components.toy_scale:other"', "does not exist"),
        ('[[scale]]\ndriver = "components.toy_scale"', "it is written as module:function"),
    ],
)  # fmt: skip
def test_a_table_that_no_driver_understands_is_refused(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(MalformedError) as caught:
        make(text, tmp_path)

    assert said in str(caught.value)


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "needs_serial.py").write_text("import serial.nothing_of_the_kind\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MalformedError, match=r"pip install 'mealtrace\[devices\]'"):
        make('[[scale]]\ndriver = "needs_serial:driver"', tmp_path)


def test_values_are_what_they_are_and_within_their_bounds(tmp_path: Path) -> None:
    table = Table(
        {
            "n": 3,
            "x": 1.5,
            "f": True,
            "list": ["a"],
            "c": "b",
            "t": {"k": 1},
            "bad": [1],
            "box": [8, 5, 3, 1],
            "twice": ["a", "a"],
            "e": "",
        },
        "there",
        tmp_path,
    )

    assert table.integer("n") == 3
    assert table.number("n") == 3.0
    assert table.number("x") == 1.5
    assert table.flag("f")
    assert table.texts("list") == ("a",)
    assert table.choice("c", ("a", "b")) == "b"
    assert table.table("t").integer("k") == 1
    assert table.path("c") == tmp_path / "b"
    assert table.text("c", pattern="[ab]") == "b"
    assert table.optional_text("e") == ""
    assert table.box("box") == (8, 5, 3, 1)
    assert table.box("no-box") is None
    assert table.numbers("box", 4, ()) == (8.0, 5.0, 3.0, 1.0)
    for read in (
        lambda: table.integer("x"),
        lambda: table.integer("f"),
        lambda: table.integer("n", least=4),
        lambda: table.choice("c", ("a",)),
        lambda: table.texts("bad"),
        lambda: table.texts("twice"),
        lambda: table.text("e"),
        lambda: table.text("c", pattern="[xy]"),
        lambda: table.number("x", least=0, most=1),
        lambda: table.numbers("box", 3, ()),
        lambda: table.numbers("list", 1, ()),
        lambda: table.box("bad"),
        lambda: table.tables("bad"),
    ):
        with pytest.raises(MalformedError, match="there: "):
            read()
