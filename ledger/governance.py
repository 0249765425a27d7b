"""Open payloads that change what a log means: keys, mandates, targets (EVIDENCE §2, FORMATS §1).

Strict parsers of what verification and replay stand on; the evidence models describe the same
types to posters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger import canonical, ed25519, jwk, note, subject, timestamp
from ledger.anchor import AnchorTarget
from ledger.encoding import unb64url
from ledger.errors import MalformedError, VerificationError
from ledger.note import VerifierKey
from ledger.statement import TYPE

_GENESIS_MEMBERS: Final = frozenset(
    {
        "name", "origin", "time_zone", "entries", "successor_of", "vkeys", "authorities",
        "created_at", "anchor_target",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Authority:
    """A party whose key vouches for other keys."""

    party: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Genesis:
    """Entry 0. `successor_of` is the last checkpoint of a lost log, or None."""

    name: str
    origin: str
    time_zone: str
    entries: str
    successor_of: str | None
    vkeys: tuple[VerifierKey, ...]
    authorities: tuple[Authority, ...]
    created_at: str
    anchor_target: AnchorTarget | None

    @staticmethod
    def of_json(payload: object) -> "Genesis":
        """The genesis of an open payload.

        Raises:
            MalformedError: other members, types or spellings.
        """
        members = _members(payload, _GENESIS_MEMBERS, "genesis")
        if members["entries"] not in ("public", "restricted"):
            raise MalformedError("entries of genesis is public or restricted")
        vkeys, authorities = members["vkeys"], members["authorities"]
        if type(vkeys) is not list or not vkeys or type(authorities) is not list:
            raise MalformedError("vkeys (at least one) and authorities of genesis are arrays")
        successor_of, target = members["successor_of"], members["anchor_target"]
        if successor_of is not None:
            note.parse(_text(members, "successor_of"))
        timestamp.parse(_text(members, "created_at"))
        origin = _text(members, "origin")
        log_keys = tuple(_log_key(key, "a vkey") for key in vkeys)
        for key in log_keys:
            if key.name != origin:
                raise MalformedError(f"a vkey of genesis is named {key.name!r}, not {origin!r}")
        named = tuple(_authority(item) for item in authorities)
        for keys in (log_keys, [authority.public_key for authority in named]):
            if len(set(keys)) != len(keys):
                raise MalformedError("genesis names a key twice")
        return Genesis(
            name=_text(members, "name"),
            origin=origin,
            time_zone=_text(members, "time_zone"),
            entries=members["entries"],
            successor_of=successor_of,
            vkeys=log_keys,
            authorities=named,
            created_at=members["created_at"],
            anchor_target=None if target is None else AnchorTarget.of_json(target),
        )


@dataclass(frozen=True, slots=True)
class KeyRegistration:
    """`possession` is the new key's signature over `possession_message`, 64 bytes."""

    party: str
    public_key: bytes
    possession: bytes

    @property
    def kid(self) -> str:
        """RFC 7638 thumbprint."""
        return jwk.thumbprint(self.public_key)

    @staticmethod
    def of_json(payload: object) -> "KeyRegistration":
        """Raises MalformedError for other members, types or spellings."""
        members = _members(payload, {"party", "jwk", "possession"}, "key-registration")
        return KeyRegistration(
            subject.check(members["party"], "party"),
            jwk.parse(members["jwk"]),
            unb64url(_text(members, "possession"), ed25519.SIGNATURE_SIZE),
        )

    def verify_possession(self, ledger: bytes) -> None:
        """Check that the new key itself asked for this registration in this log.

        Raises:
            VerificationError: the signature does not hold.
        """
        message = possession_message(ledger, self.party, self.public_key)
        try:
            ed25519.verify(self.public_key, self.possession, message)
        except VerificationError as error:
            raise VerificationError(f"proof of possession of key {self.kid}: {error}") from error


@dataclass(frozen=True, slots=True)
class KeyRevocation:
    """The key `kid` counts no longer."""

    kid: str
    reason: str

    @staticmethod
    def of_json(payload: object) -> "KeyRevocation":
        """Raises MalformedError for other members, types or spellings."""
        members = _members(payload, {"kid", "reason"}, "key-revocation")
        kid = _text(members, "kid")
        unb64url(kid, 32)
        return KeyRevocation(kid, _text(members, "reason"))


@dataclass(frozen=True, slots=True)
class Mandate:
    """`submitter` may post for `principal`: these types, from ≤ logged_at < until (normal times)."""

    principal: str
    submitter: str
    types: tuple[str, ...]
    from_: str
    until: str

    @staticmethod
    def of_json(payload: object) -> "Mandate":
        """Raises MalformedError for other members, types or spellings."""
        members = _members(payload, {"principal", "submitter", "types", "from", "until"}, "mandate")
        types = members["types"]
        if type(types) is not list or not types:
            raise MalformedError("types of a mandate is an array of at least one type")
        for name in types:
            if type(name) is not str or not TYPE.fullmatch(name):
                raise MalformedError(f"types of a mandate: {name!r:.80} is no type")
        for name in ("from", "until"):
            timestamp.parse(_text(members, name))
        return Mandate(
            subject.check(members["principal"], "principal"),
            subject.check(members["submitter"], "submitter"),
            tuple(types),
            members["from"],
            members["until"],
        )

    def covers(self, principal: str, submitter: str, kind: str, logged_at: str) -> bool:
        """Whether a record of that type, brought at that time (normal form), is covered."""
        return (
            self.principal == principal
            and self.submitter == submitter
            and kind in self.types
            and self.from_ <= logged_at < self.until
        )


@dataclass(frozen=True, slots=True)
class LogKey:
    """A log's key replaced by a new one; both have signed `log_key_message`."""

    old: VerifierKey
    new: VerifierKey
    old_vkey: str
    new_vkey: str
    old_signature: bytes
    new_signature: bytes

    @staticmethod
    def of_json(payload: object) -> "LogKey":
        """Raises MalformedError for other members, types or spellings."""
        members = _members(
            payload, {"old_vkey", "new_vkey", "old_signature", "new_signature"}, "log-key"
        )
        old_vkey, new_vkey = _text(members, "old_vkey"), _text(members, "new_vkey")
        old, new = _log_key(old_vkey, "old_vkey"), _log_key(new_vkey, "new_vkey")
        if old.name != new.name or old.public_key == new.public_key:
            raise MalformedError("a log-key replaces one key by another of the same name")
        return LogKey(
            old,
            new,
            old_vkey,
            new_vkey,
            unb64url(_text(members, "old_signature"), ed25519.SIGNATURE_SIZE),
            unb64url(_text(members, "new_signature"), ed25519.SIGNATURE_SIZE),
        )

    def verify(self, ledger: bytes) -> None:
        """Check both signatures.

        Raises:
            VerificationError: one of them does not hold; the message says which.
        """
        message = log_key_message(ledger, self.old_vkey, self.new_vkey)
        for which, key, signature in (
            ("old", self.old, self.old_signature),
            ("new", self.new, self.new_signature),
        ):
            try:
                ed25519.verify(key.public_key, signature, message)
            except (VerificationError, MalformedError) as error:
                raise VerificationError(f"log-key, the {which} key's signature: {error}") from error


@dataclass(frozen=True, slots=True)
class Erasure:
    """Keys destroyed for a whole record, or for the `fields` named."""

    scope: str
    fields: tuple[str, ...]
    reason_code: str

    @staticmethod
    def of_json(payload: object) -> "Erasure":
        """Raises MalformedError for other members, types or spellings."""
        if type(payload) is not dict:
            raise MalformedError("an erasure is an object")
        scope = payload.get("scope")
        if scope not in ("record", "fields"):
            raise MalformedError("scope of an erasure is record or fields")
        wanted = {"scope", "reason_code"} | ({"fields"} if scope == "fields" else set())
        members = _members(payload, wanted, "erasure")
        fields = members.get("fields", [])
        if type(fields) is not list or (scope == "fields" and not fields):
            raise MalformedError("fields of an erasure is an array of at least one name")
        return Erasure(
            scope,
            tuple(_as_text(name, "a field of an erasure") for name in fields),
            _text(members, "reason_code"),
        )


@dataclass(frozen=True, slots=True)
class AuditReport:
    """An auditor's word on a subject index: `reproduced` or `not-reproduced`, as of `size`."""

    result: str
    size: int

    @staticmethod
    def of_json(payload: object) -> "AuditReport":
        """Raises MalformedError for other members, types or spellings."""
        members = _members(payload, {"result", "size"}, "audit-report")
        if members["result"] not in ("reproduced", "not-reproduced"):
            raise MalformedError("result of an audit-report is reproduced or not-reproduced")
        if type(members["size"]) is not int or members["size"] < 1:
            raise MalformedError("size of an audit-report is not an integer of at least 1")
        return AuditReport(members["result"], members["size"])


@dataclass(frozen=True, slots=True)
class DeviceRegistration:
    """A device, who owns it, and the gateway whose key signs for it (None: its own)."""

    device: str
    owner: str
    gateway: str | None

    @staticmethod
    def of_json(payload: object) -> "DeviceRegistration":
        """Raises MalformedError for other members or types."""
        members = _members(
            payload,
            {"device", "owner", "gateway", "kind", "model", "serial"},
            "device-registration",
        )
        gateway = members["gateway"]
        return DeviceRegistration(
            subject.check(members["device"], "device"),
            subject.check(members["owner"], "owner"),
            None if gateway is None else subject.check(gateway, "gateway"),
        )


_EXACT: Final = {
    "party-registration": frozenset({"party", "name"}),
    "role-grant": frozenset({"party", "role", "granted"}),
    "policy": frozenset({"name", "version", "rules"}),
    "access-denied": frozenset({"party", "type", "hour", "count"}),
    "backup-receipt": frozenset({"size", "root", "custodian"}),
}


def check_members(kind: str, payload: object) -> None:
    """Check an open payload on which neither keys nor mandates depend: exactly its members.

    Raises:
        MalformedError: other members, or no such type.
    """
    if kind not in _EXACT:
        raise MalformedError(f"{kind} is no governance type")
    _members(payload, _EXACT[kind], kind)


def possession_message(ledger: bytes, party: str, public_key: bytes) -> bytes:
    """What a new key signs to show that its holder wants it registered for `party` here."""
    return canonical.serialise(
        ["mealtrace/possession@v1", ledger.hex(), party, jwk.format(public_key)]
    )


def log_key_message(ledger: bytes, old_vkey: str, new_vkey: str) -> bytes:
    """What the old and the new key of a log both sign."""
    return canonical.serialise(["mealtrace/log-key@v1", ledger.hex(), old_vkey, new_vkey])


def _authority(value: object) -> Authority:
    members = _members(value, {"party", "jwk"}, "an authority")
    return Authority(subject.check(members["party"], "party"), jwk.parse(members["jwk"]))


def _log_key(value: object, what: str) -> VerifierKey:
    key = note.parse_vkey(_as_text(value, what))
    if key.kind != note.ED25519:
        raise MalformedError(f"{what} is a witness's key, not a log's")
    return key


def _members(value: object, names: frozenset[str] | set[str], what: str) -> Mapping[str, Any]:
    if type(value) is not dict or value.keys() != names:
        raise MalformedError(f"{what} has exactly {', '.join(sorted(names))}")
    return value


def _text(members: Mapping[str, Any], name: str) -> str:
    return _as_text(members[name], name)


def _as_text(value: object, what: str) -> str:
    if type(value) is not str or not value:
        raise MalformedError(f"{what} is not text")
    return value
