"""The words of the pages, in English and in Chinese."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.evidence import names


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Everything a page says that is not in the catalogue.

    Attributes:
        chinese: whether the catalogue's Chinese sentences are taken.
        introduction: file beside this one that begins the page.
        kinds: what a field may hold, by its name in `fields`.
        headings: headings and column heads.
        facts: how a fact about a type is told, by its name.

    The rest are pieces of sentences, and marks between them.
    """

    chinese: bool
    introduction: str
    kinds: Mapping[str, str]
    headings: Mapping[str, str]
    facts: Mapping[str, str]
    array: str
    text: str
    known: str
    personal: str
    either: str
    between: str
    colon: str
    semicolon: str
    brackets: str
    yes: str
    none: str
    anything: str

    def type(self, name: str) -> str:
        """What a type is called."""
        return f"{names.TYPES_ZH[name]} `{name}`" if self.chinese else f"`{name}`"

    def family(self, name: str) -> str:
        """A family's heading."""
        return names.FAMILIES_ZH[name] if self.chinese else name.capitalize()

    def roles(self, found: Iterable[str]) -> str:
        """Roles, as text."""
        return self.between.join(
            f"{names.ROLES_ZH[name]} `{name}`" if self.chinese else f"`{name}`"
            for name in sorted(found)
        )

    def file(self, role: str) -> str:
        """A file's role."""
        called = names.FILES_ZH.get(role) if self.chinese else None
        return f"`{role}`" if called is None else f"{called} `{role}`"

    def codes(self, found: Iterable[str], chinese: Mapping[str, str]) -> str:
        """Coded values, as text; on the Chinese page each with its name, as far as it has one."""
        named = chinese if self.chinese else {}
        return " · ".join(f"`{code}` {named.get(code, '')}".rstrip() for code in found)


ENGLISH: Final = Language(
    chinese=False,
    introduction="introduction.md",
    kinds={
        "record": "record id",
        "sha256": "SHA-256, hex",
        "decimal": "decimal text",
        "code": "code",
        "type": "record type",
        "address": "chain address",
        "chain_hash": "chain hash",
        "key": "32 bytes, base64url",
        "signature": "64 bytes, base64url",
        "date": "date",
        "date-time": "time",
        "base64": "base64",
        "subject": "subject",
        "boolean": "boolean",
        "integer": "integer",
        "object": "object",
    },
    headings={
        "field": "field",
        "kind": "holds",
        "required": "required",
        "meaning": "meaning",
        "rel": "rel",
        "says": "says that this record …",
        "from": "from",
        "to": "to",
        "target": "target",
        "file": "role",
        "media": "media types",
        "refused": "Refused",
        "rule": "what is wrong",
        "changes": "change of the example",
        "pointer": "fault at",
        "code": "code",
        "message": "told as",
        "example": "A request that posts",
        "fields": "Fields",
        "side": "side",
        "roles": "roles",
        "alone": "excludes every other role",
        "note": "notes",
    },
    facts={
        "posters": "Posted by",
        "bound": "Must speak for",
        "document": "Document key",
        "subjects": "The example's subjects",
        "files": "Files",
        "links": "Links",
        "open": "Entry",
        "is_open": "in the open: everybody who reads the log reads the payload",
        "required": "required",
        "many": "several",
        "personal": "personal",
        "fresh": "never used before",
        "link": "`{rel}` → {to}",
        "exists": "is in the log already",
        "exists_sha": "is in the log already; `sha256` of its statement is given",
        "later": "may arrive later",
    },
    array="array ({many}) of {of}",
    text="text ≤ {most}",
    known="Known: ",
    personal="*Personal.*",
    either=" or ",
    between=", ",
    colon=": ",
    semicolon="; ",
    brackets=" ({})",
    yes="yes",
    none="none",
    anything="any type",
)

CHINESE: Final = Language(
    chinese=True,
    introduction="introduction.zh-CN.md",
    kinds={
        "record": "记录编号",
        "sha256": "SHA-256 十六进制",
        "decimal": "十进制字符串",
        "code": "代码",
        "type": "记录类型",
        "address": "链上地址",
        "chain_hash": "链上哈希",
        "key": "32 字节，base64url",
        "signature": "64 字节，base64url",
        "date": "日期",
        "date-time": "时间",
        "base64": "base64",
        "subject": "主体标识",
        "boolean": "布尔值",
        "integer": "整数",
        "object": "对象",
    },
    headings={
        "field": "字段",
        "kind": "取值",
        "required": "必填",
        "meaning": "含义",
        "rel": "链接",
        "says": "表示本记录……",
        "from": "出自",
        "to": "指向",
        "target": "目标",
        "file": "角色",
        "media": "媒体类型",
        "refused": "拒绝示例",
        "rule": "错误说明",
        "changes": "对示例的改动",
        "pointer": "错误位置",
        "code": "错误代码",
        "message": "提示",
        "example": "可直接提交的请求",
        "fields": "字段",
        "side": "一侧",
        "roles": "角色",
        "alone": "不得兼任其他角色",
        "note": "说明",
    },
    facts={
        "posters": "提交方",
        "bound": "须代表",
        "document": "单据唯一键",
        "subjects": "示例的主体标识",
        "files": "文件",
        "links": "链接",
        "open": "公开性",
        "is_open": "公开条目：凡能读账本者均可读到内容",
        "required": "必需",
        "many": "可多个",
        "personal": "个人信息",
        "fresh": "须从未使用过",
        "link": "`{rel}` → {to}",
        "exists": "须已在账本中",
        "exists_sha": "须已在账本中，并给出其陈述的 `sha256`",
        "later": "可以晚到",
    },
    array="数组（{many} 项）：{of}",
    text="文本，最多 {most} 字符",
    known="已知取值：",
    personal="*个人信息。*",
    either=" 或 ",
    between="、",
    colon="：",
    semicolon="；",
    brackets="（{}）",
    yes="是",
    none="无",
    anything="任何类型",
)
