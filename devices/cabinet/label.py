"""The text of a sample's label (留样标签): which dish of which meal lies in which container.

    mealtrace:1/2105020001~01/2026-11-23/lunch/d-4/C-88/90F1
              │ canteen       │ meal of the day │     │    └ CRC-16 of all before it
              │                                 dish  container
              └ version of this text

A URI of our own (docs/decisions/0047): it says all that a cabinet without network needs, and names
no person. Parts are percent-encoded where they need it. The check tells a text that a scanner or a
register cut short from a whole one; the QR code has error correction, the way from it has none.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote, unquote

from ledger.errors import MalformedError

SCHEME: Final = "mealtrace:1/"
LONGEST: Final = 128
_PARTS: Final = 6
_CANTEEN: Final = re.compile(r"[0-9]{10}~[0-9]{2}", re.ASCII)
_CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says.

    Attributes:
        canteen: `canteen:2105020001~01`.
        meal_on: the meal's civil date.
        meal: `breakfast`, `lunch`, `dinner`, `snack`.
        dish_code: as the menu has it.
        container_code: of the container, or of this sample.
    """

    canteen: str
    meal_on: str
    meal: str
    dish_code: str
    container_code: str

    def __post_init__(self) -> None:
        """Every part can stand in a `sample-retained`.

        Raises:
            MalformedError: one cannot.
        """
        kind, _, value = self.canteen.partition(":")
        if kind != "canteen" or not _CANTEEN.fullmatch(value):
            raise MalformedError(f"no canteen: {self.canteen!r:.60}")
        try:
            plain = date.fromisoformat(self.meal_on).isoformat() == self.meal_on
        except ValueError:
            plain = False
        if not plain:
            raise MalformedError(f"no day as 2026-11-23: {self.meal_on!r:.40}")
        if not _CODE.fullmatch(self.meal):
            raise MalformedError(f"no meal: {self.meal!r:.40}")
        if not self.dish_code.strip() or not self.container_code.strip():
            raise MalformedError("a label names a dish and a container")


def format(label: Label) -> str:  # noqa: A001 - the other half of parse
    """The text.

    Raises:
        MalformedError: it would be longer than `LONGEST`.
    """
    parts = (
        label.canteen.partition(":")[2], label.meal_on, label.meal, label.dish_code,
        label.container_code,
    )  # fmt: skip
    text = SCHEME + "/".join(quote(part, safe="~") for part in parts)
    text = f"{text}/{_check(text)}"
    if len(text) > LONGEST:
        raise MalformedError(f"a label of {len(text)} characters; at most {LONGEST}")
    return text


def parse(text: str) -> Label:
    """The label of a text.

    Raises:
        MalformedError: another text, one that was cut short or misread, or one that is not how
            `format` writes it.
    """
    body, slash, check = text.rpartition("/")
    if not slash or not text.startswith(SCHEME) or len(text) > LONGEST or not text.isascii():
        raise MalformedError(f"no label of a sample: {text!r:.80}")
    if _check(body) != check:
        raise MalformedError(f"a label whose check fails: {text!r:.80}")
    parts = body.removeprefix(SCHEME).split("/")
    if len(parts) != _PARTS - 1:
        raise MalformedError(f"a label with {len(parts)} parts: {text!r:.80}")
    try:
        canteen, meal_on, meal, dish, container = (unquote(p, errors="strict") for p in parts)
    except UnicodeDecodeError as error:
        raise MalformedError(f"a label that is not UTF-8: {text!r:.80}") from error
    label = Label(f"canteen:{canteen}", meal_on, meal, dish, container)
    if format(label) != text:
        raise MalformedError(f"a label in another spelling: {text!r:.80}")
    return label


def _check(text: str) -> str:
    """CRC-16/XMODEM (polynomial 1021h, start 0) of the text, four upper-case hex digits."""
    return f"{crc_hqx(text.encode(), 0):04X}"
