"""What the append transaction refuses, whoever posts it: sizes, ids, documents, blobs, links, batches.

What a party may say is `ledger.evidence.rights`, what is there already `storage.lookups`.
"""

import hmac
from typing import Final

from ledger import entry as entry_format
from ledger.entry import OPEN_TYPES
from ledger.errors import Fault, RefusedError
from ledger.evidence import catalogue, corrections
from ledger.evidence.draft import Draft
from ledger.evidence.registry import Registry
from ledger.governance import Erasure
from ledger.oversight import taking_back
from ledger.replay import MUST_EXIST
from ledger.standing import Standing
from ledger.statement import Link
from storage.lookups import Known, Lookups
from storage.sealing import content_mac

_SURELY_SMALL: Final = 40_000
"""Bytes of statement and payload below which no entry can be too large."""


def check_size(draft: Draft) -> None:
    """Refuse, before anything is looked up, what could outgrow an entry (FORMATS §1).

    Raises:
        RefusedError: too-large.
    """
    statement = draft.statement
    if len(statement.to_bytes()) + len(draft.payload) < _SURELY_SMALL:
        return
    size = entry_format.size_bound(statement, draft.signature, draft.submitter, draft.opened)
    if size > entry_format.MAX_SIZE:
        raise refused(
            "too-large", "", "entry-too-large",
            f"the record's entry may have {size} bytes, the most is {entry_format.MAX_SIZE}; "
            "split the document",
            f"该记录的条目可达 {size} 字节，上限为 {entry_format.MAX_SIZE}；请拆分单据",
        )  # fmt: skip


def check_same(draft: Draft, known: Known) -> None:
    """A known id: the same content is a retry, any other a conflict.

    Raises:
        RefusedError: erased, or id-conflict, which shows nothing of another party's record.
    """
    if known.submitter == draft.submitter:
        if known.seed is None:
            raise refused(
                "erased", "/id", "erased",
                "this record was erased; its content cannot be compared any more, so do not post it again",
                "该记录已被清除，无法再比对内容，请勿再次提交",
                record=draft.statement.id,
            )  # fmt: skip
        same_seed = not draft.explicit_seed or draft.seed == known.seed
        mac = content_mac(known.seed, draft.content)
        if same_seed and hmac.compare_digest(mac, known.content_mac):
            return
    raise refused(
        "id-conflict", "/id", "id-conflict",
        "another record has this id; a retry repeats the first request exactly, and a new record "
        "takes a new id",
        "该编号已被其他记录使用；重试须与首次请求完全一致，新记录请使用新编号",
    )  # fmt: skip


def check_document(draft: Draft, lookups: Lookups) -> None:
    """Refuse a document that another record holds, unless this batch corrects that record.

    Raises:
        RefusedError: duplicate-document, naming the record.
    """
    if draft.document_key is None:
        return
    holder, _ = lookups.documents.get(lookups.mac("document", draft.document_key), (None, None))
    if holder is None or (
        holder in lookups.corrected
        and any(link.rel == "replaces" and link.id == holder for link in draft.statement.links)
    ):
        return
    names = catalogue.TYPES[draft.statement.type].document_key
    raise refused(
        "duplicate-document",
        "/payload",
        "duplicate-document",
        f"this document is recorded already as {holder}, with the same {', '.join(names)}; to "
        "change it, post a correction",
        f"该单据已登记为 {holder}（{'、'.join(names)} 相同）；如需更改，请提交更正",
        record=holder,
    )


def check_blobs(draft: Draft, lookups: Lookups) -> None:
    """Refuse a record that names a blob its submitter did not upload in full.

    Also one that must be new, and that its submitter used before: a photo proves one thing
    once. Whether others used it is not told, here or anywhere.

    Raises:
        RefusedError: missing-blob, one fault for each; rule-blocked.
    """
    faults = []
    for blob in draft.blobs:
        mac = lookups.mac("blob", blob.sha256)
        upload = lookups.uploads.get((mac, draft.submitter))
        if upload is None:
            faults.append(
                Fault(
                    "/blobs",
                    "missing-blob",
                    f"upload the {blob.role} {blob.sha256[:16]}… with POST /v1/blobs first",
                    f"请先用 POST /v1/blobs 上传 {blob.role} {blob.sha256[:16]}…",
                )
            )
        elif upload[2] != blob.size:
            faults.append(
                Fault(
                    "/blobs",
                    "size",
                    f"the {blob.role} has {upload[2]} bytes, not {blob.size}",
                    f"{blob.role} 为 {upload[2]} 字节，不是 {blob.size} 字节",
                )
            )
        elif blob.fresh and (mac, draft.submitter) in lookups.used and not _replaces(draft):
            raise refused(
                "rule-blocked",
                "/blobs",
                "used-before",
                f"the {blob.role} {blob.sha256[:16]}… was used before; take a new one",
                f"{blob.role} {blob.sha256[:16]}… 曾被使用，请重新拍摄",
            )
    if faults:
        raise RefusedError("missing-blob", faults)


def check_links(draft: Draft, lookups: Lookups, standing: Standing) -> None:
    """Refuse links to records that must exist, and to other statements than they pin down.

    Raises:
        RefusedError: missing-link, not-your-subject, rule-blocked, or schema where a record is
            replaced without its correction.
    """
    for link in draft.statement.links:
        if link.id is None:
            continue
        target = lookups.records.get(link.id)
        if target is None:
            if link.rel in MUST_EXIST:
                raise _missing(link, "does not exist; post it first", "不存在，请先提交")
            continue
        if link.sha256 is not None and link.sha256 != target.statement_sha256:
            raise _missing(
                link,
                "is another statement than sha256 says; give statement_sha256 of "
                f"GET /v1/records/{link.id}",
                f"与 sha256 不符；请给出 GET /v1/records/{link.id} 中的 statement_sha256",
            )
        if link.rel == "erases" and target.statement().type in OPEN_TYPES:
            raise refused(
                "rule-blocked",
                "/links",
                "open",
                f"record {link.id} stands in the open in the log; it cannot be erased",
                f"记录 {link.id} 在账本中公开，无法清除",
                record=link.id,
            )
        if link.rel == "replaces":
            corrections.check_replaced(draft, target.statement(), standing)
        if link.rel == "corrects" and not standing.may_correct(
            draft.statement.issuer, target.statement()
        ):
            raise refused(
                "not-your-subject",
                "/issuer",
                "not-yours",
                f"only {target.issuer} corrects record {link.id}",
                f"只有 {target.issuer} 可以更正记录 {link.id}",
                record=link.id,
            )
    blocked = lookups.blocked.get(draft.statement.id)
    if blocked is not None:
        raise blocked


def check_taken_back(draft: Draft, lookups: Lookups, registry: Registry) -> None:
    """Refuse to take back what only a regulator may: a freeze ends by its word alone.

    Raises:
        RefusedError: rule-blocked, one fault for each link or field.
    """
    said = draft.statement
    rel = taking_back.REL.get(said.type)
    if rel is None:
        return
    erasure = None if draft.opened is None else Erasure.of_json(draft.opened.payload)
    held = registry.roles(said.issuer)
    faults = [
        fault
        for target in lookups.targets(draft, rel)
        for fault in taking_back.faults(said, erasure, target.statement(), held)
    ]
    if faults:
        raise RefusedError("rule-blocked", faults)


def ends_its_transaction() -> RefusedError:
    """Of an atomic batch in which something stands behind a `log-key`."""
    return refused(
        "rule-blocked", "", "log-key",
        "not stored: a log-key record ends its transaction, so it stands last in an atomic batch",
        "未存储：log-key 记录结束其事务，在原子批次中须排在最后",
    )  # fmt: skip


def refused_with_others() -> RefusedError:
    """Of an atomic batch in which another record was refused."""
    return refused(
        "rule-blocked", "", "atomic",
        "not stored: another record of the same atomic batch was refused; mend that one, and send "
        "all again",
        "未存储：同一原子批次中的另一条记录被拒绝；请改正该条后整批重发",
    )  # fmt: skip


def refused(
    code: str, pointer: str, fault: str, en: str, zh: str, *, record: str | None = None
) -> RefusedError:
    """A refusal with one fault."""
    return RefusedError(code, [Fault(pointer, fault, en, zh, record)])


def _replaces(draft: Draft) -> bool:
    return any(link.rel == "replaces" for link in draft.statement.links)


def _missing(link: Link, en: str, zh: str) -> RefusedError:
    return refused(
        "missing-link",
        "/links",
        "missing-link",
        f"the record that this one {link.rel}, {link.id}, {en}",
        f"{link.rel} 所指的记录 {link.id} {zh}",
        record=link.id,
    )
