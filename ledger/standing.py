"""Standing: who may sign and post what, as of an index (FORMATS §1, genesis, keys, mandates).

A fold over the open entries of a log. The append transaction asks it before an entry is written,
replay asks it when the entry is read: one set of rules for both. Which *role* a type needs is the
evidence registry's matter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger import commitment, ed25519, jwk, jws
from ledger.anchor import AnchorTarget
from ledger.entry import Open
from ledger.errors import VerificationError
from ledger.governance import (
    AuditReport,
    DeviceRegistration,
    Erasure,
    Genesis,
    KeyRegistration,
    KeyRevocation,
    LogKey,
    Mandate,
    check_members,
)
from ledger.note import VerifierKey
from ledger.statement import Statement
from ledger.subject import kind as kind_of
from ledger.subject_index import SubjectIndex

MACHINES: Final = frozenset({"device", "gateway", "camera"})
"""Kinds of issuers whose owner speaks for them."""

Verifier = Callable[[bytes, bytes, bytes], None]
"""`(public key, signature, message)`; raises VerificationError."""


@dataclass(slots=True)
class Key:
    """A key of the log: who holds it, and from and until which index it counts.

    Valid for an entry at i if `registered_at` < i and not `revoked_at` < i.
    """

    party: str
    public_key: bytes
    registered_at: int
    by_authority: bool
    revoked_at: int | None = None

    def valid_at(self, index: int) -> bool:
        """Whether an entry at `index` may be signed with it."""
        return self.registered_at < index and not (
            self.revoked_at is not None and self.revoked_at < index
        )


@dataclass(slots=True)
class LogKeySpan:
    """A key of the log: from and until which `log-key` record (index) it signs checkpoints.

    The checkpoint of size k + 1, where k is the index of a `log-key` record, bears both keys'
    signatures; above it the old key counts for nothing.
    """

    key: VerifierKey
    since: int
    until: int | None = None


class Standing:
    """Keys, authorities, mandates, owners, targets and log keys after some entries."""

    def __init__(self, *, verify: Verifier = ed25519.verify) -> None:
        """Empty, before genesis.

        Args:
            verify: checks statements' signatures; an audit that checks them apart passes a function
                that only remembers them.
        """
        self.genesis: Genesis | None = None
        self.ledger = b""
        self.operator = ""
        self.keys: dict[str, Key] = {}
        self.keys_of: dict[str, list[Key]] = {}
        self.authorities: set[str] = set()
        self.mandates: dict[tuple[str, str], list[Mandate]] = {}
        self.owners: dict[str, str] = {}
        self.gateways: dict[str, str] = {}
        self.targets: list[tuple[int, AnchorTarget]] = []
        self.log_keys: list[LogKeySpan] = []
        self._verify = verify

    def valid_key(self, party: str, index: int) -> Key | None:
        """Some key of `party` with which an entry at `index` could be signed."""
        for key in self.keys_of.get(party, ()):
            if key.valid_at(index):
                return key
        return None

    def log_keys_at(self, size: int) -> list[VerifierKey]:
        """The keys that must all have signed the checkpoint of `size`."""
        return [
            span.key
            for span in self.log_keys
            if span.since < size and (span.until is None or size <= span.until + 1)
        ]

    def check_submitter(self, statement: Statement, submitter: str, logged_at: str) -> None:
        """Check that `submitter` may bring this statement at this time.

        Raises:
            VerificationError: it is not the issuer, and no mandate covers it.
        """
        issuer = statement.issuer
        if submitter != issuer and not any(
            mandate.covers(issuer, submitter, statement.type, logged_at)
            for mandate in self.mandates.get((issuer, submitter), ())
        ):
            raise VerificationError(
                f"no mandate lets {submitter} post {statement.type} for {issuer}"
            )

    def check_signature(self, statement: Statement, signature: str | None, index: int) -> None:
        """Check the issuer's signature for an entry at `index`.

        Raises:
            MalformedError: the signature is no JWS of ours.
            VerificationError: it is null although the issuer has a valid key, its key is unknown,
                not valid here or another party's, or it does not hold.
        """
        if signature is None:
            valid = self.valid_key(statement.issuer, index)
            if valid is not None:
                raise VerificationError(
                    f"{statement.issuer} has a valid key and must sign",
                    expected=f"a signature by {jwk.thumbprint(valid.public_key)}",
                    found="null",
                )
            return
        parsed = jws.parse(signature)
        key = self.keys.get(parsed.kid)
        if key is None or not key.valid_at(index):
            raise VerificationError(f"key {parsed.kid} is not registered and valid here")
        if key.party != statement.issuer:
            raise VerificationError(
                f"key {parsed.kid} is another party's", expected=statement.issuer, found=key.party
            )
        message = jws.signing_input(parsed.header, statement.to_bytes())
        self._verify(key.public_key, parsed.signature, message)

    def may_correct(self, issuer: str, target: Statement) -> bool:
        """Whether `issuer` may correct `target`: as its issuer, or as the owner of its device.

        Where no device-registration names the owner, the owner must be a subject of the record.
        """
        if issuer == target.issuer:
            return True
        if kind_of(target.issuer) not in MACHINES:
            return False
        owner = self.owners.get(target.issuer)
        return issuer == owner if owner is not None else issuer in target.subjects

    def check_open(
        self, statement: Statement, signature: str | None, opened: Open, index: int
    ) -> None:
        """Check an open entry before it is applied; the state stays as it is.

        Raises:
            MalformedError: the payload is not its type's.
            VerificationError: it does not give the statement's root, or this issuer may not say it.
        """
        commit = commitment.commit(opened.payload, opened.seed, statement.id)
        if (commit.root, commit.fields) != (statement.payload_root, statement.payload_fields):
            raise VerificationError(
                "the open payload does not give the statement's root",
                expected=statement.payload_root.hex(),
                found=commit.root.hex(),
            )
        if statement.type_version != 1:
            raise VerificationError(
                f"{statement.type} of an unknown version: a newer program is needed",
                expected="1",
                found=str(statement.type_version),
            )
        payload = opened.payload
        match statement.type:
            case "genesis":
                Genesis.of_json(payload)
            case "key-registration":
                self._check_registration(statement, signature, payload)
            case "key-revocation":
                self._check_revocation(statement, signature, payload)
            case "mandate":
                mandate = Mandate.of_json(payload)
                if mandate.principal != statement.issuer:
                    raise VerificationError(
                        "a mandate is given by its principal",
                        expected=mandate.principal,
                        found=statement.issuer,
                    )
            case "anchor-target":
                AnchorTarget.of_json(payload)
                if not self.is_authority(statement.issuer, signature):
                    raise VerificationError(
                        f"an anchor target is signed by an authority, not by {statement.issuer}"
                    )
            case "log-key":
                self._check_log_key(statement, payload)
            case "subject-index":
                if SubjectIndex.of_json(payload).size > index:
                    raise VerificationError(
                        "a subject-index covers only entries before itself",
                        expected=f"size of at most {index}",
                        found=str(payload["size"]),
                    )
            case "device-registration":
                DeviceRegistration.of_json(payload)
            case "erasure":
                Erasure.of_json(payload)
                if not any(link.rel == "erases" for link in statement.links):
                    raise VerificationError("an erasure says which record it erases")
                # Where genesis is not shown, nobody knows who the operator is.
                if self.genesis is not None and not self.may_erase(statement.issuer, signature):
                    raise VerificationError(
                        "an erasure is posted by the operator or signed by an authority, not by "
                        f"{statement.issuer}"
                    )
            case "audit-report":
                AuditReport.of_json(payload)
            case kind:
                check_members(kind, payload)

    def apply(
        self,
        statement: Statement,
        signature: str | None,
        opened: Open,
        index: int,
        leaf_hash: bytes,
    ) -> None:
        """Take in an open entry that `check_open` let pass."""
        payload = opened.payload
        match statement.type:
            case "genesis":
                self._found(statement, Genesis.of_json(payload), leaf_hash)
            case "key-registration":
                registration = KeyRegistration.of_json(payload)
                vouched = self.is_authority(statement.issuer, signature)
                self._add_key(
                    Key(registration.party, registration.public_key, index, by_authority=vouched)
                )
            case "key-revocation":
                key = self.keys[KeyRevocation.of_json(payload).kid]
                if key.revoked_at is None:
                    key.revoked_at = index
            case "mandate":
                mandate = Mandate.of_json(payload)
                between = (mandate.principal, mandate.submitter)
                self.mandates.setdefault(between, []).append(mandate)
            case "anchor-target":
                self.targets.append((index, AnchorTarget.of_json(payload)))
            case "log-key":
                change = LogKey.of_json(payload)
                for span in self.log_keys:
                    if span.key == change.old and span.until is None:
                        span.until = index
                self.log_keys.append(LogKeySpan(change.new, index))
            case "device-registration":
                device = DeviceRegistration.of_json(payload)
                self.owners[device.device] = device.owner
                if device.gateway is not None:
                    self.owners[device.gateway] = device.owner
                    self.gateways[device.device] = device.gateway

    def is_authority(self, issuer: str, signature: str | None) -> bool:
        """Whether a signature, verified elsewhere, is by a key that genesis itself names."""
        if signature is None or issuer not in self.authorities:
            return False
        key = self.keys.get(jws.parse(signature).kid)
        return key is not None and key.registered_at == 0 and key.party == issuer

    def may_erase(self, issuer: str, signature: str | None) -> bool:
        """Whether `issuer` may have contents destroyed: the operator, its `~admin`, an authority.

        Not the record's own issuer, who would destroy what speaks against it.
        """
        own = (self.operator, f"{self.operator}~admin")
        return issuer in own or self.is_authority(issuer, signature)

    def _found(self, statement: Statement, genesis: Genesis, leaf_hash: bytes) -> None:
        self.genesis = genesis
        self.ledger = leaf_hash
        self.operator = statement.issuer
        for authority in genesis.authorities:
            self._add_key(Key(authority.party, authority.public_key, 0, by_authority=True))
            self.authorities.add(authority.party)
        self.log_keys = [LogKeySpan(key, 0) for key in genesis.vkeys]
        if genesis.anchor_target is not None:
            self.targets.append((0, genesis.anchor_target))

    def _check_registration(
        self, statement: Statement, signature: str | None, payload: object
    ) -> None:
        registration = KeyRegistration.of_json(payload)
        _need_subjects(statement, registration.party, f"key:{registration.kid}")
        if registration.kid in self.keys:
            raise VerificationError(f"key {registration.kid} is registered already")
        registration.verify_possession(self.ledger)
        vouched = self.is_authority(statement.issuer, signature)
        if not vouched and kind_of(statement.issuer) != "operator":
            raise VerificationError(
                f"a key is registered by an authority or the operator, not by {statement.issuer}"
            )

    def _check_revocation(
        self, statement: Statement, signature: str | None, payload: object
    ) -> None:
        revocation = KeyRevocation.of_json(payload)
        _need_subjects(statement, f"key:{revocation.kid}")
        key = self.keys.get(revocation.kid)
        if key is None:
            raise VerificationError(f"key {revocation.kid} is not registered")
        if not self.is_authority(statement.issuer, signature) and (
            signature is None or statement.issuer != key.party
        ):
            raise VerificationError(
                f"a revocation is signed by {key.party} or an authority, not by {statement.issuer}"
            )

    def _check_log_key(self, statement: Statement, payload: object) -> None:
        change = LogKey.of_json(payload)
        if kind_of(statement.issuer) != "operator":
            raise VerificationError(
                f"the log's key is changed by the operator, not by {statement.issuer}"
            )
        if change.new in [span.key for span in self.log_keys]:
            raise VerificationError("log-key: the new key was the log's before")
        if change.old not in [span.key for span in self.log_keys if span.until is None]:
            raise VerificationError("log-key: the old key is not the log's")
        change.verify(self.ledger)

    def _add_key(self, key: Key) -> None:
        self.keys[jwk.thumbprint(key.public_key)] = key
        self.keys_of.setdefault(key.party, []).append(key)


def _need_subjects(statement: Statement, *wanted: str) -> None:
    for name in wanted:
        if name not in statement.subjects:
            raise VerificationError(f"{statement.type} lacks the subject {name}")
