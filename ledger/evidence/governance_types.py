"""Governance: records whose payload stands in the open (EVIDENCE §2, FORMATS §1).

Payloads are exact: no member is optional but where it says so, and none is added. What verification
rests on is parsed again by `ledger.governance`, so that no posted record is one an audit refuses.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from ledger import canonical, governance, jwk
from ledger.anchor import AnchorTarget as AnchorTargetParser
from ledger.errors import Fault, MalformedError
from ledger.evidence.definition import EvidenceType
from ledger.evidence.examples import governance as examples
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

OPERATOR: Final = frozenset({"operator"})
ADMIN: Final = frozenset({"operator", "admin"})


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


def _type(
    name: str,
    model: type[Open],
    posters: frozenset[str],
    rule_en: str,
    rule_zh: str,
    *,
    bound_field: str | None = None,
    links: Mapping[str, tuple[str, ...]] | None = None,
    required_links: frozenset[str] = frozenset(),
    known: Mapping[str, tuple[str, ...]] | None = None,
) -> EvidenceType:
    constant = name.replace("-", "_").upper()
    return EvidenceType(
        name=name,
        family="governance",
        model=model,
        rule_en=rule_en,
        rule_zh=rule_zh,
        posters=posters,
        open=True,
        bound_field=bound_field,
        links=links or {},
        required_links=required_links,
        known=known or {},
        example=getattr(examples, constant),
        refused=getattr(examples, f"{constant}_REFUSED"),
    )


TYPES: Final = (
    _type(
        "genesis", Genesis, OPERATOR,
        "Entry 0 says what the log is, and whose keys vouch for others.",
        "第 0 条记录：账本的名称、密钥与授权机构。",
    ),
    _type(
        "anchor-target", AnchorTarget, frozenset({"authority"}),
        "An authority names a further contract that anchors the log; none is ever replaced.",
        "授权机构追加锚定合约，只增不替。",
    ),
    _type(
        "log-key", LogKey, OPERATOR,
        "The log's key is replaced; both keys sign.",
        "更换账本密钥，新旧密钥均须签名。",
    ),
    _type(
        "mandate", Mandate, frozenset({"principal"}),
        "An issuer lets somebody else post for it; for the wall that counts as a role.",
        "授权他人代为提交；计入“管钱不管物”的角色判断。",
        bound_field="principal",
    ),
    _type(
        "party-registration", PartyRegistration, ADMIN,
        "A party becomes known by name, a sole trader without.",
        "登记主体；个体工商户不公开名称。",
    ),
    _type(
        "role-grant", RoleGrant, ADMIN,
        "A role is given or taken; nobody ever gets the roles of two sides (管钱不管物).",
        "授予或收回角色；任何主体不得跨侧任职。",
    ),
    _type(
        "key-registration", KeyRegistration, frozenset({"operator", "authority"}),
        "A party's key, which has itself signed for it; an authority vouches for it.",
        "登记主体密钥，须附持有证明，由授权机构担保。",
    ),
    _type(
        "key-revocation", KeyRevocation, frozenset({"authority", "key-holder"}),
        "A key counts no longer; its holder or an authority says so.",
        "密钥作废，由持有者或授权机构声明。",
    ),
    _type(
        "device-registration", DeviceRegistration, ADMIN,
        "A device gets an owner, for whom it speaks from now on.",
        "登记设备及其所有者、网关。",
        known={"kind": ("scale", "cabinet", "thermometer", "morning-checker", "camera")},
    ),
    _type(
        "policy", Policy, ADMIN,
        "Thresholds, weights and deadlines are versioned data, never code.",
        "阈值、权重与期限以版本化规则公布。",
    ),
    _type(
        "erasure", Erasure, OPERATOR,
        "What was erased, and why; the proofs of everything else stay whole.",
        "删除个人数据并说明理由，其余证明不受影响。",
        links={"erases": ("*",)},
        required_links=frozenset({"erases"}),
        known={"reason_code": ("data-subject-request", "retention-expired", "court-order")},
    ),
    _type(
        "access-denied", AccessDenied, OPERATOR,
        "Attempts across the wall stay visible, counted by party, type and hour.",
        "越权尝试按主体、类型、小时计数留痕。",
    ),
    _type(
        "subject-index", SubjectIndex, OPERATOR,
        "Commits to every subject's history, so that a gap can be proven.",
        "对全部主体历史作承诺，可证明有无缺失。",
    ),
    _type(
        "audit-report", AuditReport, frozenset({"auditor"}),
        "An auditor has recomputed the subject index it cites.",
        "审计方重新计算所引主体索引的结论。",
        links={"cites": ("subject-index",)},
        required_links=frozenset({"cites"}),
    ),
    _type(
        "backup-receipt", BackupReceipt, OPERATOR,
        "Somebody else holds a copy of the log up to this size.",
        "保管方持有截至该长度的账本副本。",
    ),
)  # fmt: skip
