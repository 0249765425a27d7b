"""A scale's settings, those found out that nobody gave: `auto` for the family, 0 for the speed."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NoReturn

from devices.gateway.language import tr
from devices.scales import detect
from devices.scales.line import Framing, Line
from devices.scales.parser import Options
from devices.scales.port import Port
from ledger.errors import MalformedError, NotFoundError, UnavailableError

AUTO: Final = "auto"
_USUAL: Final = 9600


@dataclass(frozen=True, slots=True)
class Settings:
    """How one scale is read.

    Attributes:
        family: its name or `module:Class`; AUTO: find out.
        baud: speed of the line; 0: find out.
        framing: data bits, parity, stop bits.
        options: what frames do not say.
    """

    family: str = AUTO
    baud: int = 0
    framing: Framing = "8N1"
    options: Options = field(default_factory=Options)


def found(url: str, settings: Settings) -> Settings:
    """The same with nothing left to find out; the line is opened and closed for it.

    Raises:
        UnavailableError: the line cannot be opened.
        NotFoundError: nothing on it is understood.
        MalformedError: what it says may be several families.
    """
    if url.startswith("socket:") and not settings.baud:
        settings = Settings(settings.family, _USUAL, settings.framing, settings.options)
    if settings.family != AUTO and settings.baud:
        return settings

    @contextlib.contextmanager
    def open_at(baud: int) -> Iterator[Line]:
        line = Port(url, baud, settings.framing, wait_s=0.1)
        if not line.open():
            raise UnavailableError(f"{url}: {line.fault}")
        try:
            yield line
        finally:
            line.close()

    bauds = [settings.baud] if settings.baud else detect.BAUDS
    if settings.family != AUTO:
        verdict = detect.find_speed(open_at, settings.family, settings.options, bauds)
    else:
        verdict = detect.find(open_at, settings.options, bauds)
    if verdict.family is None or verdict.baud is None:
        _undecided(url, verdict)
    framing = settings.framing if verdict.framing == "8N1" else verdict.framing
    return Settings(verdict.family, verdict.baud, framing, settings.options)


def _undecided(url: str, verdict: detect.Verdict) -> NoReturn:
    if not verdict.candidates:
        raise NotFoundError(
            tr(f"nothing on {url} that any family understands", f"{url} 上没有可识别的数据")
        )
    names = ", ".join(verdict.candidates)
    raise MalformedError(
        tr(
            f"what the line says may be {names}: choose with --family, or put on a load whose "
            "last digit is not 0 and try again",
            f"线路数据可能是 {names}：请用 --family 选定，或放上末位不为 0 的重物后重试",
        )
    )
