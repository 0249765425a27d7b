"""Who may post what: the question asked of every draft at its place in the log (EVIDENCE §1).

In order: a role that may post the type, the bound field, the mandate, the signature, and for open
entries what they may do to keys, roles and mandates. The answer depends on the log below the
entry alone, so an audit asks the same.
"""

from typing import Final

from ledger import subject
from ledger.errors import Fault, MalformedError, RefusedError, VerificationError
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
            f"{error}; the issuer gives one with a record of type mandate",
            f"{draft.submitter} 未获 {statement.issuer} 授权提交 {statement.type}；"
            "请由其先提交 mandate",
        ) from error
    try:
        standing.check_signature(statement, draft.signature, index)
    except (VerificationError, MalformedError) as error:
        raise _refused(
            "signature",
            "/signature",
            str(error),
            f"签名不成立或缺失：{statement.issuer} 须用其有效密钥签名",
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
    wanted = ", ".join(sorted(draft.posters))
    has = ", ".join(sorted(held)) or "none"
    raise _refused(
        "forbidden-type",
        "/type",
        f"{statement.type} is posted by {wanted}; the roles of {issuer}: {has}",
        f"{statement.type} 只能由 {wanted} 提交；{issuer} 现有角色：{has}",
    )


def _check_bound(draft: Draft, bound: str, registry: Registry) -> None:
    issuer = draft.statement.issuer
    owner = registry.owner(issuer) if subject.kind(issuer) in MACHINES else None
    if speaks_for(issuer, bound) or (owner is not None and speaks_for(owner, bound)):
        return
    of_device = f", which {owner or 'nobody'} owns," if subject.kind(issuer) in MACHINES else ""
    raise _refused(
        "not-your-subject",
        "/payload",
        f"{issuer}{of_device} does not speak for {bound}",
        f"{issuer} 无权代表 {bound} 提交记录",
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
                f"{name} is not registered behind {issuer}",
                f"{name} 未登记在 {issuer} 之下",
            )


def _check_open(draft: Draft, registry: Registry, index: int) -> None:
    statement, opened = draft.statement, draft.opened
    assert opened is not None
    try:
        registry.check_open(statement, draft.signature, opened, index)
    except MalformedError as error:
        raise _refused("schema", "/payload", str(error), f"内容不符合 {statement.type}") from error
    except VerificationError as error:
        raise _refused(
            _OPEN_CODES.get(statement.type, "schema"),
            "/payload",
            str(error),
            f"{statement.type} 与账本中已有的记录不符，或提交者无此权限",
        ) from error


def _refused(code: str, pointer: str, en: str, zh: str) -> RefusedError:
    return RefusedError(code, [Fault(pointer, code, en, zh)])
