"""Blobs that a request names: the payload's field `blobs` (FORMATS §1, API.md Calls).

An unsigned request names them beside the payload, a signed one inside it, complete and sorted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger import canonical
from ledger.evidence.definition import BlobRule, EvidenceType
from ledger.evidence.faults import missing, pointer, shown
from ledger.evidence.fields import LARGEST
from ledger.evidence.request import Request

MAX_BLOBS: Final = 32

Facts = Mapping[str, tuple[str, int]]
"""From a blob's digest (hex) to its media type and size, as its submitter uploaded it."""

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}", re.ASCII)
_MEMBERS: Final = frozenset({"media_type", "role", "sha256", "size"})


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A file that a record names.

    Attributes:
        sha256: 64 digits of lower-case hex.
        role: what it is to the record, `photo` for instance.
        media_type: as declared.
        size: bytes.
        fresh: whether no record may have named it before.
    """

    sha256: str
    role: str
    media_type: str
    size: int
    fresh: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it stands in the payload."""
        return {
            "media_type": self.media_type,
            "role": self.role,
            "sha256": self.sha256,
            "size": self.size,
        }


def read(
    reading: Request, definition: EvidenceType | None, facts: Facts | None
) -> tuple[BlobRef, ...]:
    """The blobs a request names, in their order in the payload; faults are noted in `reading`."""
    payload = reading.members.get("payload")
    body: dict[str, Any] = payload if isinstance(payload, dict) else {}
    inside = "blobs" in body
    at = "/payload/blobs" if inside or reading.signed else "/blobs"
    if inside and "blobs" in reading.members:
        reading.fault("/blobs", "twice", "blobs stand in the payload already", "blobs 重复给出")
    if reading.signed and not inside and "blobs" in reading.members:
        reading.not_normal("/blobs", "blobs stand inside the payload")
    given = body["blobs"] if inside else reading.members.get("blobs", [])
    if not isinstance(given, list):
        reading.fault(at, "not-an-array", "blobs is not an array", "blobs 应为数组")
        return ()
    if len(given) > MAX_BLOBS:
        reading.fault(
            at, "too-many", f"{len(given)} blobs; at most {MAX_BLOBS}", f"附件最多 {MAX_BLOBS} 个"
        )
        return ()
    rules = None if definition is None else {rule.role: rule for rule in definition.blobs}
    found: dict[bytes, BlobRef] = {}
    order = []
    for place, item in enumerate(given):
        blob = _blob(reading, pointer(at, place), item, facts, rules)
        if blob is not None:
            data = canonical.serialise(blob.to_json())
            found[data] = blob
            order.append(data)
    if rules is not None and len(order) == len(given):
        _check_counts(reading, at, list(found.values()), rules)
    ascending = sorted(found)
    if reading.signed and ascending != order:
        reading.not_normal(at, "blobs ascending by canonical bytes, each once")
    return tuple(found[data] for data in ascending)


def _blob(
    reading: Request, at: str, item: Any, facts: Facts | None, rules: Mapping[str, BlobRule] | None
) -> BlobRef | None:
    """One blob, if it is whole and of a role and media type that the type takes."""
    if not isinstance(item, dict):
        reading.fault(at, "not-an-object", f"{shown(item)} is no blob", "附件应为对象")
        return None
    before = len(reading.faults)
    for name in sorted(item.keys() - _MEMBERS, key=str):
        reading.fault(
            pointer(at, name),
            "unknown-field",
            "a blob has sha256, role, media_type and size",
            "附件只有 sha256、role、media_type、size",
        )
    digest, role = item.get("sha256"), item.get("role")
    if type(digest) is not str or not _SHA256.fullmatch(digest):
        reading.fault(
            pointer(at, "sha256"),
            "pattern",
            "64 digits of lower-case hex",
            "应为 64 位小写十六进制",
        )
        return None
    media_type: Any = item.get("media_type")
    size: Any = item.get("size")
    if (media_type is None or size is None) and facts is not None and not reading.signed:
        if digest not in facts:
            reading.fault(
                pointer(at, "sha256"),
                "missing-blob",
                "upload this file with POST /v1/blobs first, under the token that posts the record",
                "请先用 POST /v1/blobs 上传该附件，且须与提交记录使用同一主体的令牌",
            )
            return None
        known_type, known_size = facts[digest]
        media_type, size = media_type or known_type, known_size if size is None else size
    for name, value in (("role", role), ("media_type", media_type), ("size", size)):
        if value is None:
            reading.faults.append(missing(pointer(at, name), name))
    if len(reading.faults) > before:
        return None
    if type(size) is not int or not 0 <= size <= LARGEST:
        reading.fault(
            pointer(at, "size"),
            "not-an-integer",
            f"{shown(size)} is no number of bytes",
            "size 应为字节数",
        )
    if type(media_type) is not str or not _MEDIA_TYPE.fullmatch(media_type):
        reading.fault(
            pointer(at, "media_type"),
            "pattern",
            "a media type in lower case without parameters, image/jpeg for instance",
            "应为小写、不带参数的媒体类型，如 image/jpeg",
        )
    rule = None if rules is None or type(role) is not str else rules.get(role)
    if rule is None and rules is not None:
        wanted = ", ".join(rules) or "no blobs at all"
        reading.fault(
            pointer(at, "role"),
            "not-listed",
            f"this type takes {wanted}",
            f"该类型的附件只能是：{wanted}",
        )
    elif rule is not None and media_type not in rule.media_types:
        wanted = ", ".join(rule.media_types)
        reading.fault(
            pointer(at, "media_type"),
            "not-listed",
            f"a {rule.role} is {wanted}; upload it with this Content-Type, in multipart the part's own",
            f"{rule.role} 应为 {wanted}；上传时请用此 Content-Type（multipart 中写在该部分上）",
        )
    if len(reading.faults) > before or rule is None:
        return None
    return BlobRef(digest, rule.role, media_type, size, rule.fresh)


def _check_counts(
    reading: Request, at: str, blobs: list[BlobRef], rules: Mapping[str, BlobRule]
) -> None:
    """Each role as often as its rule says."""
    for rule in rules.values():
        count = sum(blob.role == rule.role for blob in blobs)
        if count == 0 and rule.required:
            reading.fault(
                at,
                "missing",
                f"a file of role {rule.role} is required; name it in blobs, or send it as a part",
                f"缺少必需的附件 {rule.role}；请列入 blobs，或作为 multipart 的一部分发送",
            )
        elif count > 1 and not rule.many:
            reading.fault(
                at,
                "too-many",
                f"there is one {rule.role} to a record, not {count}",
                f"{rule.role} 只能有一个，现有 {count} 个",
            )
