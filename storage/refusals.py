"""What the append transaction refuses by itself, whoever posts it: sizes, ids, whole batches.

What a party may say is `ledger.evidence.rights`, what is there already `storage.lookups`.
"""

import hmac
from typing import Final

from ledger import entry as entry_format
from ledger.errors import RefusedError
from ledger.evidence.draft import Draft
from storage.lookups import Known, refused
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


def ends_its_transaction() -> RefusedError:
    """Of an atomic batch in which something stands behind a `log-key`."""
    return refused(
        "rule-blocked", "", "log-key",
        "not stored: a log-key record ends its transaction, so it stands last in an atomic batch",
        "未存储：log-key 记录结束其事务，在原子批次中须排在最后",
    )  # fmt: skip


def refused_with_others(result: tuple[Known, bool] | RefusedError) -> RefusedError:
    """What becomes of each draft of an atomic batch when one of them is refused."""
    if isinstance(result, RefusedError):
        return result
    return refused(
        "rule-blocked", "", "atomic",
        "not stored: another record of the same atomic batch was refused; mend that one, and send "
        "all again",
        "未存储：同一原子批次中的另一条记录被拒绝；请改正该条后整批重发",
    )  # fmt: skip
