"""One morning check as a terminal tells it, whatever its vendor calls things."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from ledger import timestamp
from ledger.errors import MalformedError

HANDS: Final = ("wound", "nails", "ring", "polish", "plaster", "foreign_body")
"""What is looked for on both hands: 伤口, 长指甲, 首饰, 指甲油, 创可贴, 异物."""
ROLES: Final = ("face", "palm", "back")


@dataclass(frozen=True, slots=True)
class Image:
    """A photo of a check."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Check:
    """What a terminal says of one person.

    Attributes:
        terminal: its code, equipment or machine.
        uuid: the terminal's own number of this check.
        code: whom it was: staff number, card, text of a QR code.
        identity_method: `face`, `card`, `qr`, ….
        identity_score_ppm: how sure it was; None: it does not say.
        forehead_mC: thousandths of a degree.
        checked_at_ms: by the terminal's clock, as claimed.
        hands: what was found, every one of `HANDS`.
        symptoms: codes of what was asked for and found.
        overall: the terminal's own verdict; None: it gives none.
        images: by role, some of `ROLES`.
    """

    terminal: str
    uuid: str
    code: str
    identity_method: str
    forehead_mC: int
    checked_at_ms: int
    hands: Mapping[str, bool]
    symptoms: tuple[str, ...] = ()
    overall: Literal["fit", "unfit"] | None = None
    identity_score_ppm: int | None = None
    images: Mapping[str, Image] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Nothing is missing.

        Raises:
            MalformedError: something is, or is beyond what can be.
        """
        for name in ("terminal", "uuid", "code"):
            value = getattr(self, name)
            if not value or len(value) > 128 or not value.isprintable():
                raise MalformedError(f"{name} is missing, or no plain text of 128 characters")
        if set(self.hands) != set(HANDS):
            raise MalformedError("hands: every finding is true or false")
        if not 20_000 <= self.forehead_mC <= 50_000:
            raise MalformedError(f"{self.forehead_mC} mC is no temperature of a forehead")


def milli_degrees(text: str) -> int:
    """Thousandths of a degree of `36.4`.

    Raises:
        MalformedError: no plain decimal number with at most three decimals.
    """
    whole, point, decimals = text.partition(".")
    if not (whole.isdecimal() and whole.isascii()) or len(whole) > 3 or len(decimals) > 3:
        raise MalformedError(f"no temperature: {text!r:.20}")
    if point and not (decimals.isdecimal() and decimals.isascii()):
        raise MalformedError(f"no temperature: {text!r:.20}")
    return 1000 * int(whole) + int(decimals.ljust(3, "0") or 0)


def moment_ms(text: str, zone: ZoneInfo) -> int:
    """Milliseconds of a terminal's time: with an offset, or in its zone; or ms or s since 1970.

    Raises:
        MalformedError: no time.
    """
    text = text.strip()
    if text.isdecimal() and text.isascii() and len(text) in (10, 13):
        return int(text) if len(text) == 13 else 1000 * int(text)
    try:
        at = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise MalformedError(f"no time: {text!r:.40}") from error
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    found = round(at.timestamp() * 1000)
    timestamp.format(found)
    return found


def image(data: bytes) -> Image:
    """A photo, its type told from its own first bytes.

    Raises:
        MalformedError: neither JPEG, PNG nor WebP.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return Image(data, "image/jpeg")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Image(data, "image/png")
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Image(data, "image/webp")
    raise MalformedError("a photo that is neither JPEG, PNG nor WebP")
