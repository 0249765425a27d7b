"""Shared: what concerns any record."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "correction.reason_code": (
        "did-not-occur, or incorrect-data: then the right record comes in the same batch.",
        "did-not-occur 并未发生；incorrect-data 数据有误，须在同一批次提交正确记录。",
    ),
}
