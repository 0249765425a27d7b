"""The rows of a type's table of fields, read off its JSON Schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.type_pages.language import Language
from ledger.evidence import fields, values
from ledger.evidence.definition import EvidenceType
from ledger.statement import ID

_ANY_PARTY: Final = "[a-z][a-z0-9-]{1,31}"

_OWN: Final = ("source_ref", "ext")
"""What every type has of its poster's own: told last."""

_PATTERNS: Final[Mapping[str, str]] = {
    f"^{ID.pattern}$": "record",
    "^[0-9a-f]{64}$": "sha256",
    r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$": "decimal",
    "^[a-z][a-z0-9-]{0,63}$": "code",
    "^[a-z][a-z0-9-]{1,63}$": "type",
    "^0x[0-9a-f]{40}$": "address",
    "^0x[0-9a-f]{64}$": "chain_hash",
    "^[A-Za-z0-9_-]{43}$": "key",
    "^[A-Za-z0-9_-]{86}$": "signature",
}
"""Patterns that have a name on the page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A field.

    Attributes:
        path: its dotted path in the payload, `[]` after an array.
        kind: what it holds, in the page's language.
        required: whether a payload, or the object it stands in, must have it.
        meaning: the sentence about it.
    """

    path: str
    kind: str
    required: bool
    meaning: str


def rows(kind: EvidenceType, words: Language) -> Iterator[Row]:
    """Every field of a type's payload, required ones first, parts below what they are part of."""
    yield from _rows(kind, kind.json_schema(), "", words)


def _rows(
    kind: EvidenceType, schema: Mapping[str, Any], before: str, words: Language
) -> Iterator[Row]:
    required = set(schema.get("required", ()))
    properties = schema.get("properties", {})
    for name in sorted(properties, key=lambda name: (name not in required, name in _OWN)):
        field = properties[name]
        said = [field["x-description-zh" if words.chinese else "description"]]
        if name in kind.known:
            codes = kind.known[name]
            said.append(words.known + words.codes(codes, values.in_chinese(name, codes)))
        if not before and name in kind.personal:
            said.append(words.personal)
        path = before + name
        yield Row(path, _kind(field, words), name in required, " ".join(said))
        inner, steps = _inner(field)
        yield from _rows(kind, inner, f"{path}{steps}.", words)


def _inner(field: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The schema whose properties are the field's parts, and how a path goes there."""
    if "items" in field:
        inner, steps = _inner(field["items"])
        return inner, f"[]{steps}"
    for one in field.get("anyOf", ()):
        if "properties" in one or "items" in one:
            return _inner(one)
    return field, ""


def _kind(field: Mapping[str, Any], words: Language) -> str:
    if "anyOf" in field:
        return words.either.join(_kind(one, words) for one in field["anyOf"])
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return words.codes(field["enum"], field["x-enum-zh"])
    match field.get("type"):
        case "null":
            return "null"
        case "boolean":
            return words.kinds["boolean"]
        case "integer":
            return words.kinds["integer"] + _between(field["minimum"], field["maximum"])
        case "array":
            most = field.get("maxItems")
            least = field.get("minItems", 0)
            many = f"{least}–{most}" if most is not None else f"≥ {least}"
            if least == most:
                many = str(least)
            return words.array.format(many=many, of=_kind(field["items"], words))
        case "object":
            return words.kinds["object"]
        case _:
            return _text(field, words)


def _between(least: int, most: int) -> str:
    if most == fields.LARGEST:
        return "" if least == -fields.LARGEST else f" ≥ {least}"
    return f" {least}–{most}"


def _text(field: Mapping[str, Any], words: Language) -> str:
    for format_ in ("date", "date-time"):
        if field.get("format") == format_:
            return words.kinds[format_]
    if field.get("contentEncoding") == "base64":
        return words.kinds["base64"]
    pattern = field.get("pattern")
    if pattern is None:
        return words.text.format(most=field["maxLength"])
    if pattern in _PATTERNS:
        return words.kinds[_PATTERNS[pattern]]
    if pattern.startswith("^("):
        kinds = pattern[2:].partition("):")[0]
        if kinds == _ANY_PARTY:
            return words.kinds["subject"]
        return " · ".join(f"`{kind}:`" for kind in kinds.split("|"))
    return f"`{pattern}`".replace("|", "\\|")
