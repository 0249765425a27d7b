"""Field types of evidence, strict: what a field may hold, and what is said where it does not.

Units are in the fields' names (`_g _mg _fen _ppm _bp _ms _mC`), all of them integers; what needs a
fraction is a decimal string. Times come out in normal form.
"""

import re
from datetime import date
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from ledger import canonical, timestamp
from ledger.encoding import unb64
from ledger.errors import MalformedError
from ledger.evidence import numbers
from ledger.evidence.faults import wrong
from ledger.statement import ID

T = TypeVar("T")

LARGEST: Final = 2**53 - 1


class _NotNull:
    """Takes null off a type again: an optional field is given or left out, never null."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        assert schema["type"] == "nullable"
        inner: CoreSchema = schema["schema"]
        return inner


Maybe = Annotated[T | None, _NotNull()]
"""A field that may be left out; the attribute is None then. Use as `Maybe[Text] = None`."""

# Texts and codes

Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=5000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
"""A coded value without a closed list; `/v1/types` lists the known ones, unknown ones are stored."""
SourceRef = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Hex32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
RecordId = Annotated[str, StringConstraints(pattern=f"^{ID.pattern}$")]

# Numbers

Integer = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
Count = Annotated[int, Field(ge=0, le=LARGEST)]
"""Also amounts of money and of goods that cannot be negative."""
Positive = Annotated[int, Field(ge=1, le=LARGEST)]
Ppm = Annotated[int, Field(ge=0, le=1_000_000)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]


Decimal = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$")]
"""A number of at least 0 with at most six decimals, as text."""

# Days and times


def _date(text: str) -> str:
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise wrong(
        "not-a-date",
        "is no day; write 2026-11-23",
        "不是日期；应如 2026-11-23",
    )


Date = Annotated[str, AfterValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
"""A civil date in the log's time zone."""


def time(text: str) -> str:
    """The normal form of a time with an offset; refused with a fault of its own."""
    try:
        return timestamp.normalise(text)
    except MalformedError:
        raise wrong(
            "not-a-time",
            "is no time with an offset; write 2026-11-23T14:12:11.120+08:00",
            "不是带时区的时间；应如 2026-11-23T14:12:11.120+08:00",
        ) from None


Time = Annotated[
    str, AfterValidator(time), WithJsonSchema({"type": "string", "format": "date-time"})
]

# Bytes and objects


def _base64(text: str) -> str:
    try:
        unb64(text)
    except MalformedError:
        raise wrong("not-base64", "is not base64 with padding", "应为带填充的 base64") from None
    return text


Base64 = Annotated[
    str,
    StringConstraints(min_length=4, max_length=4096),
    AfterValidator(_base64),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]

EXT_LIMIT: Final = 8192
"""Bytes of a payload's `ext`, canonical."""


def _ext(value: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(canonical.serialise(value, max_depth=11))
    except MalformedError as error:
        raise wrong("not-canonical", f"{error}", f"不是规范 JSON：{error}") from None
    if size > EXT_LIMIT:
        raise wrong(
            "too-large",
            f"{size} bytes; at most {EXT_LIMIT}",
            f"{size} 字节，上限为 {EXT_LIMIT} 字节",
        )
    return value


Ext = Annotated[dict[str, Any], AfterValidator(_ext)]
"""The poster's own, stored uninterpreted."""

# Subjects


class Kind:
    """Makes a text field a subject of one of some kinds, its value in a pattern."""

    def __init__(self, *kinds: str, value: str = "[A-Za-z0-9._~-]{1,128}") -> None:
        self._text = f"({'|'.join(kinds)}):{value}"
        self._pattern = re.compile(self._text, re.ASCII)
        self._wanted = " or ".join(f"{kind}:…" for kind in kinds)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self._text}$"}

    def _check(self, text: str) -> str:
        if not self._pattern.fullmatch(text):
            raise wrong(
                "not-a-subject",
                f"is not {self._wanted}, as ^{self._text}$ demands",
                f"应写作 {self._wanted}，格式 ^{self._text}$",
            )
        if numbers.is_sole_trader(text.partition(":")[2]):
            raise wrong(
                "sole-trader",
                "a sole trader's credit code is a person's; use the random value that "
                "POST /v1/pseudonyms gives",
                "个体工商户信用代码属于个人信息；请使用 POST /v1/pseudonyms 给出的随机值",
            )
        return text


School = Annotated[str, Kind("school", value="[0-9]{10}")]
Canteen = Annotated[str, Kind("canteen", value="[0-9]{10}~[0-9]{2}")]
Supplier = Annotated[str, Kind("supplier")]
Holder = Annotated[str, Kind("supplier", "labour", "school", "canteen")]
Contractor = Annotated[str, Kind("supplier", "labour")]
Bureau = Annotated[str, Kind("bureau")]
Purchaser = Annotated[str, Kind("bureau", "school")]
Party = Annotated[str, Kind("[a-z][a-z0-9-]{1,31}")]
Order = Annotated[str, Kind("order", value="[0-9]{10}~[A-Za-z0-9._-]{1,34}")]
WorkOrder = Annotated[str, Kind("work-order", value="[A-Za-z0-9._-]{1,34}")]
Account = Annotated[str, Kind("account", value="(?=.{1,128}$)[0-9._~-]*[A-Za-z][A-Za-z0-9._~-]*")]
"""A random value; digits alone are refused, they would be a real account's number."""
Device = Annotated[str, Kind("device")]
Camera = Annotated[str, Kind("camera")]
Machine = Annotated[str, Kind("device", "gateway", "camera")]
Person = Annotated[str, Kind("person", value="[a-z2-7]{26}")]
"""A pseudonym; the mapping is kept off the log and can be erased."""
