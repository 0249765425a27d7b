"""Which families there are: one line each.

A vendor adds one without touching this file: a configuration that says `family =
"vendor_module:HisScale"` names a class with the members of `Parser` in a module of his own.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Final

from devices.scales.aandd import AandD
from devices.scales.cas import Cas
from devices.scales.mt_sics import MtSics, MtSicsContinuous
from devices.scales.ohaus import Ohaus, OhausContinuous
from devices.scales.parser import Options, Parser, Scanner
from devices.scales.toledo import Toledo, ToledoChecked
from devices.scales.yaohua_a12e import YaohuaA12E, YaohuaA12EUnchecked
from devices.scales.yaohua_command import YaohuaCommand
from devices.scales.yaohua_continuous import YaohuaContinuous
from devices.scales.yaohua_equals import YaohuaForward, YaohuaReversed
from ledger.errors import MalformedError, NotFoundError

_ALL: Final[tuple[type[Scanner], ...]] = (
    YaohuaContinuous,
    YaohuaReversed,
    YaohuaForward,
    YaohuaA12E,
    YaohuaA12EUnchecked,
    YaohuaCommand,
    Toledo,
    ToledoChecked,
    MtSics,
    MtSicsContinuous,
    AandD,
    Cas,
    Ohaus,
    OhausContinuous,
)

FAMILIES: Final[Mapping[str, type[Scanner]]] = {family.family: family for family in _ALL}


def parser(family: str, options: Options = Options()) -> Parser:  # noqa: B008 - frozen
    """A new parser of the family, by its name here or `module:Class`.

    Raises:
        NotFoundError: there is no such family, module or class.
        MalformedError: the class is no parser.
    """
    found: Callable[[Options], object] | None = FAMILIES.get(family)
    if found is None:
        found = _of_vendor(family)
    made = found(options)
    if not isinstance(made, Parser):
        raise MalformedError(f"{family} lacks members of devices.scales.parser.Parser")
    return made


def _of_vendor(family: str) -> Callable[[Options], object]:
    module, colon, name = family.partition(":")
    if not colon:
        raise NotFoundError(f"no family of scales {family!r}; there are {', '.join(FAMILIES)}")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as missing:
        raise NotFoundError(f"family of scales {family!r}: {missing}") from missing
    if not callable(found):
        raise MalformedError(f"{family} is no class")
    made: Callable[[Options], object] = found
    return made
