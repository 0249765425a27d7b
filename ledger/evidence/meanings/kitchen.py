"""Kitchen: the retained sample."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "amount_g": (
        "Weight of the sample in grams.",
        "留样重量（克）。",
    ),
    "cabinet": (
        "The sample cabinet, as registered.",
        "留样柜，须已登记。",
    ),
    "slot": (
        "The place in the cabinet.",
        "柜内格位。",
    ),
    "container_code": (
        "The code on the sealed container.",
        "密封容器上的编码。",
    ),
    "retain_until": (
        "Until when the sample must stay in the cabinet.",
        "留样须保存至此时。",
    ),
    "retained_by": (
        "Who took the sample, as a pseudonym.",
        "留样人（假名标识）。",
    ),
}
