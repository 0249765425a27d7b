"""What a record type is: its model and everything said about it in one value (EVIDENCE §2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel


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
            `authority`, `principal` and `key-holder`.
        open: whether entries carry the payload in the open.
        bound_field: field that must name the issuer, or the owner of the issuing device.
        document_key: fields that tell one document from another.
        blobs: files it may name, by role.
        rels: links it may have.
        personal: fields that need the scope `personal` to be read.
        example: a request that posts.
    """

    name: str
    version: int = 1
    family: str
    model: type[BaseModel]
    rule_en: str
    rule_zh: str
    posters: frozenset[str]
    open: bool = False
    bound_field: str | None = None
    document_key: tuple[str, ...] = ()
    blobs: tuple[BlobRule, ...] = ()
    rels: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()
    example: Mapping[str, Any]

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of the payload."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """Everything about it, as `GET /v1/types/{type}` serves it."""
        raise NotImplementedError
