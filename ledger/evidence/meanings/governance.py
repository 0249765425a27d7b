"""Governance: the log itself, its parties, roles, keys and rules."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "genesis.name": (
        "The log's name, for people.",
        "账本名称。",
    ),
    "genesis.origin": (
        "The log's origin line, as its checkpoints begin.",
        "账本来源标识，即检查点首行。",
    ),
    "time_zone": (
        "IANA time zone in which civil dates are meant.",
        "民用日期所用的 IANA 时区。",
    ),
    "entries": (
        "Who may read entries: public, or restricted to those with the right.",
        "条目公开范围：public 公开、restricted 受限。",
    ),
    "successor_of": (
        "The last checkpoint of the log this one goes on from; null where there was none.",
        "所承接账本的最后检查点；没有则为 null。",
    ),
    "vkeys": (
        "The log's verification keys, as C2SP signed notes write them.",
        "账本验证公钥，C2SP 签名笔记格式。",
    ),
    "authorities": (
        "Parties whose keys vouch for the keys of others.",
        "为他人密钥作担保的授权机构。",
    ),
    "created_at": (
        "When the log was opened.",
        "账本创建时间。",
    ),
    "anchor_target": (
        "The contract that anchors the log; null where there is none yet.",
        "锚定合约；尚无则为 null。",
    ),
    "chain_id": (
        "The chain's EIP-155 number.",
        "链的 EIP-155 编号。",
    ),
    "genesis_hash": (
        "Hash of the chain's block 0.",
        "该链第 0 区块的哈希。",
    ),
    "contract": (
        "Address of the anchoring contract, in lower case.",
        "锚定合约地址（小写）。",
    ),
    "code_sha256": (
        "SHA-256 of the contract's runtime code, in hex.",
        "合约运行时代码的 SHA-256（十六进制）。",
    ),
    "registrant": (
        "The address that registered the log with the contract; the log's id there follows from it.",
        "在合约中登记账本的地址，账本编号由其得出。",
    ),
    "old_vkey": (
        "The key that has signed so far.",
        "原账本公钥。",
    ),
    "new_vkey": (
        "The key that signs from now on.",
        "新账本公钥。",
    ),
    "old_signature": (
        "The old key's signature over the change, base64url.",
        "原密钥对更换内容的签名（base64url）。",
    ),
    "new_signature": (
        "The new key's signature over the change, base64url.",
        "新密钥对更换内容的签名（base64url）。",
    ),
    "principal": (
        "In whose name records may be posted.",
        "委托方，即记录的名义提交方。",
    ),
    "submitter": (
        "Who may post them.",
        "受托方，即代为提交者。",
    ),
    "types": (
        "Record types that may be posted.",
        "可代为提交的记录类型。",
    ),
    "mandate.from": (
        "From when on it counts.",
        "生效时间。",
    ),
    "mandate.until": (
        "From when on it counts no longer.",
        "失效时间。",
    ),
    "party": (
        "The party.",
        "主体。",
    ),
    "party-registration.name": (
        "The party's name; null for a sole trader, whose name is a person's.",
        "主体名称；个体工商户为个人信息，填 null。",
    ),
    "role-grant.role": (
        "The role given or taken.",
        "授予或收回的角色。",
    ),
    "granted": (
        "true where the role is given, false where it is taken.",
        "true 授予，false 收回。",
    ),
    "jwk": (
        "The public key as a JWK.",
        "公钥（JWK）。",
    ),
    "jwk.crv": (
        "The curve, Ed25519.",
        "曲线，固定为 Ed25519。",
    ),
    "jwk.kty": (
        "The key's type, OKP.",
        "密钥类型，固定为 OKP。",
    ),
    "jwk.x": (
        "The public key's 32 bytes, base64url.",
        "公钥 32 字节（base64url）。",
    ),
    "possession": (
        "The new key's own signature over this registration, base64url.",
        "新密钥对本次登记的签名（base64url），证明持有私钥。",
    ),
    "kid": (
        "The key's RFC 7638 thumbprint.",
        "密钥的 RFC 7638 指纹。",
    ),
    "device": (
        "The device, gateway or camera.",
        "设备、网关或摄像头。",
    ),
    "owner": (
        "The party that owns it and for which it speaks.",
        "设备所有者，设备代表其提交记录。",
    ),
    "gateway": (
        "The gateway whose key signs for it; null where it signs itself.",
        "代为签名的网关；设备自行签名填 null。",
    ),
    "kind": (
        "What it is.",
        "设备类别。",
    ),
    "model": (
        "Maker and model.",
        "厂商与型号。",
    ),
    "serial": (
        "The maker's serial number.",
        "出厂编号。",
    ),
    "policy.name": (
        "Which set of rules.",
        "规则集名称。",
    ),
    "policy.version": (
        "The version, counted up from 1.",
        "版本号，自 1 递增。",
    ),
    "policy.rules": (
        "The thresholds, weights and deadlines themselves.",
        "阈值、权重与期限的具体内容。",
    ),
    "erasure.scope": (
        "Whether the whole record or some of its fields are erased.",
        "删除范围：record 整条、fields 部分字段。",
    ),
    "erasure.fields": (
        "The fields erased, with scope `fields` only.",
        "被删除的字段，仅在范围为 `fields` 时填写。",
    ),
    "erasure.reason_code": (
        "Why it was erased.",
        "删除原因。",
    ),
    "access-denied.type": (
        "The record type that was refused.",
        "被拒绝的记录类型。",
    ),
    "hour": (
        "The beginning of the hour that is counted.",
        "计数时段的整点。",
    ),
    "access-denied.count": (
        "How many attempts were refused in that hour.",
        "该小时内被拒绝的次数。",
    ),
    "subject-index.count": (
        "How many subjects there are.",
        "主体数量。",
    ),
    "subject-index.root": (
        "Merkle root over the heads of all subjects, in hex.",
        "全部主体头部的默克尔根（十六进制）。",
    ),
    "size": (
        "How many entries of the log it covers.",
        "所涵盖的账本条目数。",
    ),
    "audit-report.result": (
        "Whether the auditor got the same root: reproduced or not-reproduced.",
        "复算结论：reproduced 一致、not-reproduced 不一致。",
    ),
    "backup-receipt.root": (
        "Root of the log at that size, in hex.",
        "该长度下账本的根（十六进制）。",
    ),
    "custodian": (
        "Who keeps the copy.",
        "副本保管方。",
    ),
}
