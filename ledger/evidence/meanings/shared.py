"""Shared: what concerns any record."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "correction.reason_code": (
        "did-not-occur, or incorrect-data: then the right record comes in the same batch.",
        "did-not-occur 并未发生；incorrect-data 数据有误，须在同一批次提交正确记录。",
    ),
    "confirmation.record": (
        "Id of the record that is confirmed.",
        "所会签记录的编号。",
    ),
    "record_sha256": (
        "Its statement_sha256 in GET /v1/records/{id}; the link confirms has the same.",
        "即 GET /v1/records/{id} 中的 statement_sha256，与链接 confirms 一致。",
    ),
    "issued_by": (
        "Who issued that record; never the one who confirms.",
        "该记录的提交方，不得为会签方。",
    ),
    "aspect": (
        "What is confirmed of it.",
        "所确认的内容。",
    ),
    "confirmation.role": (
        "In which role it is confirmed; the issuer must hold it.",
        "以何种角色会签，提交方须具有该角色。",
    ),
    "confirmation.confirmed_by": (
        "Who confirms, as a pseudonym; a machine leaves it out.",
        "会签人（假名标识）；设备会签时省略。",
    ),
}
