"""Numbers that authorities issue, and their check digits (DOMAIN §2).

- USCC 统一社会信用代码, GB 32100-2015: 18 characters, weights 3^(i-1) mod 31.
- JY 食品经营许可证: JY and 14 digits; SC 食品生产许可证: SC and 14 digits. That the last digit is an
  ISO 7064 MOD 11,10 check no page of the regulator says; numbers found in use all satisfy it.
"""

import re
from typing import Final, Literal

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

Scheme = Literal["uscc", "jy", "sc", "none"]

SOLE_TRADER: Final = "92"
"""What the credit code of a sole trader 个体工商户 begins with."""

_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
_LICENCE = re.compile(r"(JY[1-3]|SC[12])[0-9]{13}", re.ASCII)


def is_uscc_shaped(text: str) -> bool:
    """Whether `text` is written as a credit code, its check character aside."""
    return _USCC.fullmatch(text) is not None


def is_uscc(text: str) -> bool:
    """Whether `text` is a credit code: 18 upper-case characters whose check character holds."""
    return is_uscc_shaped(text) and bool(uscc.calc_check_digit(text[:17]) == text[17])


def is_licence(text: str, prefix: Literal["JY", "SC"]) -> bool:
    """Whether `text` is a food licence of that kind: prefix, 14 digits, the last checks the rest."""
    return (
        text.startswith(prefix)
        and _LICENCE.fullmatch(text) is not None
        and bool(mod_11_10.is_valid(text[2:]))
    )


def holds(number: str, scheme: Scheme) -> bool:
    """Whether a number is one of its scheme; `none` takes any."""
    match scheme:
        case "uscc":
            return is_uscc(number)
        case "jy":
            return is_licence(number, "JY")
        case "sc":
            return is_licence(number, "SC")
        case "none":
            return True


def is_sole_trader(value: str) -> bool:
    """Whether a subject's value gives away a sole trader's credit code, with a unit or without."""
    return value.startswith(SOLE_TRADER) and is_uscc_shaped(value.partition("~")[0])
