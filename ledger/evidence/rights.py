"""Who may post what: the question asked of every draft at its place in the log (EVIDENCE §1).

In order: a role that may post the type, the bound field, the mandate, the signature, and for open
entries what they may do to keys, roles and mandates. The answer depends on the log below the
entry alone, so an audit asks the same.
"""

from typing import Final

from ledger import subject
from ledger.errors import Fault, MalformedError, RefusedError, VerificationError
from ledger.evidence import catalogue
from ledger.evidence.draft import Draft
from ledger.evidence.registry import Registry
from ledger.evidence.subjects import speaks_for
from ledger.standing import MACHINES

ANYONE: Final = "anyone"
"""Among posters: every party that holds a role."""


_OPEN_CODES: Final = {
    "key-registration": "signature",
    "log-key": "signature",
    "key-revocation": "forbidden-type",
    "anchor-target": "forbidden-type",
    "erasure": "forbidden-type",
}
"""The refusal of an open entry that contradicts the log; `schema` where its type is not here."""

_DEMANDS_ZH: Final = {
    "key-registration": "公钥须未曾登记；占有证明由新密钥对本账本和该主体签名；由授权机构签名提交，"
    "或由运营方提交",
    "log-key": "由运营方提交；旧密钥须为账本现用密钥，新密钥须未曾用过，新旧密钥均须签名",
    "key-revocation": "公钥须已登记；由其持有方或授权机构签名提交",
    "anchor-target": "锚定目标须由授权机构签名提交",
    "erasure": "由运营方提交，或由授权机构签名提交，并以 erases 链接指明记录",
    "mandate": "授权须由委托方本人提交",
    "subject-index": "size 不得大于本记录自身的序号",
}
"""What each of these demands, in Chinese; the English sentence names the demand that failed."""

_MANDATES_TOLD: Final = 3
"""Most mandates that a refusal tells of, the newest."""


def check(draft: Draft, registry: Registry, *, index: int, logged_at: str) -> None:
    """Check that `draft` may become entry `index`, logged at that time (normal form).

    Raises:
        RefusedError: forbidden-type, not-your-subject, wall, signature, or schema where an open
            payload contradicts the log.
    """
    statement, standing = draft.statement, registry.standing
    _check_role(draft, registry)
    if draft.bound_party is not None:
        _check_bound(draft, draft.bound_party, registry)
    if draft.devices and subject.kind(statement.issuer) in MACHINES:
        _check_devices(draft, registry)
    try:
        standing.check_submitter(statement, draft.submitter, logged_at)
    except VerificationError as error:
        raise _refused(
            "forbidden-type",
            "/issuer",
            f"{error}; {_given(draft, registry, logged_at)}the issuer gives one with a record of "
            "type mandate",
            f"{draft.submitter} 未获 {statement.issuer} 授权提交 {statement.type}；"
            f"{_given(draft, registry, logged_at, chinese=True)}请由其先提交 mandate",
        ) from error
    try:
        standing.check_signature(statement, draft.signature, index)
    except (VerificationError, MalformedError) as error:
        raise _refused(
            "signature",
            "/signature",
            f"{error}; sign what POST /v1/records:prepare returns",
            f"签名不成立或缺失：{statement.issuer} 须用其有效密钥，对 POST /v1/records:prepare "
            "返回的内容签名",
        ) from error
    if draft.opened is not None:
        _check_open(draft, registry, index)


def _check_role(draft: Draft, registry: Registry) -> None:
    statement = draft.statement
    issuer = statement.issuer
    held = registry.roles(issuer)
    if held & draft.posters:
        return
    for poster in draft.posters:
        if poster == ANYONE and held:
            return
        if poster == "operator" and subject.kind(issuer) == "operator":
            return
        if poster == "authority" and issuer in registry.standing.authorities:
            return
        if poster in {"principal", "key-holder"}:
            return
    wanted, has = sorted(draft.posters), sorted(held)
    what_en, what_zh = "let one of these post it", "请由其提交"
    if issuer == draft.submitter and registry.principals(issuer):
        what_en = "name in issuer the party for which you post"
        what_zh = "代他人提交时，请在 issuer 中写明委托方"
    raise _refused(
        "forbidden-type",
        "/type",
        f"{statement.type} is posted by {', '.join(wanted)}; the roles of {issuer}: "
        f"{', '.join(has) or 'none'}; {what_en}",
        f"{statement.type} 只能由 {'、'.join(wanted)} 提交；{issuer} 现有角色："
        f"{'、'.join(has) or '无'}；{what_zh}",
    )


def _given(draft: Draft, registry: Registry, logged_at: str, *, chinese: bool = False) -> str:
    """What the mandates between the two allow, or allowed, where there are any."""
    between = draft.statement.issuer, draft.submitter
    said = []
    for mandate in registry.standing.mandates.get(between, ()):
        types = ", ".join(mandate.types)
        if mandate.from_ <= logged_at < mandate.until:
            said.append(f"现有授权只含 {types}" if chinese else f"the one in force is for {types}")
        else:
            term = f"{mandate.from_} – {mandate.until}"
            said.append(
                f"{types} 的授权期限为 {term}" if chinese else f"that for {types} holds {term}"
            )
    return "".join(one + ("；" if chinese else "; ") for one in said[-_MANDATES_TOLD:])


def _check_bound(draft: Draft, bound: str, registry: Registry) -> None:
    issuer = draft.statement.issuer
    owner = registry.owner(issuer) if subject.kind(issuer) in MACHINES else None
    if speaks_for(issuer, bound) or (owner is not None and speaks_for(owner, bound)):
        return
    name = catalogue.get(draft.statement.type, draft.statement.type_version).bound_field
    of_device, of_device_zh = "", ""
    if subject.kind(issuer) in MACHINES:
        of_device = f", which {owner or 'nobody'} owns,"
        of_device_zh = f"（所有者：{owner or '未登记'}）"
    raise _refused(
        "not-your-subject",
        f"/payload/{name}",
        f"{issuer}{of_device} does not speak for {bound}; name the issuer's own in {name}, or let "
        f"{bound} post it",
        f"{issuer}{of_device_zh}无权代表 {bound} 提交记录；{name} 应写提交方自己，或由 {bound} 提交",
    )


def _check_devices(draft: Draft, registry: Registry) -> None:
    """A machine speaks for itself and, as a gateway, for the devices registered behind it."""
    issuer = draft.statement.issuer
    for name in draft.devices:
        known = registry.device(name)
        if name != issuer and (known is None or known.issuer != issuer):
            raise _refused(
                "not-your-subject",
                "/payload",
                f"{name} is not registered behind {issuer}; ask the operator for a "
                "device-registration",
                f"{name} 未登记在 {issuer} 之下；请联系运营方登记（device-registration）",
            )


def _check_open(draft: Draft, registry: Registry, index: int) -> None:
    statement, opened = draft.statement, draft.opened
    assert opened is not None
    try:
        registry.check_open(statement, draft.signature, opened, index)
    except MalformedError as error:
        raise _refused(
            "schema",
            "/payload",
            str(error),
            f"内容不符合 {statement.type}；见 GET /v1/types/{statement.type}",
        ) from error
    except VerificationError as error:
        raise _refused(
            _OPEN_CODES.get(statement.type, "schema"),
            "/payload",
            str(error),
            _DEMANDS_ZH.get(
                statement.type, f"{statement.type} 与账本中已有的记录不符，或提交者无此权限"
            ),
        ) from error


def _refused(code: str, pointer: str, en: str, zh: str) -> RefusedError:
    return RefusedError(code, [Fault(pointer, code, en, zh)])
