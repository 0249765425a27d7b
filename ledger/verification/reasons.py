"""Why a check failed, in English and Chinese, out of the error that says so.

Where two values were compared: what was expected, what was found, and of hashes the first byte that
differs. The formats' own errors are English; those that a reader is likely to meet have a Chinese
counterpart here, the others are quoted.
"""

import re
from typing import Final

from ledger.errors import LedgerError, VerificationError

SHOWN_HEX: Final = 16
"""Digits of a hash that a sentence shows: its first 8 bytes."""

_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

_ZH: Final = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"^field '' \(leaf 0\) is not what was committed", "字段名录与承诺不符"),
        (r"^field '(\w+)' \(leaf (\d+)\) is not what was committed", "字段 {0} 与承诺不符"),
        (r"^leaf 0 puts '(\w+)' at place (\d+), not '(\w+)'", "第 {1} 位应是字段 {0}，而不是 {2}"),
        (
            r"^leaf 0 names (\d+) fields; the tree has (\d+) leaves",
            "名录列有 {0} 个字段，树却有 {1} 片叶",
        ),
        (r"^the names of leaf 0 do not ascend, each once", "名录中的字段名未按升序排列或有重复"),
        (r"^fields is not the statement's", "字段数与陈述不符"),
        (r"^the open payload|^its open payload is not", "公开的内容与承诺不符"),
        (r"^proof of possession of key (\S+): the Ed25519", "密钥 {0} 的持有证明验算不成立"),
        (r"the Ed25519 signature does not hold", "Ed25519 签名验算不成立"),
        (r"^cosignature of (\S+)", "{0} 的签名行长度不对"),
        (r"^signed under another kid", "签名所用的密钥编号不同"),
        (r"^a JWS header that is none of the two allowed", "签名头不是允许的两种写法之一"),
        (r"^a compact JWS has three parts", "签名应由三部分组成"),
        (r"^the JWS carries a payload where it should be detached", "签名中夹带了内容，应当分离"),
        (r"^(?:not base64url|base64url that)", "不是规范的 base64url 写法"),
        (r"^(?:not base64|base64 that)", "不是规范的 base64 写法"),
        (r"^wrong number of hashes to prove leaf (\d+) in a tree of (\d+)", "证明的哈希个数不对"),
        (r"^no leaf (\d+) in a tree of (\d+)", "{1} 条的账本中没有序号 {0}"),
        (r"^a consistency proof with more hashes than it needs", "一致性证明中的哈希过多"),
        (r"^a consistency proof without the hashes it needs", "一致性证明中的哈希不足"),
        (r"^consistency with the (?:older|newer) root is not shown", "一致性未得到证明"),
        (r"^inclusion is not shown", "路径算出的树根不同"),
        (r"^a proof begins with", "证明的开头不是规定的版本"),
        (r"^a proof without its index line", "证明缺少规范的序号行"),
        (r"^a note is text, an empty line", "检查点应由正文、空行和以换行结尾的签名行组成"),
        (r"^a note with a control character", "检查点含有控制字符"),
        (r"^no tree size: '(.*)'", "账本大小的写法不规范：{0}"),
        (r"^an anchor has exactly", "锚定记录的成员与规定不符"),
        (r"^a subject-index covers only entries before itself", "主体索引不能覆盖自身"),
        (r"leaves out an entry about (\S+)", "遗漏了关于 {0} 的条目"),
        (r"^(\S+) another statement", "所指的陈述不是本记录的陈述"),
        (r"^only the record's issuer corrects it", "只有记录的签发方可以更正"),
        (r"^an erasure is posted by the operator", "删除者既非运营方也非主管机构"),
        (r"^it lies below the record", "它位于本记录之前"),
        (r"^it is of another log", "它属于另一个账本"),
        (r"^an entry that is not canonical JSON", "不是规范的 JSON 写法"),
        (r"has a valid key and must sign", "持有有效密钥的一方没有签名"),
        (r"^no mandate lets (\S+) post (\S+) for (\S+)", "{0} 没有代 {2} 提交的委托"),
        (r"^a key is registered by an authority or the operator", "登记者既非主管机构也非运营方"),
        (r"^key (\S+) is registered already", "密钥 {0} 已经登记过"),
        (r"^key (\S+) is not registered and valid here", "密钥 {0} 当时未登记或已失效"),
        (r"^no known key signed the note", "没有已知密钥的签名行"),
        (r"^the mandate came after the record", "委托书在记录之后才登记"),
        (r"^a mandate is given by its principal", "委托书不是由委托方本人所发"),
        (r"^genesis is entry 0 and no other", "只有序号 0 是创世条目"),
        (r"^an entry has exactly|^a statement has exactly", "条目的成员与规定不符"),
        (r"^chain items are not in the order of the subjects", "链条目的次序与主体的次序不同"),
        (r"^not a time as", "时间的写法不是 YYYY-MM-DDTHH:MM:SS.mmmZ"),
        (r"^(?:subject|issuer|submitter|party) is not kind:value", "主体的写法不合规定"),
        (r"^not JSON", "不是 JSON"),
        (r"^it has exactly role|^its role is text|^its path is not", "佐证条目的成员与规定不符"),
        (r"is not base64 text$", "应为 base64 文本"),
        (r"^(\d+) bytes where (\d+) belong", "应为 {1} 字节，实为 {0} 字节"),
        (r"^heads stand only beside a subject-index", "只有主体索引记录可以附带索引项"),
        (
            r"^a head leaf is|^a head has exactly|of a head is not|^the hash of a head",
            "索引项的写法不合规定",
        ),
        (
            r"^its head of (\S+) is not entry (\d+) of the log",
            "{0} 的索引项与账本序号 {1} 的条目不符",
        ),
        (r"^the chain of (\S+) is broken", "{0} 的链在此中断"),
        (r"^the head of (\S+) lies beyond", "{0} 的索引项超出索引范围"),
        (r"^no consistency proof leads from (\d+) to (\d+)", "{0} 条与 {1} 条之间不存在一致性证明"),
        (
            r"^a disclosure has exactly|^fields of a disclosure|^disclosed is not",
            "披露部分的成员与规定不符",
        ),
        (r"^leaf 0 is missing or not the first", "缺少字段名录"),
        (r"^leaf (\d+) is out of order", "第 {0} 片叶次序不对、重复或越界"),
        (
            r"^a blob has exactly|^an item has exactly|^sha256 is 64 digits",
            "文件列表的成员与规定不符",
        ),
        (r"^its number of fields", "字段数与陈述不符"),
        (r"^numbers (\d+) to (\d+) of the chain are in none", "链上第 {0} 至 {1} 条不在所给文件中"),
        (r"^entry (\d+) is not about (\S+)", "序号 {0} 的条目与 {1} 无关"),
        (r"^(\w+) of entry (\d+) is not what the entry says", "序号 {1} 的 {0} 与条目所载不符"),
        (r"^two pages show different entries of number (\d+)", "两页对第 {0} 条出示了不同的条目"),
        (r"^the chain breaks at number (\d+)", "链在第 {0} 条处中断"),
        (r"^the head that the page names is not entry number (\d+)", "所称末条不是第 {0} 条"),
        (r"^the page names no head", "页面没有给出末条"),
        (r"^it covers an entry about (\S+) that lies beyond", "关于 {0} 的条目超出其覆盖范围"),
        (r"^it is no index of subjects", "不是主体索引，或没有出示索引项"),
        (r"^the size beside it", "旁边所列的大小不符"),
        (r"^the heads shown do not enclose (\S+)", "所示索引项未能夹住 {0} 的位置"),
    )
)
"""Pattern of an English reason → Chinese, with the pattern's groups by number."""


_VALUES: Final = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"a signature by (\S+)", "密钥 {0} 的签名"),
        (r"(?:null|none)", "无"),
        (r"(?:size of )?at most (\d+)", "不超过 {0}"),
        (r"below (\d+)", "小于 {0}"),
        (r"above (\d+)", "大于 {0}"),
        (r"(\d+) bytes", "{0} 字节"),
        (r"seq (\d+)", "第 {0} 个"),
        (r"index (\d+)", "序号 {0}"),
        (r"seq (\d+), index (\d+)", "序号 {1} 处的第 {0} 个"),
        (r"size (\d+)", "{0} 条"),
    )
)
"""The same for whole values that are words rather than data."""


def reason(error: LedgerError) -> dict[str, str]:
    """Why, as the values `reason_en` and `reason_zh` of a sentence."""
    inner: BaseException = error
    while isinstance(inner.__cause__, LedgerError):
        inner = inner.__cause__
    if isinstance(inner, VerificationError) and inner.expected and inner.found:
        head = str(error).partition(": expected ")[0]
        en, zh = compared(inner.expected, inner.found)
        known = chinese(head)
        return {
            "reason_en": f"{head}: {en}",
            "reason_zh": f"{known}：{zh}" if known else zh,
        }
    text = str(error)
    return {"reason_en": text, "reason_zh": chinese(text) or f"技术说明 “{text}”"}


def differ(expected: str, found: str) -> dict[str, str]:
    """As `reason`, for two values that were compared here."""
    en, zh = compared(expected, found)
    return {"reason_en": en, "reason_zh": zh}


def compared(expected: str, found: str) -> tuple[str, str]:
    """What was expected and found; of two hashes in hex, also the first byte that differs."""
    if expected != found and _HASH.fullmatch(expected) and _HASH.fullmatch(found):
        place = next(at for at in range(64) if expected[at] != found[at]) // 2
        expected, found = (_part(text, place) for text in (expected, found))
        return (
            f"byte {place} of 32 differs, expected {expected}, found {found}",
            f"32 字节中的第 {place} 字节（从 0 起）不同，应为 {expected}，实为 {found}",
        )
    return (
        f"expected {expected}, found {found}",
        f"应为 {_value(expected)}，实为 {_value(found)}",
    )


def _part(text: str, place: int) -> str:
    """The digits of a hash that hold byte `place`: its first ones, if they do."""
    first = min(place * 2 // SHOWN_HEX * SHOWN_HEX, len(text) - SHOWN_HEX)
    end = first + SHOWN_HEX
    return f"{'…' if first else ''}{text[first:end]}{'…' if end < len(text) else ''}"


def chinese(text: str) -> str | None:
    """The Chinese of an English reason, or None: it is quoted then."""
    for pattern, told in _ZH:
        match = pattern.search(text)
        if match:
            return told.format(*match.groups())
    return None


def _value(text: str) -> str:
    for pattern, chinese in _VALUES:
        match = pattern.fullmatch(text)
        if match:
            return chinese.format(*match.groups())
    return text
