"""Payloads of governance, which stand in the open (EVIDENCE §2, FORMATS §1).

Payloads are exact: no member is optional but where it says so, and none is added. What verification
rests on is parsed again by `ledger.governance`, so that no posted record is one an audit refuses.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints

from ledger import canonical, governance, jwk
from ledger.anchor import AnchorTarget as AnchorTargetParser
from ledger.errors import Fault, MalformedError
from ledger.evidence.faults import wrong
from ledger.evidence.fields import (
    Code,
    Count,
    Hex32,
    Machine,
    Maybe,
    Party,
    Positive,
    Text,
    Time,
)
from ledger.evidence.model import Form, Part, Said, breach
from ledger.evidence.roles import ROLES
from ledger.statement import TYPE
from ledger.subject_index import SubjectIndex as SubjectIndexParser

Address = Annotated[str, StringConstraints(pattern="^0x[0-9a-f]{40}$")]
ChainHash = Annotated[str, StringConstraints(pattern="^0x[0-9a-f]{64}$")]
Key = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{43}$")]
Signature = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{86}$")]
TypeName = Annotated[str, StringConstraints(pattern=f"^{TYPE.pattern}$")]
Note = Annotated[str, StringConstraints(min_length=1, max_length=8192)]


def _rules(value: dict[str, Any]) -> dict[str, Any]:
    try:
        canonical.serialise(value, max_depth=11)
    except MalformedError as error:
        raise wrong("not-canonical", str(error), "无法写成规范 JSON") from None
    return value


def _role(value: str) -> str:
    if value not in ROLES:
        listed = ", ".join(sorted(ROLES))
        raise wrong("not-listed", f"a role is one of {listed}", f"角色应为其中之一：{listed}")
    return value


Parsers = tuple[Callable[[object], object], ...]


class Open(Form):
    """A payload that the ledger's own parsers must take as well."""

    parsers: ClassVar[Parsers] = ()

    def rules(self, said: Said) -> Iterator[Fault]:  # noqa: ARG002 - parsers know no issuer
        """What the ledger's own parsers refuse."""
        for parse in self.parsers:
            try:
                parse(self.model_dump(exclude_unset=True, by_alias=True))
            except MalformedError as error:
                yield breach([], "malformed", str(error), "内容不符合账本格式")


class Jwk(Part):
    """An Ed25519 public key (RFC 8037)."""

    crv: Literal["Ed25519"]
    kty: Literal["OKP"]
    x: Key


class Authority(Part):
    """A party whose key vouches for other keys."""

    party: Party
    jwk: Jwk


class Target(Part):
    """A contract that anchors the log."""

    chain_id: Positive
    genesis_hash: ChainHash
    contract: Address
    code_sha256: Hex32
    registrant: Address


class Genesis(Open):
    """Entry 0: what the log is, its keys, and who vouches for the keys of others."""

    name: Text
    origin: Text
    time_zone: Text
    entries: Literal["public", "restricted"]
    successor_of: Note | None
    vkeys: Annotated[list[Text], Field(min_length=1, max_length=16)]
    authorities: Annotated[list[Authority], Field(max_length=64)]
    created_at: Time
    anchor_target: Target | None

    parsers: ClassVar[Parsers] = (governance.Genesis.of_json,)


class AnchorTarget(Open, Target):
    """A further contract; anchors count there from now on too."""

    parsers: ClassVar[Parsers] = (AnchorTargetParser.of_json,)


class LogKey(Open):
    """The log's key replaced; the old and the new one have both signed that."""

    old_vkey: Text
    new_vkey: Text
    old_signature: Signature
    new_signature: Signature

    parsers: ClassVar[Parsers] = (governance.LogKey.of_json,)


class PartyRegistration(Open):
    """A party becomes known; a sole trader's name is not told."""

    party: Party
    name: Text | None

    def own_subjects(self) -> Iterable[str]:
        """The party."""
        return (self.party,)


class RoleGrant(Open):
    """A party gets a role, or loses it; nobody ever gets the roles of two sides."""

    party: Party
    role: Annotated[
        str, AfterValidator(_role), Field(json_schema_extra={"enum": list[Any](sorted(ROLES))})
    ]
    granted: bool

    def own_subjects(self) -> Iterable[str]:
        """The party."""
        return (self.party,)


class KeyRegistration(Open):
    """A party's key; `possession` is that key's signature over the registration."""

    party: Party
    jwk: Jwk
    possession: Signature

    parsers: ClassVar[Parsers] = (governance.KeyRegistration.of_json,)

    def own_subjects(self) -> Iterable[str]:
        """The party and the key."""
        yield self.party
        try:
            yield f"key:{jwk.thumbprint(jwk.parse(self.jwk.model_dump()))}"
        except MalformedError:
            return  # the rules refuse it


class KeyRevocation(Open):
    """A key counts no longer."""

    kid: Key
    reason: Text

    parsers: ClassVar[Parsers] = (governance.KeyRevocation.of_json,)

    def own_subjects(self) -> Iterable[str]:
        """The key."""
        return (f"key:{self.kid}",)


class Mandate(Open):
    """The principal lets the submitter post records of these types in its name."""

    principal: Party
    submitter: Party
    types: Annotated[list[TypeName], Field(min_length=1, max_length=128)]
    from_: Annotated[Time, Field(alias="from")]
    until: Time

    parsers: ClassVar[Parsers] = (governance.Mandate.of_json,)

    def rules(self, said: Said) -> Iterator[Fault]:
        """It begins before it ends, and is not given to oneself."""
        yield from super().rules(said)
        if self.until <= self.from_:
            yield breach(["until"], "period", "until is not after from", "until 应晚于 from")
        if self.submitter == self.principal:
            yield breach(
                ["submitter"],
                "same-party",
                "nobody needs a mandate of its own",
                "委托方与受托方不得相同",
            )

    def own_subjects(self) -> Iterable[str]:
        """Both parties."""
        return (self.principal, self.submitter)


class DeviceRegistration(Open):
    """A device, its owner, and the gateway whose key signs for it."""

    device: Machine
    owner: Party
    gateway: Machine | None
    kind: Code
    model: Text
    serial: Text

    parsers: ClassVar[Parsers] = (governance.DeviceRegistration.of_json,)

    def own_subjects(self) -> Iterable[str]:
        """The device, its owner and its gateway."""
        return (name for name in (self.device, self.owner, self.gateway) if name is not None)


class Policy(Open):
    """Thresholds, weights and deadlines by which findings are computed."""

    name: Code
    version: Positive
    rules_: Annotated[dict[str, Any], AfterValidator(_rules), Field(alias="rules")]

    def rules(self, said: Said) -> Iterator[Fault]:
        """What a rule family of this name can read; a name that no family has is free."""
        # Rule families know the types of evidence, so they are looked up only here.
        from ledger.oversight.families import FAMILIES  # noqa: PLC0415
        from ledger.oversight.policies import check  # noqa: PLC0415

        yield from super().rules(said)
        for family in FAMILIES:
            for path in check(self.rules_, family.defaults) if family.name == self.name else ():
                yield breach(
                    ["rules", *path],
                    "not-a-rule",
                    f"{'.'.join(path)} is nothing that {family.name} reads, or of another kind; "
                    f"`mealtrace policies show {family.name}` prints all of it",
                    f"{family.name} 规则中没有 {'.'.join(path)}，或其类型不符；"
                    f"`mealtrace policies show {family.name}` 可输出全部规则",
                )


class Erasure(Open):
    """The keys of a record, or of some of its fields, are destroyed."""

    scope: Literal["record", "fields"]
    fields_: Maybe[Annotated[list[Text], Field(min_length=1, max_length=256)]] = Field(
        None, alias="fields"
    )
    reason_code: Code

    parsers: ClassVar[Parsers] = (governance.Erasure.of_json,)


class AccessDenied(Open):
    """How often a party was refused a type within an hour."""

    party: Party
    type: TypeName
    hour: Time
    count: Positive

    def rules(self, said: Said) -> Iterator[Fault]:
        """The hour is a whole one."""
        yield from super().rules(said)
        if not self.hour.endswith(":00:00.000Z"):
            yield breach(["hour"], "whole-hour", "an hour begins at :00:00.000Z", "应为整点时刻")

    def own_subjects(self) -> Iterable[str]:
        """The party."""
        return (self.party,)


class SubjectIndex(Open):
    """Root over the heads of all subjects' chains in the first `size` entries."""

    count: Count
    root: Hex32
    size: Positive

    parsers: ClassVar[Parsers] = (SubjectIndexParser.of_json,)


class AuditReport(Open):
    """An auditor has recomputed the subject index that it cites."""

    result: Literal["reproduced", "not-reproduced"]
    size: Positive

    parsers: ClassVar[Parsers] = (governance.AuditReport.of_json,)


class BackupReceipt(Open):
    """A custodian holds a copy of the log up to this size."""

    size: Positive
    root: Hex32
    custodian: Text
