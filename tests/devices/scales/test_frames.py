"""Frames as the makers' manuals have them, byte by byte, and the near misses that are none."""

import pytest

from devices.scales import checks
from devices.scales.families import FAMILIES, parser
from devices.scales.frame import Frame
from devices.scales.parser import Options
from devices.scales.yaohua_command import query
from ledger.errors import MalformedError

KG = 10**9  # micrograms
PLAIN = Options()


def read(family: str, data: bytes, options: Options = PLAIN) -> list[Frame]:
    return parser(family, options).feed(data)


def one(family: str, data: bytes, options: Options = PLAIN) -> Frame:
    (frame,) = read(family, data, options)
    assert frame.raw == data
    return frame


def test_yaohua_continuous_is_twelve_bytes_with_an_xor() -> None:
    frame = one("yaohua-continuous", b"\x02+012485312\x03")

    assert (frame.value, frame.decimals, frame.unit) == (12_485, 3, "kg")
    assert (frame.weight_ug, frame.division_ug) == (12_485 * KG // 1000, KG // 1000)
    assert frame.text() == "12.485 kg"
    assert (frame.kind, frame.stable, frame.tare) == (None, None, None)


def test_yaohua_continuous_tells_minus_and_takes_the_unit_from_the_configuration() -> None:
    covered = b"-0000481"
    frame = one(
        "yaohua-continuous", b"\x02" + covered + checks.xor_pair(covered) + b"\x03", Options("g")
    )

    assert (frame.value, frame.decimals, frame.unit) == (-48, 1, "g")
    assert frame.weight_ug == -4_800_000
    assert frame.text() == "-4.8 g"


@pytest.mark.parametrize(
    "damaged",
    [
        b"\x02+012485313\x03",  # check
        b"\x02+012486312\x03",  # digit
        b"\x02+012485512\x03",  # point beyond 4
        b"\x02 012485312\x03",  # sign
        b"\x02+012485312\x04",  # end
    ],
)
def test_yaohua_continuous_takes_nothing_damaged(damaged: bytes) -> None:
    assert read("yaohua-continuous", damaged) == []


def test_clones_that_add_30h_to_every_half_of_the_check_are_understood() -> None:
    assert checks.xor_pair(b"+0020002") == b"1B"

    assert one("yaohua-continuous", b"\x02+00200021B\x03").value == 2000
    assert one("yaohua-continuous", b"\x02+00200021;\x03").value == 2000
    assert read("yaohua-continuous", b"\x02+00200021<\x03") == []


def test_one_frame_keeps_to_one_way_of_writing_its_check() -> None:
    assert checks.xor_holds(b"\xab", b"AB")
    assert checks.xor_holds(b"\xab", b":;")
    assert not checks.xor_holds(b"\xab", b"A;")
    assert not checks.xor_holds(b"\xab", b"ab")


def test_yaohua_reversed_begins_with_the_lowest_digit() -> None:
    first, second = read("yaohua-reversed", b"=000.3000=00.1000-")

    assert (first.value, first.decimals, first.text()) == (3000, 3, "3.000 kg")
    assert (second.value, second.decimals) == (-100, 2)


def test_yaohua_forward_begins_with_sign_and_highest_digit() -> None:
    assert one("yaohua-forward", b"=+003.000").text() == "3.000 kg"
    assert one("yaohua-forward", b"=-012.485").value == -12_485
    assert one("yaohua-forward", b"=   4.139").value == 4_139


@pytest.mark.parametrize("damaged", [b"=0.0.3000", b"=00.3000", b"=00.3000x", b"=0a0.3000"])
def test_yaohua_reversed_takes_numbers_alone(damaged: bytes) -> None:
    assert read("yaohua-reversed", damaged) == []


@pytest.mark.parametrize("damaged", [b"=+0.3.000", b"=+1 2.000", b"=+   .000", b"=+       "])
def test_yaohua_forward_takes_numbers_written_in_one_piece_alone(damaged: bytes) -> None:
    assert read("yaohua-forward", damaged) == []


def test_a_display_without_decimals_may_send_its_point_all_the_same() -> None:
    assert one("yaohua-reversed", b"=.0003000")[1:3] == (3000, 0)
    assert one("yaohua-forward", b"=+003000.")[1:3] == (3000, 0)
    assert one("yaohua-forward", b"=+0003000")[1:3] == (3000, 0)


def test_a12e_is_fifteen_bytes_with_an_xor() -> None:
    frame = one("yaohua-a12e", b"WG004.139kg3D\r\n")

    assert (frame.value, frame.decimals, frame.kind) == (4139, 3, "gross")
    assert read("yaohua-a12e", b"WG004.138kg3D\r\n") == []
    assert read("yaohua-a12e", b"WG004.139kg3D\n\r") == []


@pytest.mark.parametrize(
    ("word", "flags"), [(b"  OL   ", (True, False)), (b"LO     ", (False, True))]
)
def test_a12e_tells_overload_and_underload(word: bytes, flags: tuple[bool, bool]) -> None:
    covered = b"WN" + word + b"kg"
    frame = one("yaohua-a12e", covered + checks.xor_pair(covered) + b"\r\n")

    assert (frame.value, frame.kind) == (None, "net")
    assert (frame.overload, frame.underload) == flags


def test_a12e_without_check_is_another_family() -> None:
    frame = one("yaohua-a12e-unchecked", b"wn-0000.1kg\r\n")

    assert (frame.value, frame.decimals, frame.kind) == (-1, 1, "net")
    assert one("yaohua-a12e-unchecked", b"wt000.480kg\r\n").kind == "tare"
    assert read("yaohua-a12e-unchecked", b"WG004.139kg3D\r\n") == []
    assert read("yaohua-a12e", b"ww004.139kg\r\n") == []


def test_yaohua_command_asks_for_gross_and_tare_at_its_address() -> None:
    assert query("A", "A") == b"\x02AA00\x03"
    assert query("A", "B") == b"\x02AB03\x03"
    assert query("A", "D") == b"\x02AD05\x03"
    assert parser("yaohua-command", Options(address="C")).asks == (
        query("C", "B"),
        query("C", "C"),
    )


def test_yaohua_command_answers_have_fourteen_bytes() -> None:
    scale = FAMILIES["yaohua-command"]()
    raw = scale.encode(Frame(b"", 12_485, 3, "kg", "net"))

    assert raw[:11] == b"\x02AD+0124853"
    assert len(raw) == 14
    assert one("yaohua-command", raw).kind == "net"


def test_another_indicator_on_the_same_line_is_not_listened_to() -> None:
    raw = FAMILIES["yaohua-command"](Options(address="B")).encode(Frame(b"", 1, 3, "kg", "gross"))

    assert read("yaohua-command", raw, Options(address="B")) != []
    assert read("yaohua-command", raw, Options(address="A")) == []


def test_a_handshake_holds_no_weight() -> None:
    assert one("yaohua-command", b"\x02AA00\x03").value is None


def test_an_address_is_one_letter() -> None:
    with pytest.raises(MalformedError, match="A to Z"):
        Options(address="1")


def test_toledo_says_all_in_three_status_bytes() -> None:
    # A: .XXX, step 5; B: net, moving, kilograms; C: nothing.
    frame = one("toledo-continuous", b"\x02\x3d\x39\x20 12485000480\r")

    assert (frame.value, frame.decimals, frame.step) == (12_485, 3, 5)
    assert (frame.kind, frame.stable, frame.unit, frame.tare) == ("net", False, "kg", 480)
    assert frame.motion
    assert frame.division_ug == 5 * KG // 1000


def test_toledo_ignores_the_bits_that_makers_hold_constant() -> None:
    bare = one("toledo-continuous", b"\x02\x0d\x10\x00 12485000000\r")
    clone = one("toledo-continuous", b"\x02\xed\xb0\xf0 12485000000\r")

    assert bare[1:] == clone[1:]


@pytest.mark.parametrize(
    ("b", "flags"), [(0x14, (True, False)), (0x16, (False, True)), (0x10, (False, False))]
)
def test_toledo_out_of_range_is_no_weight(b: int, flags: tuple[bool, bool]) -> None:
    frame = one("toledo-continuous", b"\x02\x0d%c\x20 12485000000\r" % b)

    assert (frame.overload, frame.underload) == flags
    assert (frame.value is None) == any(flags)


@pytest.mark.parametrize(("b", "c", "unit"), [(0x10, 0x20, "kg"), (0x10, 0x21, "g"), (0, 0, "lb")])
def test_toledo_names_its_unit(b: int, c: int, unit: str) -> None:
    assert one("toledo-continuous", b"\x02\x0d%c%c 12485000000\r" % (b, c)).unit == unit


def test_toledo_just_powered_up_is_not_at_rest() -> None:
    assert one("toledo-continuous", b"\x02\x0d\x50\x20000000000000\r").motion


@pytest.mark.parametrize("a", [0x20, 0x21, 0x26, 0x27])
def test_toledo_points_that_nobody_described_are_not_taken(a: int) -> None:
    assert read("toledo-continuous", b"\x02%c\x30\x20 12485000000\r" % a) == []


def test_toledo_checksum_makes_the_seven_bit_sum_zero() -> None:
    frame = b"\x02\x2d\x30\x20 12485000000\r"
    check = bytes((checks.sum_of(frame),))

    assert one("toledo-continuous-checked", frame + check).value == 12_485
    assert read("toledo-continuous-checked", frame + bytes((check[0] ^ 1,))) == []


@pytest.mark.parametrize(
    "line", [b"S S 100.00 g\r\n", b"SI S 100.00 g\r\n", b"S S     100.00 g\r\n"]
)
def test_mt_sics_answers_either_way(line: bytes) -> None:
    frame = one("mt-sics", line)

    assert (frame.value, frame.decimals, frame.unit, frame.stable) == (10_000, 2, "g", True)
    assert frame.weight_ug == 100_000_000


def test_mt_sics_tells_motion_and_range() -> None:
    moving, busy, over, under, tare = read(
        "mt-sics", b"S D   -0.500 kg\r\nS I\r\nS +\r\nS -\r\nT S      0.480 kg\r\n"
    )

    assert (moving.value, moving.motion) == (-500, True)
    assert (busy.value, busy.overload, busy.underload) == (None, False, False)
    assert over.overload
    assert under.underload
    assert (tare.kind, tare.value) == ("tare", 480)


@pytest.mark.parametrize(
    "line",
    [b"ES\r\n", b"S S 100.00 xx\r\n", b"S S 100.0.0 g\r\n", b"xS S 100.00 g\r\n", b"S S g\r\n"],
)
def test_mt_sics_takes_nothing_else(line: bytes) -> None:
    assert read("mt-sics", line) == []


def test_a_and_d_is_eighteen_bytes() -> None:
    frame = one("and", b"ST,GS,+0012.48kg\r\n")

    assert (frame.value, frame.decimals, frame.unit) == (1248, 2, "kg")
    assert (frame.kind, frame.stable) == ("gross", True)
    assert one("and", b"US,NT,-0000.48 g\r\n")[1:6] == (-48, 2, "g", "net", False)
    assert one("and", b"OL,GS,+9999999kg\r\n").overload
    assert one("and", b"OL,GS,-9999999kg\r\n").underload
    assert read("and", b"ST,GS,+0012.48k\r\n") == []
    assert read("and", b"ST,GS,+00 2.48kg\r\n") == []


def test_cas_is_twenty_two_bytes_with_lamps() -> None:
    frame = one("cas", b"ST,GS,1\xc4,+0012.48 kg\r\n")

    assert (frame.value, frame.decimals, frame.kind, frame.stable) == (1248, 2, "gross", True)
    assert one("cas", b"US,NT,1\x82,  12.480 kg\r\n")[1:6] == (12_480, 3, "kg", "net", False)


def test_cas_is_at_rest_where_header_and_lamp_say_so_or_the_lamps_are_dark() -> None:
    assert one("cas", b"ST,GS,1\x84,+0012.48 kg\r\n").motion
    assert one("cas", b"US,GS,1\xc4,+0012.48 kg\r\n").motion
    assert not one("cas", b"ST,GS,1\x00,+0012.48 kg\r\n").motion


def test_ohaus_lines_have_no_header() -> None:
    frame = one("ohaus", b"   12.485 kg    G  \r\n")

    assert (frame.value, frame.decimals, frame.kind, frame.stable) == (12_485, 3, "gross", True)
    assert one("ohaus", b"-   0.480 kg   ?NET\r\n")[1:6] == (-480, 3, "kg", "net", False)
    assert one("ohaus", b"    0.480 kg    T\r\n").kind == "tare"
    assert one("ohaus", b"    0.480 kg   \r\n").kind is None


def test_an_ohaus_line_is_taken_from_its_beginning_alone() -> None:
    line = b"   12.485 kg    G  \r\n"

    assert read("ohaus", b"1" + line) == []
    assert [f.raw for f in read("ohaus", b"1\n" + line)] == [line]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "shown",
    [
        Frame(b"", 12_485, 3, "kg", "gross", True, 0),
        Frame(b"", 12_005, 3, "kg", "net", False, 480),
        Frame(b"", -480, 2, "kg", "net", True, 480),
        Frame(b"", 0, 0, "kg", "gross", True, 0),
    ],
)
def test_what_is_written_is_read_again(family: str, shown: Frame) -> None:
    scale = FAMILIES[family]()
    raw = scale.encode(shown)
    (frame,) = scale.feed(raw)

    assert frame.raw == raw
    assert (frame.value, frame.decimals, frame.unit) == (shown.value, shown.decimals, shown.unit)
    assert frame.kind in {None, shown.kind}
    assert frame.stable in {None, shown.stable}
    assert frame.tare in {None, shown.tare}


def test_pounds_are_rounded_to_a_microgram_and_catties_are_exact() -> None:
    assert Frame(b"", 1, 0, "lb").weight_ug == 453_592_370
    assert Frame(b"", 1, 3, "lb").weight_ug == 453_592
    assert Frame(b"", 25, 1, "jin").weight_ug == 1_250_000_000
