"""What a check says to people, in English and Chinese: a table, so that a twin can carry it over.

Three phrases are fixed (tests/vectors): `according to the log`, `key vouched for by the operator
only`, and `this proves nothing to others`. They stand where the vectors want them, nowhere else.
"""

from typing import Final

from ledger.verdict import Check, State

LONGEST: Final = 600
"""Characters of the longest value in a sentence."""

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "not-reached": (
        "Not checked: the check “{name}” failed before it.",
        "未检查：前面的检查“{name}”没有通过。",
    ),
    # entry-form
    "entry-form/pass": (
        "The record is written exactly as the log's format demands and belongs to log {ledger}.",
        "该记录完全符合账本格式，属于账本 {ledger}。",
    ),
    "entry-form/fail-form": (
        "The record is not written as the log's format demands: {reason_en}.",
        "该记录不符合账本格式：{reason_zh}。",
    ),
    "entry-form/fail-genesis": (
        "Only the entry at index 0 opens a log: expected {expected} at index {index}, found {found}.",
        "只有序号 0 的条目是创世条目：序号 {index} 处应为 {expected}，实为 {found}。",
    ),
    "entry-form/fail-ledger": (
        "The record belongs to another log than the one your policy names: {reason_en}.",
        "该记录属于另一个账本，不是您的策略所指的账本：{reason_zh}。",
    ),
    "entry-form/fail-support": (
        "The supporting entry {place} of the file is not what it must be: {reason_en}.",
        "文件中的第 {place} 个佐证条目不合格：{reason_zh}。",
    ),
    "entry-form/fail-too-many": (
        "The file holds too many supporting entries: expected at most {expected}, found {found}.",
        "文件中的佐证条目过多：最多 {expected} 个，实有 {found} 个。",
    ),
    # payload-commitment
    "payload-commitment/pass-open": (
        "The record's contents stand in the log itself and match its commitment.",
        "该记录的内容公开写在账本中，与其承诺一致。",
    ),
    "payload-commitment/pass": (
        "Every value shown ({shown} of {total} fields) is what was committed to in the log.",
        "所披露的每个值（共 {total} 个字段，披露 {shown} 个）都与账本中的承诺一致。",
    ),
    "payload-commitment/erased": (
        "The contents were erased; the erasure record at index {index} says so.",
        "内容已被删除，序号 {index} 的删除记录说明了此事。",
    ),
    "payload-commitment/not-checked": (
        "None of the contents are shown, and no erasure record of the whole record explains why.",
        "未披露任何内容，也没有整条记录的删除记录说明原因。",
    ),
    "payload-commitment/fail": (
        "What is shown is not what was committed to in the log: {reason_en}.",
        "所披露的内容与账本中的承诺不符：{reason_zh}。",
    ),
    # blob-digests
    "blob-digests/pass-none": (
        "The record names no photos or files.",
        "该记录没有附带照片或文件。",
    ),
    "blob-digests/pass": (
        "All {count} photos and files named by the record are at hand and unchanged.",
        "记录所列的 {count} 个照片或文件均已核对，未被改动。",
    ),
    "blob-digests/erased": (
        "The names of photos and files were erased together with the contents.",
        "照片和文件的名录已随内容一并删除。",
    ),
    "blob-digests/not-checked-withheld": (
        "The list of photos and files is not shown, so none could be compared.",
        "未披露照片和文件的名录，无法核对。",
    ),
    "blob-digests/not-checked": (
        "{missing} of {count} photos and files named by the record are not at hand.",
        "记录所列的 {count} 个照片或文件中，有 {missing} 个不在手边，未核对。",
    ),
    "blob-digests/fail-size": (
        "The file {digest}… has another size: expected {expected} bytes, found {found}.",
        "文件 {digest}… 的大小不符：应为 {expected} 字节，实为 {found} 字节。",
    ),
    "blob-digests/fail-file": (
        "A file was given that the record does not name: expected {expected}, found {found}….",
        "提供的文件不在记录所列之中：应为 {expected}，实为 {found}…。",
    ),
    "blob-digests/fail-href": (
        "The bundle offers a file that the record does not name: expected {expected}, found {found}….",
        "证据包给出的文件链接不在记录所列之中：应为 {expected}，实为 {found}…。",
    ),
    "blob-digests/fail-form": (
        "The bundle's list of files cannot be read: {reason_en}.",
        "证据包的文件列表无法读取：{reason_zh}。",
    ),
    # issuer-signature
    "issuer-signature/pass": (
        "{issuer} signed exactly this statement with key {kid}….",
        "{issuer} 用密钥 {kid}… 签署的正是这份陈述。",
    ),
    "issuer-signature/not-checked-custodial": (
        "Custodial: {issuer} did not sign, so the log alone vouches that {submitter} brought this.",
        "托管记录：{issuer} 没有签名，仅由账本证明它由 {submitter} 提交。",
    ),
    "issuer-signature/not-checked-genesis": (
        "Custodial: this entry opens the log, and no key could have signed it yet.",
        "托管记录：这是开启账本的条目，当时尚无可用的签名密钥。",
    ),
    "issuer-signature/not-checked-mandate": (
        "{issuer} did not sign, and the file shows no mandate for {submitter} to post in its name.",
        "{issuer} 没有签名，文件中也没有授权 {submitter} 代为提交的委托书。",
    ),
    "issuer-signature/not-checked-key": (
        "The signature could not be compared: key {kid}… is not shown with a proof that it is registered.",
        "无法核对签名：文件没有证明密钥 {kid}… 已经登记。",
    ),
    "issuer-signature/fail-form": (
        "The issuer's signature is not in the form required: {reason_en}.",
        "签发方的签名不合规定格式：{reason_zh}。",
    ),
    "issuer-signature/fail": (
        "The signature is not by the key it names over this statement: {reason_en}.",
        "签名不是所示密钥对这份陈述所作：{reason_zh}。",
    ),
    "issuer-signature/fail-null": (
        "{issuer} has a valid key and must sign: expected a signature by key {kid}…, found none.",
        "{issuer} 持有有效密钥，必须签名：应有密钥 {kid}… 的签名，实际没有。",
    ),
    "issuer-signature/fail-mandate": (
        "No mandate shown lets {submitter} post for {issuer}: expected one for {type} in force at {logged_at}; {reason_en}.",
        "所示委托书未授权 {submitter} 代 {issuer} 提交：应有在 {logged_at} 生效且包括 {type} 的委托书；{reason_zh}。",
    ),
    # key-valid
    "key-valid/pass": (
        "An authority registered the key at index {index}, before the record{revocation_en}.",
        "主管机构在序号 {index}（先于该记录）登记了此密钥{revocation_zh}。",
    ),
    "key-valid/pass-authority": (
        "The key is one of the authorities' that the log was opened with{revocation_en}.",
        "该密钥是账本创世条目所列的主管机构密钥{revocation_zh}。",
    ),
    "key-valid/pass-operator": (
        "The key was registered at index {index}, before the record, but is a key vouched for by the operator only{revocation_en}.",
        "该密钥在序号 {index}（先于该记录）登记，但仅由运营方担保{revocation_zh}。",
    ),
    "key-valid/not-checked-custodial": (
        "There is no signature, hence no key to look up.",
        "没有签名，因此没有需要核对的密钥。",
    ),
    "key-valid/not-checked": (
        "The key could not be looked up, because the signature was not established.",
        "签名未能确认，因此没有核对密钥。",
    ),
    "key-valid/fail-registration": (
        "The key's registration at index {index} is not valid: {reason_en}.",
        "序号 {index} 的密钥登记无效：{reason_zh}。",
    ),
    "key-valid/fail-later": (
        "The key was registered after the record: expected an index below {expected}, found {found}.",
        "密钥在记录之后才登记：登记序号应小于 {expected}，实为 {found}。",
    ),
    "key-valid/fail-party": (
        "The key belongs to another party: expected {expected}, found {found}.",
        "该密钥属于另一方：应为 {expected}，实为 {found}。",
    ),
    "key-valid/fail-revoked": (
        "The key was revoked before the record: expected a revocation at {expected} or later, found one at {found}.",
        "密钥在记录之前已被撤销：撤销序号应不小于 {expected}，实为 {found}。",
    ),
    # checkpoint-signature
    "checkpoint-signature/pass": (
        "The log's key {keys} signed the state of the log at size {size}.",
        "账本密钥 {keys} 签署了账本在 {size} 条时的状态。",
    ),
    "checkpoint-signature/not-checked-no-policy": (
        "No policy was given, so there is no key to hold the log's signature against.",
        "没有提供验证策略，因此没有可用来核对账本签名的密钥。",
    ),
    "checkpoint-signature/not-checked-origin": (
        "Your policy names no log {origin}, so there is no key to hold its signature against.",
        "您的策略没有列出账本 {origin}，因此没有可用来核对其签名的密钥。",
    ),
    "checkpoint-signature/fail-form": (
        "The log's signed state cannot be read: {reason_en}.",
        "账本签署的状态无法读取：{reason_zh}。",
    ),
    "checkpoint-signature/fail-unknown": (
        "The log's key did not sign this state: expected a line by {expected}, found {found}.",
        "账本密钥没有签署这一状态：应有 {expected} 的签名行，实有 {found}。",
    ),
    "checkpoint-signature/fail": (
        "The log's signature by key {key} does not hold: {reason_en}.",
        "账本密钥 {key} 的签名不成立：{reason_zh}。",
    ),
    # inclusion
    "inclusion/pass": (
        "The record stands at index {index} of the log's first {size} entries{support_en}.",
        "该记录位于账本前 {size} 条中的序号 {index}{support_zh}。",
    ),
    "inclusion/fail-form": (
        "The proof that the record is in the log cannot be read: {reason_en}.",
        "证明记录在账本中的材料无法读取：{reason_zh}。",
    ),
    "inclusion/fail": (
        "The record is not shown to stand at index {index} of the log: {reason_en}.",
        "未能证明该记录位于账本的序号 {index}：{reason_zh}。",
    ),
    "inclusion/fail-support": (
        "A supporting entry is not shown to stand at index {index} of the log: {reason_en}.",
        "未能证明佐证条目位于账本的序号 {index}：{reason_zh}。",
    ),
    # cosignatures
    "cosignatures/pass": (
        "Enough of the witnesses your policy names saw the same log: {names}.",
        "您的策略所列的见证方中，已有足够数量看到同一账本：{names}。",
    ),
    "cosignatures/pending": (
        "Too few of the witnesses your policy names have signed yet: {names}.",
        "您的策略所列的见证方中，签名者尚不足：{names}。",
    ),
    "cosignatures/not-checked": (
        "Your policy asks for no witnesses.",
        "您的策略不要求见证方。",
    ),
    "cosignatures/not-checked-no-policy": (
        "No policy was given, so no witnesses are known.",
        "没有提供验证策略，因此不知道有哪些见证方。",
    ),
    "cosignatures/fail": (
        "The line of witness {name} does not hold: {reason_en}.",
        "见证方 {name} 的签名行不成立：{reason_zh}。",
    ),
    # anchor
    "anchor/pass": (
        "Chain {chain} holds this log's state at size {size} in block {block} of {time}{toy_en}.",
        "区块链 {chain} 在 {time} 的区块 {block} 中保存了本账本 {size} 条时的状态{toy_zh}。",
    ),
    "anchor/toy": (
        ", but whoever runs that chain can start it anew: this proves nothing to others",
        "，但运行该链的人可以随时重置它：这对他人不构成任何证明",
    ),
    "anchor/pending-none": (
        "The log names a chain to anchor to, but the file holds no anchor yet: anchoring is pending.",
        "账本指定了锚定的区块链，但文件中尚无锚定记录：等待锚定。",
    ),
    "anchor/pending": (
        "The anchor stands in block {block}, which is not final yet: anchoring is pending{toy_en}.",
        "锚定记录在区块 {block} 中，该区块尚未最终确定：等待确认{toy_zh}。",
    ),
    "anchor/not-checked-none": (
        "The file holds no anchor and shows no chain that the log anchors to.",
        "文件中没有锚定记录，也没有显示账本锚定于哪条区块链。",
    ),
    "anchor/not-checked-no-node": (
        "An anchor is in the file; no node of the chain was asked about it{toy_en}.",
        "文件中有锚定记录，未向该链的任何节点查询{toy_zh}。",
    ),
    "anchor/not-checked-kind": (
        "The anchor is of a kind this program does not know.",
        "该锚定记录的种类本程序不认识。",
    ),
    "anchor/not-checked-not-covered": (
        "The anchor was made before the record: it covers indices below {expected}, the record is at {found}.",
        "锚定早于该记录：它只覆盖小于 {expected} 的序号，而记录位于 {found}。",
    ),
    "anchor/not-checked-target": (
        "The log does not name the contract {contract} on chain {chain} as a place for its anchors.",
        "账本没有把区块链 {chain} 上的合约 {contract} 指定为锚定之处。",
    ),
    "anchor/not-checked-chain": (
        "The node asked is of another chain: expected {expected}, found {found}.",
        "所查询的节点属于另一条链：应为 {expected}，实为 {found}。",
    ),
    "anchor/not-checked-code": (
        "The contract's code on the node is not the one the log names: expected {expected}…, found {found}.",
        "节点上的合约代码不是账本指定的代码：应为 {expected}…，实为 {found}。",
    ),
    "anchor/not-checked-event": (
        "The node knows no event of this log's contract at place {log_index} in transaction {tx}….",
        "节点在交易 {tx}… 的第 {log_index} 个位置没有本账本合约的事件。",
    ),
    "anchor/not-checked-block": (
        "The event now lies in another block: expected {expected}, found {found}.",
        "该事件现在位于另一个区块：应为 {expected}，实为 {found}。",
    ),
    "anchor/not-checked-time": (
        "The record's time is more than five minutes after the block's: expected {expected} or earlier, found {found}.",
        "记录时间比区块时间晚五分钟以上：应不晚于 {expected}，实为 {found}。",
    ),
    "anchor/fail-form": (
        "Anchor {place} of the file cannot be read: {reason_en}.",
        "文件中的第 {place} 个锚定记录无法读取：{reason_zh}。",
    ),
    "anchor/fail-consistency": (
        "Anchor {place} of the file, at size {size}, contradicts the log: {reason_en}.",
        "文件中的第 {place} 个锚定记录（{size} 条时）与账本矛盾：{reason_zh}。",
    ),
    "anchor/fail-event": (
        "The chain's own event contradicts anchor {place} of the file: {reason_en}.",
        "链上的事件与文件中的第 {place} 个锚定记录矛盾：{reason_zh}。",
    ),
    # corrections-and-erasures
    "corrections-and-erasures/pass-none": (
        "As of size {size}, no correction, erasure, dispute or ruling about the record exists.",
        "截至 {size} 条时，没有关于该记录的更正、删除、争议或裁定。",
    ),
    "corrections-and-erasures/pass": (
        "As of size {size}, all there is about the record is in the file: {list_en}.",
        "截至 {size} 条时，关于该记录的全部后续记录都在文件中：{list_zh}。",
    ),
    "corrections-and-erasures/erased-record": (
        "The record's contents were erased at index {index}{also_en}.",
        "该记录的内容已在序号 {index} 处删除{also_zh}。",
    ),
    "corrections-and-erasures/erased-fields": (
        "At index {index} these fields of the record were erased: {fields}{also_en}.",
        "在序号 {index} 处删除了该记录的以下字段：{fields}{also_zh}。",
    ),
    "corrections-and-erasures/not-checked": (
        "The file does not show whether the record was corrected, erased or disputed.",
        "文件没有显示该记录是否曾被更正、删除或提出争议。",
    ),
    "corrections-and-erasures/not-checked-listed": (
        "The file shows {list_en}; there may be others.",
        "文件显示：{list_zh}；可能还有其他。",
    ),
    "corrections-and-erasures/fail": (
        "The record at index {index} does not speak about this one as it claims: {reason_en}.",
        "序号 {index} 的记录与其声称所指的本记录不符：{reason_zh}。",
    ),
    # completeness
    "completeness/pass": (
        "Complete up to size {size}: {auditor} recomputed the index of subjects at index {index}.",
        "截至 {size} 条完整：{auditor} 已重新计算序号 {index} 的主体索引。",
    ),
    "completeness/pending": (
        "What the file shows about the record is complete up to size {size}, according to the log; {audit_en}.",
        "据账本所称，文件所示的关于该记录的情况截至 {size} 条是完整的；{audit_zh}。",
    ),
    "completeness/not-checked": (
        "The file does not show that it holds everything the log says about the record.",
        "文件没有证明它包含账本中关于该记录的全部情况。",
    ),
    "completeness/not-checked-early": (
        "The index of subjects covers the first {size} entries, which end before the record.",
        "主体索引只覆盖前 {size} 条，早于该记录。",
    ),
    "completeness/fail": (
        "The index of subjects at index {index} does not hold: {reason_en}.",
        "序号 {index} 的主体索引不成立：{reason_zh}。",
    ),
    # consistency of a kept receipt
    "consistency/pass": (
        "The log has only grown since the receipt: its first {size} of now {newer} entries are unchanged.",
        "自收据签发以来账本只增不改：现有 {newer} 条中的前 {size} 条没有变化。",
    ),
    "consistency/fail-form": (
        "A checkpoint cannot be read: {reason_en}.",
        "检查点无法读取：{reason_zh}。",
    ),
    "consistency/fail-signature": (
        "A checkpoint is not signed by a key of your policy: {reason_en}.",
        "检查点没有您的策略所列密钥的签名：{reason_zh}。",
    ),
    "consistency/fail-origin": (
        "The checkpoints are of two logs: expected {expected}, found {found}.",
        "两个检查点属于不同的账本：应为 {expected}，实为 {found}。",
    ),
    "consistency/fail-shrunk": (
        "The log is now smaller than it was: expected at least {expected} entries, found {found}.",
        "账本变小了：至少应有 {expected} 条，实有 {found} 条。",
    ),
    "consistency/fail-equivocation": (
        "The log has signed two states of one size ({size}), which is proof of fraud: {reason_en}.",
        "账本对同一大小（{size} 条）签署了两个不同的状态，这就是作假的证据：{reason_zh}。",
    ),
    "consistency/fail": (
        "Today's log is not shown to contain the log that the receipt came from: {reason_en}.",
        "未能证明今天的账本包含收据所属的账本：{reason_zh}。",
    ),
}
"""Key → English and Chinese, with the names of values in braces."""


def say(check: str, state: State, sentence: str, /, **values: object) -> Check:
    """The check of that name and state, with the sentence of that key.

    Values come out of files that anyone may have written: what would steer a terminal, turn the
    direction of a line or drown the sentence is left out.
    """
    return told(check, state, *SENTENCES[sentence], **values)


def told(check: str, state: State, en: str, zh: str, /, **values: object) -> Check:
    """As `say`, with sentences that stand where they are used."""
    shown = {name: _harmless(str(value)) for name, value in values.items()}
    return Check(check, state, en.format(**shown), zh.format(**shown))


def _harmless(text: str) -> str:
    if not text.isprintable():
        text = "".join(
            letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
        )
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
