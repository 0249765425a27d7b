"""What an audit finds: which point of the list does not hold, where, expected against found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

POINTS: Mapping[int, tuple[str, str]] = {
    1: (
        "Entries hash to leaves, leaves to tiles, roots and signed checkpoints",
        "条目、叶哈希、瓦片、根与签名检查点逐层一致",
    ),
    2: (
        "Checkpoints extend one another, and anchors agree with the log and the chain",
        "检查点前后一致，锚点与账本及链上事件一致",
    ),
    3: (
        "Every stored record is its entry, and its payload is what was committed",
        "每条存储记录与条目一致，载荷与承诺一致",
    ),
    4: ("Every blob named is there and has its digest", "每个被引用的文件都在且摘要一致"),
    5: (
        "Subject chains have no gap and no fork, and ids are unique",
        "主体链无缺口、无分叉，编号唯一",
    ),
    6: (
        "Every signature is by a key valid at its place, and every issuer held its role",
        "每个签名的密钥在当时有效，每个签发者当时持有相应角色",
    ),
    7: (
        "Every finding is what its policy and the entries before it give, and none is held back",
        "每项结论均由其规则与此前条目得出，且无一被扣留",
    ),
}
"""What must always hold, by number: English and Chinese."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold.

    Attributes:
        point: which of `POINTS`.
        where: what exactly, `entry 17`, `tile 0/003`, `blob 5f3a…`, `checkpoint of size 40`.
        en: one sentence.
        zh: the same in Chinese.
        expected: what should be there, as text, or None.
        found: what is there, or None.
    """

    point: int
    where: str
    en: str
    zh: str
    expected: str | None = None
    found: str | None = None

    def to_json(self) -> dict[str, Any]:
        """For the machine-readable report."""
        return {
            "point": self.point,
            "where": self.where,
            "message_en": self.en,
            "message_zh": self.zh,
            "expected": self.expected,
            "found": self.found,
        }
