"""Shapes for the OpenAPI document. Nothing is validated against them: answers are made as bytes."""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from api.errors import KINDS, MEDIA_TYPE
from ledger.evidence.catalogue import TYPES
from ledger.statement import RELS


class FaultShape(BaseModel):
    """One thing wrong with a request."""

    pointer: str = Field(description="RFC 6901 pointer into the request; empty for the whole.")
    code: str
    message_en: str
    message_zh: str
    record: str | None = Field(None, description="Id of the record that is in the way.")


class ProblemShape(BaseModel):
    """RFC 9457 problem."""

    type: str = Field(examples=["urn:mealtrace:problem:schema"])
    title: str
    status: int
    detail: str
    request_id: str
    retry: bool = Field(description="Whether the same request, same id, may succeed later.")
    errors: list[FaultShape]


class LinksShape(BaseModel):
    """Where the record and its bundle are."""

    self: str
    bundle: str


class ReceiptShape(BaseModel):
    """What a poster gets and keeps; checkable on the spot."""

    id: str
    index: int
    leaf_hash: str = Field(description="hex")
    logged_at: str
    tree_size: int
    entry: str = Field(description="base64 of the log entry")
    seed: str = Field(description="base64url; opens the record's commitment, keep it")
    proof: str | None = Field(None, description="tlog-proof text; absent in compact receipts")
    links: LinksShape


class UploadShape(BaseModel):
    """An uploaded blob."""

    sha256: str
    size: int
    media_type: str


class SignableShape(BaseModel):
    """What an issuer signs, and the request that lacks only its signature."""

    seed: str = Field(description="base64url")
    statement: str = Field(description="base64 of the statement's canonical bytes")
    request: dict[str, Any] = Field(description="to be posted with `signature` added")


class HitShape(BaseModel):
    """A record as a list shows it."""

    id: str
    index: int
    type: str
    issuer: str
    submitter: str
    occurred_at: str
    logged_at: str
    leaf_hash: str
    links: LinksShape


class PageShape(BaseModel):
    """Some records, oldest first."""

    records: list[HitShape]
    cursor: str | None = Field(description="to go on; null on the last page")


class CheckShape(BaseModel):
    """One check of a verdict."""

    name: str
    state: Literal["pass", "fail", "pending", "erased", "not-checked"]
    en: str
    zh: str


class VerdictShape(BaseModel):
    """What verification says."""

    overall: Literal["verified", "failed", "unidentified", "log-only"]
    scope: list[str]
    custodial: bool
    checks: list[CheckShape]


PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {
        "description": "A problem: "
        + ", ".join(f"{kind.status} `{code}`" for code, kind in KINDS.items()),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemShape"}}},
    }
}

LISTED: Final[dict[int | str, dict[str, Any]]] = {
    **PROBLEMS,
    200: {
        "description": "JSON, or CSV where it was asked for.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    },
}
"""Of a call that answers in JSON or, with `format=csv`, in CSV."""

_RECORD_MEMBERS: Final = {
    "id": {"type": "string", "format": "uuid", "description": "the client's own; lower case"},
    "type": {"type": "string", "description": "as `GET /v1/types` lists them"},
    "type_version": {"type": "integer", "default": 1},
    "occurred_at": {"type": "string", "format": "date-time"},
    "payload": {"type": "object", "description": "see GET /v1/types/{type}"},
    "blobs": {
        "type": "array",
        "maxItems": 32,
        "description": "Files uploaded before, by role.",
        "items": {
            "type": "object",
            "required": ["role", "sha256"],
            "properties": {
                "role": {
                    "type": "string",
                    "description": "`blobs` of the type lists those it takes",
                },
                "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "media_type": {"type": "string", "description": "that of the upload, if left out"},
                "size": {"type": "integer", "description": "that of the upload, if left out"},
            },
            "additionalProperties": False,
        },
    },
    "subjects": {
        "type": "array",
        "maxItems": 64,
        "items": {"type": "string"},
        "description": "Beside those the payload gives: order, delivery, lot, meal or dish.",
    },
    "links": {
        "type": "array",
        "maxItems": 512,
        "description": "Other records, by `id` or by the `subject` of their document.",
        "items": {
            "type": "object",
            "required": ["rel"],
            "properties": {
                "rel": {"type": "string", "enum": sorted(RELS)},
                "id": {"type": "string", "format": "uuid"},
                "subject": {"type": "string"},
                "sha256": {
                    "type": "string",
                    "pattern": "^[0-9a-f]{64}$",
                    "description": "`statement_sha256` of the record with this id",
                },
            },
            "additionalProperties": False,
        },
    },
    "issuer": {
        "type": "string",
        "description": "Whose statement it is: the token's party, if left out.",
    },
    "seed": {"type": "string", "description": "base64url of 32 bytes"},
    "signature": {
        "type": ["string", "null"],
        "description": "Detached JWS over what `POST /v1/records:prepare` returns.",
    },
}

RECORD_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["id", "type", "occurred_at", "payload"],
    "properties": _RECORD_MEMBERS,
    "additionalProperties": False,
}


RECORD_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {"application/json": {"schema": RECORD_SCHEMA}},
}
"""The body of a record to be signed; `add_examples` puts one of every type beside it."""

POSTED_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "application/json": {"schema": RECORD_SCHEMA},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["record"],
                "properties": {
                    "record": RECORD_SCHEMA | {"description": "The record, `application/json`."},
                },
                "additionalProperties": {
                    "type": "string",
                    "format": "binary",
                    "description": "A file, in a part named by its role: `photo`, for instance.",
                },
            },
            "encoding": {"record": {"contentType": "application/json"}},
        },
    },
}
"""The body of a posted record: by itself, or with its files."""


def add_examples(document: dict[str, Any]) -> None:
    """Put the catalogue's examples into the document, nulls and all: FastAPI would drop them."""
    examples = {
        name: {"summary": found.rule_en, "value": dict(found.example)}
        for name, found in TYPES.items()
    }
    for path in ("/v1/records", "/v1/records:prepare"):
        body = document["paths"][path]["post"]["requestBody"]
        body["content"]["application/json"]["examples"] = examples


def binary_body(media_type: str, description: str) -> dict[str, Any]:
    """A body of bytes."""
    return {
        "required": True,
        "description": description,
        "content": {media_type: {"schema": {"type": "string", "format": "binary"}}},
    }


def bytes_answer(media_type: str, description: str) -> dict[str, Any]:
    """An answer that is not JSON of ours."""
    return {
        "description": description,
        "content": {media_type: {"schema": {"type": "string", "format": "binary"}}},
    }
