"""What a record type is: its model and everything said about it in one value (EVIDENCE §2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.evidence import meanings, names, values
from ledger.evidence.model import Form
from ledger.replay import MUST_EXIST
from ledger.statement import ABOUT_A_RECORD

IMAGES: Final = ("image/jpeg", "image/png", "image/webp")
SCANS: Final = (*IMAGES, "application/pdf")
CLIPS: Final = ("video/mp4",)
TABLES: Final = ("text/csv", "application/json", "application/x-ndjson", "application/pdf")

ANY_TYPE: Final = "*"
"""Stands for every type where a link's other end may be of any."""

EVERYWHERE: Final = frozenset({"replaces", "cites", "uses", "under"})
"""Links any record may have: it replaces one of its own type, or names what it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobRule:
    """Files of one role.

    Attributes:
        role: `photo` for instance.
        media_types: those taken.
        required: whether a record without one is refused.
        many: whether several may have this role.
        personal: whether reading one needs the scope `personal`.
        fresh: whether the file must never have been used by a record before.
    """

    role: str
    media_types: tuple[str, ...]
    required: bool = False
    many: bool = False
    personal: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """An example of what a rule refuses: the type's example, changed.

    Attributes:
        rule: what is refused, in a few words.
        changes: JSON pointer into the request → the value put there, `...` to take it out.
        pointer: where the fault must be found.
        code: the fault's code.
    """

    rule: str
    changes: Mapping[str, Any]
    pointer: str
    code: str

    def patch(self, example: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The changes as a JSON Patch (RFC 6902) of the type's example."""
        operations: list[dict[str, Any]] = []
        for pointer, value in self.changes.items():
            there = _there(example, pointer)
            if value is ...:
                if there:
                    operations.append({"op": "remove", "path": pointer})
            else:
                operations.append(
                    {"op": "replace" if there else "add", "path": pointer, "value": value}
                )
        return operations


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceType:
    """A record type.

    Attributes:
        name: as in the statement.
        version: of its rules.
        family: supply, money, staff, kitchen, devices, oversight, shared or governance.
        model: the payload.
        rule_en: what it is for, one sentence.
        rule_zh: the same in Chinese.
        posters: roles, one of which its issuer must hold; governance also knows `operator`,
            `authority`, `principal` and `key-holder`, and `anyone` is every party with a role.
        open: whether entries carry the payload in the open.
        bound_field: field that must name the issuer, or the owner of the issuing device.
        document_key: fields that tell one document from another.
        blobs: files it may name, by role.
        links: its own links: rel → types it leads to; `EVERYWHERE` come on top.
        required_links: rels without which it says nothing.
        personal: fields that need the scope `personal` to be read.
        known: values known today of coded fields without a closed list.
        example: a request that posts.
        refused: changes to the example, one for each rule, that must not post.
    """

    name: str
    version: int = 1
    family: str
    model: type[Form]
    rule_en: str
    rule_zh: str
    posters: frozenset[str]
    open: bool = False
    bound_field: str | None = None
    document_key: tuple[str, ...] = ()
    blobs: tuple[BlobRule, ...] = ()
    links: Mapping[str, tuple[str, ...]]
    required_links: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()
    known: Mapping[str, tuple[str, ...]]
    example: Mapping[str, Any]
    refused: tuple[Refused, ...] = ()

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema (draft 2020-12) of the payload, `blobs` left out: a request names them.

        Every field carries its meaning, `description` in English and `x-description-zh` in Chinese,
        and a closed list what its codes are called in Chinese, `x-enum-zh`; parts stand where they are used, so that each place has its own words.
        """
        whole = self.model.model_json_schema()
        parts = whole.pop("$defs", {})
        schema: dict[str, Any] = _explained(whole, parts, self.name)
        return schema | {"description": self.rule_en, "x-description-zh": self.rule_zh}

    def describe(self) -> dict[str, Any]:
        """Everything about it, as `GET /v1/types/{type}` serves it."""
        return {
            "type": self.name,
            "name_zh": names.TYPES_ZH[self.name],
            "type_version": self.version,
            "family": self.family,
            "rule_en": self.rule_en,
            "rule_zh": self.rule_zh,
            "open": self.open,
            "posters": sorted(self.posters),
            "bound_field": self.bound_field,
            "document_key": list(self.document_key),
            "subject_fields": list(self.model.subject_fields),
            "blobs": [
                {
                    "role": rule.role,
                    "media_types": list(rule.media_types),
                    "required": rule.required,
                    "many": rule.many,
                    "personal": rule.personal,
                    "fresh": rule.fresh,
                }
                for rule in self.blobs
            ],
            "links": [
                {
                    "rel": rel,
                    "from": self.name,
                    "to": [self.name] if rel == "replaces" else list(types),
                    "required": rel in self.required_links,
                    "must_exist": rel in MUST_EXIST,
                    "with_sha256": rel in ABOUT_A_RECORD,
                }
                for rel, types in sorted(self.all_links().items())
            ],
            "personal": sorted(self.personal),
            "known_values": {name: list(codes) for name, codes in sorted(self.known.items())},
            "known_values_zh": {
                name: values.in_chinese(name, codes) for name, codes in sorted(self.known.items())
            },
            "schema": self.json_schema(),
            "example": self.example,
            "refused": [
                {
                    "rule": refused.rule,
                    "changes": refused.patch(self.example),
                    "pointer": refused.pointer,
                    "code": refused.code,
                }
                for refused in self.refused
            ],
        }

    def all_links(self) -> Mapping[str, tuple[str, ...]]:
        """Its own links and those any record may have."""
        return dict.fromkeys(EVERYWHERE, (ANY_TYPE,)) | dict(self.links)


def _explained(value: Any, parts: Mapping[str, Any], path: str) -> Any:
    """A schema with its parts in their places, and at each property what that field means.

    `"default": null` goes: an optional field is left out, never null.
    """
    if isinstance(value, list):
        return [_explained(item, parts, path) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        value = parts[value["$ref"].rpartition("/")[2]]
    explained = {
        name: _explained(member, parts, path)
        for name, member in value.items()
        if name != "properties" and not (name == "default" and member is None)
    }
    if "enum" in value:
        explained["x-enum-zh"] = values.in_chinese(path.rpartition(".")[2], value["enum"])
    if "properties" in value:
        explained["properties"] = {
            name: _explained(member, parts, f"{path}.{name}") | _meaning(f"{path}.{name}")
            for name, member in value["properties"].items()
        }
    return explained


def _meaning(path: str) -> dict[str, str]:
    words = meanings.of(path)
    return {} if words is None else {"description": words[0], "x-description-zh": words[1]}


def _there(request: Any, pointer: str) -> bool:
    """Whether a JSON pointer leads somewhere in a request."""
    place = request
    for step in pointer.split("/")[1:]:
        if isinstance(place, list):
            if int(step) >= len(place):
                return False
            place = place[int(step)]
        elif step in place:
            place = place[step]
        else:
            return False
    return True
