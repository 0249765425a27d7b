"""A request made into a statement: checked, completed and committed, or refused with every fault.

    request → model and rules → blobs, links, subjects → normal form → commitment → statement

The same pure function runs in the service and in the client, so that both derive the same bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from ledger import canonical, commitment
from ledger import entry as entries
from ledger.encoding import b64url
from ledger.entry import MAX_PAYLOAD_DEPTH, MAX_SIZE, Open
from ledger.errors import Fault, MalformedError, RefusedError
from ledger.evidence import faults, numbers
from ledger.evidence.attachments import BlobRef, Facts
from ledger.evidence.attachments import read as read_blobs
from ledger.evidence.definition import EvidenceType
from ledger.evidence.model import PAYLOAD, Form, Said
from ledger.evidence.request import Request
from ledger.statement import ABOUT_A_RECORD, GENESIS, Link, Statement

__all__ = ["BlobRef", "Draft", "Signable", "prepare", "signable"]

MAX_PAYLOAD: Final = 256 * 1024
"""Bytes of a canonical payload."""

_CHAIN_ITEM: Final = 256
"""More bytes than a subject adds to an entry beside its name."""

_DEVICES: Final = ("scale", "cabinet", "camera", "probe", "device")

_ISSUER_IS_SUBJECT: Final = frozenset(
    {"correction", "confirmation", "dispute", "audit-report", "supplier-registration"}
)
"""Types whose fields name nobody by a subject, not a sole trader's at least: who says it is one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A record that is well formed; whether its issuer may post it is for `rights.check`.

    Attributes:
        statement: what the issuer says.
        signature: detached JWS as it came, not verified yet; None: custodial.
        submitter: the party of the token.
        payload: canonical bytes, with the field `blobs`.
        seed: opens the commitment, 32 bytes.
        explicit_seed: whether the request brought the seed.
        opened: payload and seed of an open type, None of any other.
        content: canonical request after defaults and derivations, less seed and signature: what a
            retry must repeat.
        document_key: the type and canonical JSON of the fields that tell one document from
            another; None where the type, or this record of it, has none.
        source_ref: the poster's own number.
        blobs: the files it names.
        bound_party: the subject that the bound field names: issuer, or owner of the issuing device.
        posters: roles of which the issuer must hold one for exactly this payload.
        devices: devices and cameras that the payload says it was read from, or is about.
        reason_code: of a correction; None of any other type.
    """

    statement: Statement
    signature: str | None
    submitter: str
    payload: bytes
    seed: bytes
    explicit_seed: bool
    opened: Open | None
    content: bytes
    document_key: str | None
    source_ref: str | None
    blobs: tuple[BlobRef, ...]
    bound_party: str | None
    posters: frozenset[str]
    devices: tuple[str, ...]
    reason_code: str | None

    @property
    def statement_bytes(self) -> bytes:
        """The statement's canonical bytes: what a signature is made over."""
        return self.statement.to_bytes()

    @property
    def open(self) -> bool:
        """Whether the entry carries its payload in the open."""
        return self.opened is not None


@dataclass(frozen=True, slots=True)
class Signable:
    """What an issuer signs, and the request that lacks only its signature.

    Attributes:
        statement: canonical bytes: a detached JWS is made over them.
        seed: 32 bytes.
        request: every member but `signature`, in normal form.
    """

    statement: bytes
    seed: bytes
    request: dict[str, Any]


def prepare(
    request: object,
    *,
    submitter: str,
    ledger: bytes | None,
    new_seed: bytes,
    blob_facts: Facts | None = None,
) -> Draft:
    """The draft of a request as `POST /v1/records` takes it.

    Args:
        request: parsed JSON; fractions may stand in it as floats, to be refused by name.
        submitter: party of the token; the issuer where the request names none.
        ledger: leaf hash of genesis, None for genesis itself.
        new_seed: 32 random bytes, used where the request brings no seed.
        blob_facts: media type and size of uploaded blobs, filled in where an unsigned request
            leaves them out.

    Raises:
        RefusedError: `schema` with every fault found, `missing-blob` where only blobs are missing.
    """
    if not isinstance(request, Mapping):
        raise RefusedError(
            "schema", [Fault("", "not-an-object", "a request is an object", "请求应为对象")]
        )
    reading = Request(request, signed=request.get("signature") is not None)
    reading.check_members()
    definition = reading.definition()
    record_id = reading.id()
    occurred_at = reading.occurred_at()
    issuer = reading.issuer(submitter)
    given_seed = reading.seed()
    signature = reading.signature()
    links, link_bytes = reading.links(definition)
    if definition is not None and (definition.name == GENESIS) != (ledger is None):
        reading.fault("/type", "genesis", "genesis is entry 0 of a log", "genesis 只能是第 0 条")
    model, payload = _payload(reading, definition, Said(issuer, occurred_at or "", tuple(links)))
    blobs = read_blobs(reading, definition, blob_facts)
    if blobs:
        payload["blobs"] = [blob.to_json() for blob in blobs]
    payload_bytes = _canonical(reading, payload)
    derived = _derived(model, links)
    if definition is not None and definition.name in _ISSUER_IS_SUBJECT:
        derived.add(issuer)
    subjects = reading.subjects(derived, complete=model is not None)
    if reading.faults:
        raise _refusal(reading.faults)
    assert definition is not None
    assert model is not None
    assert record_id is not None
    assert occurred_at is not None
    seed = new_seed if given_seed is None else given_seed
    commit = commitment.commit(payload, seed, record_id)
    statement = Statement(
        id=record_id,
        issuer=issuer,
        ledger=ledger,
        links=tuple(links),
        occurred_at=occurred_at,
        payload_root=commit.root,
        payload_fields=commit.fields,
        subjects=subjects,
        type=definition.name,
        type_version=definition.version,
    )
    opened = Open(payload, seed) if definition.open else None
    _check_size(statement, signature, submitter, opened)
    said = canonical.serialise(list(subjects))
    return Draft(
        statement=statement,
        signature=signature,
        submitter=submitter,
        payload=payload_bytes,
        seed=seed,
        explicit_seed=given_seed is not None,
        opened=opened,
        content=b'{"id":"%b","issuer":"%b","links":[%b],"occurred_at":"%b","payload":%b,'
        b'"subjects":%b,"type":"%b","type_version":%d}'
        % (
            record_id.encode(), issuer.encode(), b",".join(link_bytes), occurred_at.encode(),
            payload_bytes, said, definition.name.encode(), definition.version,
        ),
        document_key=document_key(definition, payload),
        source_ref=payload.get("source_ref"),
        blobs=blobs,
        bound_party=_bound(definition, payload, issuer),
        posters=model.posters() or definition.posters,
        devices=_devices(payload),
        reason_code=payload["reason_code"] if definition.name == "correction" else None,
    )  # fmt: skip


def signable(
    request: Mapping[str, Any],
    *,
    submitter: str,
    ledger: bytes,
    new_seed: bytes,
    blob_facts: Facts | None = None,
) -> Signable:
    """The statement of an unsigned request, to be signed and sent with the completed request.

    Raises:
        RefusedError: as `prepare`; also where the request carries a signature already.
    """
    if request.get("signature") is not None:
        raise _refusal(
            [Fault("/signature", "signed", "this request is signed already", "该请求已签名")]
        )
    draft = prepare(
        request, submitter=submitter, ledger=ledger, new_seed=new_seed, blob_facts=blob_facts
    )
    statement = draft.statement
    completed = {
        "id": statement.id,
        "issuer": statement.issuer,
        "links": [link.to_json() for link in statement.links],
        "occurred_at": statement.occurred_at,
        "payload": canonical.parse(draft.payload),
        "seed": b64url(draft.seed),
        "subjects": list(statement.subjects),
        "type": statement.type,
        "type_version": statement.type_version,
    }
    return Signable(draft.statement_bytes, draft.seed, completed)


def _payload(
    reading: Request, definition: EvidenceType | None, said: Said
) -> tuple[Form | None, dict[str, Any]]:
    """The model of the payload and its members in normal form, `blobs` left out."""
    given = reading.members.get("payload")
    if not isinstance(given, dict):
        if "payload" in reading.members:
            reading.fault(PAYLOAD, "not-an-object", "payload is not an object", "payload 应为对象")
        return None, {}
    if definition is None:
        return None, {}
    if "blobs" in given:
        given = {name: value for name, value in given.items() if name != "blobs"}
    try:
        model = definition.model.model_validate(given)
    except ValidationError as error:
        reading.faults += faults.of_pydantic(error, PAYLOAD)
        return None, {}
    reading.faults += model.rules(said)
    payload: dict[str, Any] = model.model_dump(exclude_unset=True, by_alias=True)
    if reading.signed and payload != given:
        for at in _differences(given, payload, PAYLOAD):
            reading.not_normal(at, "times as YYYY-MM-DDTHH:MM:SS.mmmZ")
    return model, payload


def _canonical(reading: Request, payload: dict[str, Any]) -> bytes:
    try:
        data = canonical.serialise(payload, max_depth=MAX_PAYLOAD_DEPTH)
    except MalformedError as error:
        reading.fault(PAYLOAD, "not-canonical", str(error), "内容无法写成规范 JSON")
        return b""
    if len(data) > MAX_PAYLOAD:
        reading.fault(
            PAYLOAD,
            "too-large",
            f"a payload of {len(data)} bytes; at most {MAX_PAYLOAD}: split the document",
            f"内容为 {len(data)} 字节，上限为 {MAX_PAYLOAD}；请拆分单据",
        )
    return data


def _derived(model: Form | None, links: list[Link]) -> set[str]:
    """Subjects out of the payload, and the records it speaks about."""
    derived = set() if model is None else set(model.subjects())
    derived.update(f"record:{link.id}" for link in links if link.rel in ABOUT_A_RECORD)
    return derived


def _devices(payload: Mapping[str, Any]) -> tuple[str, ...]:
    named = [payload[name] for name in _DEVICES if name in payload]
    return (*named, *payload.get("devices", ()))


def document_key(definition: EvidenceType, payload: Mapping[str, Any]) -> str | None:
    """What tells one document from another: `Draft.document_key`."""
    names = definition.document_key
    if not names or not all(name in payload for name in names):
        return None
    fields = canonical.serialise({name: payload[name] for name in names})
    return definition.name + fields.decode()


def _bound(definition: EvidenceType, payload: Mapping[str, Any], issuer: str) -> str | None:
    """The subject named by the bound field; a credit code names the supplier and its units."""
    if definition.bound_field is None:
        return None
    value: str | None = payload.get(definition.bound_field)
    if definition.bound_field != "uscc" or value is None:
        return value
    kind, _, own = issuer.partition(":")
    # A sole trader's party is a random value, which its credit code does not tell.
    if kind == "supplier" and (own.partition("~")[0] == value or numbers.is_sole_trader(value)):
        return issuer
    return f"supplier:{value}"


def _differences(given: Any, normal: Any, at: str) -> Iterator[str]:
    """Pointers to where two values of the same shape differ."""
    if isinstance(given, dict) and isinstance(normal, dict) and given.keys() == normal.keys():
        for name, value in given.items():
            yield from _differences(value, normal[name], faults.pointer(at, name))
    elif isinstance(given, list) and isinstance(normal, list) and len(given) == len(normal):
        for place, (one, other) in enumerate(zip(given, normal, strict=True)):
            yield from _differences(one, other, faults.pointer(at, place))
    elif given != normal:
        yield at


def _check_size(
    statement: Statement, signature: str | None, submitter: str, opened: Open | None
) -> None:
    """Refuse an entry that could outgrow its bound once its chains are known.

    Raises:
        RefusedError: `schema`, the document is to be split.
    """
    rough = len(statement.to_bytes()) + sum(len(name) + _CHAIN_ITEM for name in statement.subjects)
    if opened is None and rough < MAX_SIZE - 4096:
        return
    size = entries.size_bound(statement, signature, submitter, opened)
    if size > MAX_SIZE:
        raise _refusal(
            [
                Fault(
                    "",
                    "entry-too-large",
                    f"the record's entry may take {size} bytes; at most {MAX_SIZE}: split the "
                    "document",
                    f"该记录的条目可达 {size} 字节，上限为 {MAX_SIZE}；请拆分单据",
                )
            ]
        )


def _refusal(found: list[Fault]) -> RefusedError:
    only_blobs = all(fault.code == "missing-blob" for fault in found)
    return RefusedError("missing-blob" if only_blobs else "schema", found)
