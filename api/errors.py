"""The one table from errors to RFC 9457 problems; nothing below `api` knows of HTTP.

A refusal carries its own problem code, every other class of `ledger/errors.py` has one here, and
`ProblemError` is for what only HTTP knows: tokens, sizes, queues. A test walks the whole family and
fails where a class has no line.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from ledger.errors import (
    ConflictError,
    Fault,
    LedgerError,
    MalformedError,
    NotFoundError,
    RefusedError,
    UnavailableError,
    VerificationError,
)

URN = "urn:mealtrace:problem:"
MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger("mealtrace.problem")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a problem code means to a client.

    Attributes:
        status: HTTP status.
        title: one phrase, the same for every problem of the code.
        title_zh: the same in Chinese.
    """

    status: int
    title: str
    title_zh: str

    @property
    def retry(self) -> bool:
        """Whether the same request, with the same id, may succeed later."""
        return self.status in {429, 503} or self.status >= 500


KINDS: Mapping[str, Kind] = {
    "malformed": Kind(400, "The request cannot be read", "请求无法读取"),
    "token": Kind(401, "A valid token is needed", "需要有效的令牌"),
    "forbidden-type": Kind(403, "This party may not post this type", "该主体不得提交此类记录"),
    "not-your-subject": Kind(403, "The record speaks for somebody else", "记录涉及他人的主体"),
    "wall": Kind(403, "Money and goods are kept apart", "管钱不管物，管物不管钱"),
    "scope": Kind(403, "The token does not allow this", "令牌权限不足"),
    "not-found": Kind(
        404, "Nothing is here under that name", "没有找到：名称或编号有误，或您无权读取"
    ),
    "method-not-allowed": Kind(405, "The method is not allowed here", "不支持该方法"),
    "conflict": Kind(409, "Something else is there already", "与现有状态冲突"),
    "id-conflict": Kind(409, "The id stands for another record", "该编号已用于另一条记录"),
    "duplicate-document": Kind(409, "The document is recorded already", "该单据已有记录"),
    "rule-blocked": Kind(409, "A rule forbids this act now", "现行规则禁止此操作"),
    "erased": Kind(410, "The record's content was erased", "记录内容已被删除"),
    "too-large": Kind(413, "The request is too large", "请求过大"),
    "media-type": Kind(415, "The body has the wrong media type", "请求体的媒体类型不对"),
    "range": Kind(416, "The range lies outside the blob", "请求的范围超出文件"),
    "schema": Kind(422, "The record does not fit its type", "记录不符合其类型的要求"),
    "missing-blob": Kind(422, "A blob named was not uploaded", "记录所列文件尚未上传"),
    "missing-link": Kind(422, "A record linked to is not here", "所引用的记录不存在"),
    "signature": Kind(422, "The signature does not hold", "签名无效"),
    "too-many-requests": Kind(429, "Too much at once", "请求过多"),
    "internal": Kind(500, "The service failed", "服务内部错误"),
    "integrity": Kind(500, "What is stored does not hold", "存储内容未通过校验"),
    "unavailable": Kind(503, "A part of the service does not answer", "服务暂不可用"),
    "storage-full": Kind(507, "The disk is full", "存储空间不足"),
}

CODES: Mapping[type[LedgerError], str] = {
    LedgerError: "internal",
    MalformedError: "malformed",
    VerificationError: "integrity",
    NotFoundError: "not-found",
    ConflictError: "conflict",
    UnavailableError: "unavailable",
}


class ProblemError(LedgerError):
    """A refusal only HTTP knows the reason for: a token, a size, a full queue.

    Attributes:
        code: one of `KINDS`.
        fault: the same reason, in both languages.
        headers: what the answer says besides, `Retry-After` for instance.
    """

    def __init__(
        self,
        code: str,
        message_en: str,
        message_zh: str,
        *,
        pointer: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`pointer` is empty, or leads into the request body."""
        self.code = code
        self.fault = Fault(pointer, code, message_en, message_zh)
        self.headers = dict(headers or {})
        super().__init__(message_en)


def malformed(message_en: str, message_zh: str, *, pointer: str = "") -> ProblemError:
    """A request that cannot be read, said in both languages."""
    return ProblemError("malformed", message_en, message_zh, pointer=pointer)


def too_large(what_en: str, what_zh: str, limit_bytes: int) -> ProblemError:
    """A body or part over its limit in bytes."""
    return ProblemError(
        "too-large",
        f"{what_en} is larger than {limit_bytes} bytes; split it, or make it smaller",
        f"{what_zh}超过 {limit_bytes} 字节；请拆分或缩小后再发",
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """One RFC 9457 problem, before it gets its request's id."""

    code: str
    faults: tuple[Fault, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What the code means."""
        return KINDS[self.code]

    def to_json(self, request_id: str) -> dict[str, object]:
        """The problem's members, as API.md names them."""
        kind = self.kind
        return {
            "type": URN + self.code,
            "title": kind.title,
            "status": kind.status,
            "detail": "; ".join(fault.message_en for fault in self.faults),
            "request_id": request_id,
            "retry": kind.retry,
            "errors": [_fault(fault) for fault in self.faults],
        }

    def to_bytes(self, request_id: str) -> bytes:
        """The answer's body."""
        return orjson.dumps(self.to_json(request_id))


def problem_of(error: BaseException) -> Problem:
    """The problem that tells a client of `error`.

    What this project did not raise on purpose is logged with its trace and told as `internal`,
    without any of its text: a message by a library may quote what is secret. Why a component does
    not answer is logged for the operator, and not told: it names addresses and accounts.
    """
    if isinstance(error, ProblemError):
        return Problem(error.code, (error.fault,), error.headers)
    if isinstance(error, RefusedError):
        return Problem(error.code, error.faults)
    code = next((CODES[cls] for cls in type(error).__mro__ if cls in CODES), "internal")
    kind = KINDS[code]
    if kind.status == 500:
        logger.error("%s", kind.title, exc_info=error)
        return Problem(code, (Fault("", code, kind.title, kind.title_zh),))
    if isinstance(error, UnavailableError):
        if error.told != str(error):
            logger.warning("%s", error)
        headers = {"Retry-After": str(error.retry_after_s)}
        return Problem(code, (Fault("", code, error.told, kind.title_zh),), headers)
    zh = kind.title_zh + ("；首处错误见 message_en" if code == "malformed" else "")
    return Problem(code, (Fault("", code, str(error), zh),))


def parameter_fault(place: Sequence[int | str], kind: str, context: Mapping[str, Any]) -> Fault:
    """What is wrong with a parameter of the path, the query or a form.

    Args:
        place: where it stands, `("query", "limit")`.
        kind: how Pydantic calls the error.
        context: what Pydantic says of it besides: bounds, pattern.
    """
    en, zh = _PARAMETERS.get(kind, ("has no value that belongs here", "取值无效"))
    name = ".".join(map(str, place[1:]))
    return Fault(
        "/" + "/".join(map(str, place)),
        kind.replace("_", "-"),
        f"{name} {en.format_map(context)}",
        f"{name} {zh.format_map(context)}",
    )


_PARAMETERS: Final = {
    "missing": ("is required", "为必填项"),
    "string_pattern_mismatch": ("must match {pattern}", "格式应为 {pattern}"),
    "string_too_long": ("has at most {max_length} characters", "最多 {max_length} 个字符"),
    "string_too_short": ("has at least {min_length} characters", "至少 {min_length} 个字符"),
    "greater_than_equal": ("is at least {ge}", "不得小于 {ge}"),
    "less_than_equal": ("is at most {le}", "不得大于 {le}"),
    "int_parsing": ("must be an integer", "应为整数"),
    "bool_parsing": ("must be true or false", "应为 true 或 false"),
    "literal_error": ("must be {expected}", "应为 {expected}"),
}


def _fault(fault: Fault) -> dict[str, str]:
    shown = {
        "pointer": fault.pointer,
        "code": fault.code,
        "message_en": fault.message_en,
        "message_zh": fault.message_zh,
    }
    if fault.record is not None:
        shown["record"] = fault.record
    return shown
