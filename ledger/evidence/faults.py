"""Faults: what is wrong with a request, where, in English and Chinese.

Pydantic finds what is wrong with single fields; `of_pydantic` says it in our words. Rules between
fields make their own with `Fault`. Pointers are RFC 6901.

A sentence says what to do and repeats no text that was sent: refusals are kept for a while, and what
was refused may hold names.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from ledger.errors import Fault

_SHOWN = 40
"""Characters of a wrong number that a message repeats."""


def pointer(base: str, *parts: int | str) -> str:
    """`base` extended by member names and positions."""
    return base + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def wrong(code: str, en: str, zh: str) -> PydanticCustomError:
    """To be raised by a field's own validator; becomes a fault with this code and these words."""
    return PydanticCustomError("ours", "{en}", {"code": code, "en": en, "zh": zh})


def of_pydantic(error: ValidationError, base: str) -> list[Fault]:
    """A fault for each thing Pydantic found, below the pointer `base`."""
    return [_fault(found, base) for found in error.errors(include_url=False)]


def missing(at: str, name: str) -> Fault:
    """A member that must be there."""
    return Fault(at, "missing", f"{name} is required", f"缺少必填项 {name}")


def unknown(at: str, name: str) -> Fault:
    """A member that nobody knows."""
    return Fault(
        at,
        "unknown-field",
        f"{name} is no field of this type; put what is your own into ext",
        f"{name} 不是该类型的字段；自定义内容请放入 ext",
    )


def _fault(found: ErrorDetails, base: str) -> Fault:
    where, kind, value = found["loc"], found["type"], found.get("input")
    at = pointer(base, *where)
    name = str(where[-1]) if where else "the payload"
    context: Mapping[str, Any] = found.get("ctx", {})
    if value is None and kind.endswith("_type"):
        return Fault(
            at,
            "null",
            f"{name}: null is no value here; give one, or leave an optional field out",
            f"{name}：不得为 null；请填写，可选字段可省略",
        )
    if kind == "ours":
        return Fault(at, context["code"], f"{name}: {context['en']}", f"{name}：{context['zh']}")
    if kind == "missing":
        return missing(at, name)
    if kind == "extra_forbidden":
        return unknown(at, name)
    code, en, zh = _said(kind, context, value)
    return Fault(at, code, f"{name}: {en}", f"{name}：{zh}")


def _said(kind: str, context: Mapping[str, Any], value: object) -> tuple[str, str, str]:
    """Code and both sentences for the rest of what Pydantic finds."""
    match kind:
        case "int_type" | "int_from_float" | "int_parsing":
            return _no_integer(value)
        case "bool_type" | "bool_parsing":
            return "not-a-boolean", f"{shown(value)} is not true or false", "应为 true 或 false"
        case "string_unicode":
            return "not-unicode", "half a surrogate pair is no Unicode", "含有不成对的代理字符"
        case "string_type":
            return "not-text", f"{shown(value)} is not text; text stands in quotes", "应为字符串"
        case "string_too_short":
            return "empty", "must not be empty", "不得为空"
        case "string_too_long":
            most = context["max_length"]
            return "too-long", f"at most {most} characters", f"最多 {most} 个字符"
        case "string_pattern_mismatch":
            pattern = context["pattern"]
            return "pattern", f"does not match {pattern}", f"格式应为 {pattern}"
        case "literal_error":
            wanted = context["expected"].replace("'", "")
            listed = wanted.replace(" or ", "、").replace(", ", "、")
            return "not-listed", f"{shown(value)} is none of {wanted}", f"应为其中之一：{listed}"
        case "list_type":
            return "not-an-array", "is not an array", "应为数组"
        case "too_short":
            least = context["min_length"]
            return "too-few", f"at least {least} items are needed", f"至少需要 {least} 项"
        case "too_long":
            most = context["max_length"]
            return (
                "too-many",
                f"at most {most} items; split the document",
                f"最多 {most} 项，请拆分单据",
            )
        case "greater_than_equal":
            least = context["ge"]
            return "too-small", f"{shown(value)} is less than {least}", f"不得小于 {least}"
        case "less_than_equal":
            most = context["le"]
            return "too-large", f"{shown(value)} is more than {most}", f"不得大于 {most}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return "not-an-object", "is not an object", "应为对象"
        case _:
            return "invalid", f"is not what belongs here ({kind})", f"取值无效（{kind}）"


def _no_integer(value: object) -> tuple[str, str, str]:
    if isinstance(value, str):
        return (
            "not-an-integer",
            "text is no integer; leave out the quotes",
            "是字符串；整数不加引号",
        )
    if isinstance(value, bool):
        en, zh = "is a boolean, not an integer", "是布尔值，不是整数"
    elif isinstance(value, float):
        if value.is_integer() and abs(value) < 2**53:
            en = f"has a decimal point or exponent; write {int(value)}"
            zh = f"带小数点或指数；请写 {int(value)}"
        elif value.is_integer():
            en, zh = "is beyond 2^53 - 1, the largest integer", "超出最大整数 2^53 - 1"
        else:
            en = "is a fraction; use the smaller unit that the name says"
            zh = "是小数；请按字段名所示的最小单位填写整数"
    else:
        en, zh = "is not an integer", "不是整数"
    return "not-an-integer", f"{shown(value)} {en}", f"{shown(value)} {zh}"


def shown(value: object) -> str:
    """What stands there: a number or a constant itself, anything else by its kind alone."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return repr(value)[:_SHOWN]
    if isinstance(value, str):
        return "text"
    return "an array" if isinstance(value, list | tuple) else "an object"
