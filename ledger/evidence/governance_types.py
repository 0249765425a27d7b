"""Governance: who may post which open record, and why it is there (EVIDENCE §2)."""

from collections.abc import Mapping
from typing import Final

from ledger.evidence import governance_models as models
from ledger.evidence.definition import ANY_TYPE, EvidenceType
from ledger.evidence.examples import governance as examples

OPERATOR: Final = frozenset({"operator"})
ADMIN: Final = frozenset({"operator", "admin"})


def _type(
    name: str,
    model: type[models.Open],
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
        "genesis", models.Genesis, OPERATOR,
        "Entry 0 says what the log is, and whose keys vouch for others.",
        "第 0 条记录：账本的名称、密钥与授权机构。",
    ),
    _type(
        "anchor-target", models.AnchorTarget, frozenset({"authority"}),
        "An authority names a further contract that anchors the log; none is ever replaced.",
        "授权机构追加锚定合约，只增不替。",
    ),
    _type(
        "log-key", models.LogKey, OPERATOR,
        "The log's key is replaced; both keys sign.",
        "更换账本密钥，新旧密钥均须签名。",
    ),
    _type(
        "mandate", models.Mandate, frozenset({"principal"}),
        "An issuer lets somebody else post for it; for the wall that counts as a role.",
        "授权他人代为提交；计入“管钱不管物”的角色判断。",
        bound_field="principal",
    ),
    _type(
        "party-registration", models.PartyRegistration, ADMIN,
        "A party becomes known by name, a sole trader without.",
        "登记主体；个体工商户不公开名称。",
    ),
    _type(
        "role-grant", models.RoleGrant, ADMIN,
        "A role is given or taken; nobody ever gets the roles of two sides (管钱不管物).",
        "授予或收回角色；任何主体不得跨侧任职。",
    ),
    _type(
        "key-registration", models.KeyRegistration, frozenset({"operator", "authority"}),
        "A party's key, which has itself signed for it; an authority vouches for it.",
        "登记主体密钥，须附持有证明，由授权机构担保。",
    ),
    _type(
        "key-revocation", models.KeyRevocation, frozenset({"authority", "key-holder"}),
        "A key counts no longer; its holder or an authority says so.",
        "密钥作废，由持有者或授权机构声明。",
    ),
    _type(
        "device-registration", models.DeviceRegistration, ADMIN,
        "A device gets an owner, for whom it speaks from now on.",
        "登记设备及其所有者、网关。",
        known={"kind": ("scale", "cabinet", "thermometer", "morning-checker", "camera")},
    ),
    _type(
        "policy", models.Policy, ADMIN,
        "Thresholds, weights and deadlines are versioned data, never code.",
        "阈值、权重与期限以版本化规则公布。",
    ),
    _type(
        "erasure", models.Erasure, frozenset({"operator", "authority"}),
        "What was erased, and why; the proofs of everything else stay whole.",
        "删除个人数据并说明理由，其余证明不受影响。",
        links={"erases": (ANY_TYPE,)},
        required_links=frozenset({"erases"}),
        known={
            "reason_code": (
                "data-subject-request", "guardian-request", "consent-withdrawn",
                "purpose-fulfilled", "retention-expired", "service-ended",
                "unlawful-processing", "not-needed", "court-order", "authority-order",
            )
        },
    ),
    _type(
        "access-denied", models.AccessDenied, OPERATOR,
        "Attempts across the wall stay visible, counted by party, type and hour.",
        "越权尝试按主体、类型、小时计数留痕。",
    ),
    _type(
        "subject-index", models.SubjectIndex, OPERATOR,
        "Commits to every subject's history, so that a gap can be proven.",
        "对全部主体历史作承诺，可证明有无缺失。",
    ),
    _type(
        "audit-report", models.AuditReport, frozenset({"auditor"}),
        "An auditor has recomputed the subject index it cites.",
        "审计方重新计算所引主体索引的结论。",
        links={"cites": ("subject-index",)},
        required_links=frozenset({"cites"}),
    ),
    _type(
        "backup-receipt", models.BackupReceipt, OPERATOR,
        "Somebody else holds a copy of the log up to this size.",
        "保管方持有截至该长度的账本副本。",
    ),
)  # fmt: skip
