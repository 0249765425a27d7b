"""The envelope of a request to post: everything beside the payload, checked (API.md, Calls).

Each reader returns what it read, or None, and adds every fault it found. A signed request must be
in normal form already: nothing in it is filled in, sorted or converted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ledger import canonical, jws, subject, timestamp
from ledger import statement as statements
from ledger.encoding import unb64url
from ledger.errors import Fault, MalformedError, NotFoundError
from ledger.evidence import catalogue, numbers
from ledger.evidence.definition import EvidenceType
from ledger.evidence.faults import missing, pointer, shown
from ledger.statement import ABOUT_A_RECORD, MAX_LINKS, MAX_SUBJECTS, RELS, Link

MEMBERS: Final = frozenset(
    {
        "blobs", "id", "issuer", "links", "occurred_at", "payload", "seed", "signature", "subjects",
        "type", "type_version",
    }
)  # fmt: skip
ALWAYS: Final = ("id", "type", "occurred_at", "payload")
WHEN_SIGNED: Final = ("type_version", "issuer", "subjects", "links", "seed")
ADDABLE: Final = frozenset({"order", "delivery", "lot", "meal", "dish"})
"""Kinds of subjects that a request may add to those derived."""

_LINK_ZH: Final = (
    f"链接无效：rel 取 {'、'.join(sorted(RELS))} 之一；id（小写 UUID）与 subject（kind:value）"
    "二者只给一个；sha256 为 64 位小写十六进制，只与 id 同用"
)


@dataclass(slots=True)
class Request:
    """A request while it is read.

    Attributes:
        members: as given.
        signed: whether it carries a signature.
        faults: what was found wrong so far.
    """

    members: Mapping[str, Any]
    signed: bool
    faults: list[Fault] = field(default_factory=list)

    def fault(self, at: str, code: str, en: str, zh: str) -> None:
        """Note something wrong."""
        self.faults.append(Fault(at, code, en, zh))

    def not_normal(self, at: str, wanted: str) -> None:
        """Note that a signed request is not in normal form."""
        self.fault(
            at,
            "not-normal",
            f"a signed request stands in normal form: {wanted}",
            f"已签名的请求须为规范形式：{wanted}",
        )

    def check_members(self) -> None:
        """Members that are missing or that nobody knows."""
        members = self.members
        if not members.keys() <= MEMBERS:
            for name in sorted(members.keys() - MEMBERS, key=str):
                self.fault(
                    pointer("", name),
                    "unknown-field",
                    f"{name} is no member of a request; fields of the record go into payload",
                    f"请求没有 {name} 这一项；记录字段应放入 payload",
                )
        for name in (*ALWAYS, *WHEN_SIGNED) if self.signed else ALWAYS:
            if name not in members:
                self.faults.append(missing(f"/{name}", name))

    def text(self, name: str) -> str | None:
        """A member that is text, where it is given."""
        value = self.members.get(name)
        if type(value) is str:
            return value
        if name in self.members:
            self.fault(f"/{name}", "not-text", f"{name} is not text", f"{name} 应为字符串")
        return None

    def definition(self) -> EvidenceType | None:
        """The record type; its version is 1 unless named."""
        version = self.members.get("type_version", 1)
        name = self.text("type")
        if type(version) is not int:
            self.fault(
                "/type_version",
                "not-an-integer",
                f"type_version: {shown(version)} is not an integer",
                f"type_version：{shown(version)} 不是整数",
            )
            version = 1
        if name is None:
            return None
        try:
            return catalogue.get(name, version)
        except NotFoundError as error:
            known = name in catalogue.TYPES
            self.fault(
                "/type_version" if known else "/type",
                "unknown-type",
                str(error),
                f"{name} 只有版本 {catalogue.TYPES[name].version}"
                if known
                else _no_such_type(name),
            )
            return None

    def id(self) -> str | None:
        """The record's id."""
        value = self.text("id")
        if value is not None and not statements.ID.fullmatch(value):
            self.fault(
                "/id",
                "pattern",
                "id is a UUID in lower case, 0192f0c1-7c3a-7d52-9b1e-2f6a4c8d0e11 for instance",
                "id 应为小写 UUID，如 0192f0c1-7c3a-7d52-9b1e-2f6a4c8d0e11",
            )
        return value

    def occurred_at(self) -> str | None:
        """When it happened, in normal form."""
        value = self.text("occurred_at")
        if value is None:
            return None
        try:
            normal = timestamp.normalise(value)
        except MalformedError:
            self.fault(
                "/occurred_at",
                "not-a-time",
                f"occurred_at: {shown(value)} is no time with an offset; write "
                "2026-11-23T14:12:11.120+08:00",
                "occurred_at：应为带时区的时间，如 2026-11-23T14:12:11.120+08:00",
            )
            return None
        if self.signed and normal != value:
            self.not_normal("/occurred_at", normal)
        return normal

    def issuer(self, submitter: str) -> str:
        """Whose statement it is: the submitter's where no one is named."""
        value = self.text("issuer")
        if value is None:
            return submitter
        self.check_subject("/issuer", value)
        return value

    def check_subject(self, at: str, value: object) -> bool:
        """Whether `value` may stand as a subject; a fault where not."""
        if type(value) is not str or not subject.SUBJECT.fullmatch(value):
            self.fault(
                at,
                "not-a-subject",
                f"{shown(value)} is not kind:value",
                f"{shown(value)} 应写作 kind:value",
            )
            return False
        if numbers.is_sole_trader(value.partition(":")[2]):
            self.fault(
                at,
                "sole-trader",
                "a sole trader's credit code is a person's; use the random value that "
                "POST /v1/pseudonyms gives",
                "个体工商户信用代码属于个人信息；请使用 POST /v1/pseudonyms 给出的随机值",
            )
            return False
        return True

    def seed(self) -> bytes | None:
        """The seed, where the request brings one."""
        value = self.text("seed")
        if value is None:
            return None
        try:
            return unb64url(value, 32)
        except MalformedError as error:
            self.fault(
                "/seed",
                "pattern",
                f"seed is 32 bytes in base64url without padding: {error}",
                "seed 应为 32 字节的 base64url（无填充）",
            )
            return None

    def signature(self) -> str | None:
        """The detached JWS, checked for its form alone."""
        if not self.signed:
            return None
        value = self.text("signature")
        if value is None:
            return None
        try:
            jws.parse(value)
        except MalformedError as error:
            self.fault(
                "/signature",
                "signature",
                f"signature is no detached JWS: {error}; POST /v1/records:prepare gives what to sign",
                "signature 应为分离式 JWS：签名内容由 POST /v1/records:prepare 给出",
            )
        return value

    def array(self, name: str, most: int) -> list[Any]:
        """A member that is an array, empty where it is not given."""
        value = self.members.get(name)
        if type(value) is list:
            if len(value) <= most:
                return value
            self.fault(
                f"/{name}",
                "too-many",
                f"{len(value)} {name}; at most {most}: split the document",
                f"{name} 最多 {most} 项，请拆分单据",
            )
        elif name in self.members:
            self.fault(f"/{name}", "not-an-array", f"{name} is not an array", f"{name} 应为数组")
        return []

    def links(self, definition: EvidenceType | None) -> tuple[list[Link], list[bytes]]:
        """The links in their order in the statement, and each one's canonical bytes."""
        given: dict[bytes, Link] = {}
        order = []
        allowed = definition.all_links() if definition is not None else None
        for place, item in enumerate(self.array("links", MAX_LINKS)):
            at = f"/links/{place}"
            try:
                link = Link.of_json(item)
            except MalformedError as error:
                self.fault(at, "link", str(error), _LINK_ZH)
                continue
            if link.subject is not None:
                self.check_subject(f"{at}/subject", link.subject)
            if allowed is not None and link.rel not in allowed:
                assert definition is not None
                self.fault(
                    f"{at}/rel",
                    "link",
                    f"a {definition.name} does not have the link {link.rel}; it may have "
                    + ", ".join(sorted(allowed)),
                    f"{definition.name} 不能使用链接 {link.rel}；可用："
                    + "、".join(sorted(allowed)),
                )
            if link.rel in ABOUT_A_RECORD and (link.id is None or link.sha256 is None):
                self.fault(
                    at,
                    "link",
                    f"{link.rel} gives the other record's id and the sha256 of its statement: "
                    "statement_sha256 of GET /v1/records/{id}",
                    f"{link.rel} 须给出对方记录的 id 及其陈述的 sha256，即 GET /v1/records/{{id}} "
                    "中的 statement_sha256",
                )
            data = canonical.serialise(link.to_json())
            given[data] = link
            order.append(data)
        self._check_required_links(definition, {link.rel for link in given.values()})
        ascending = sorted(given)
        if self.signed and ascending != order:
            self.not_normal("/links", "ascending by canonical bytes, each once")
        return [given[data] for data in ascending], ascending

    def _check_required_links(self, definition: EvidenceType | None, rels: set[str]) -> None:
        if definition is None:
            return
        for rel in sorted(definition.required_links - rels):
            self.fault(
                "/links",
                "missing",
                f"a {definition.name} needs the link {rel}",
                f"{definition.name} 必须有链接 {rel}",
            )

    def subjects(self, derived: set[str], *, complete: bool) -> tuple[str, ...]:
        """All subjects of the statement: those derived, and those the request adds.

        Where the payload could not be read, `derived` is not `complete`, and nothing is said of
        what does not follow from it.
        """
        given = self.array("subjects", 4 * MAX_SUBJECTS)
        total = set(derived)
        for place, item in enumerate(given):
            at = f"/subjects/{place}"
            if type(item) is str and item in derived:
                continue
            if not self.check_subject(at, item):
                continue
            if complete and subject.kind(item) not in ADDABLE:
                self.fault(
                    at,
                    "not-derived",
                    f"{item} does not follow from the payload; only order, delivery, lot, meal "
                    "and dish subjects may be added",
                    f"{item} 并非由内容得出；只能追加 order、delivery、lot、meal、dish",
                )
            total.add(item)
        ordered = tuple(sorted(total))
        if len(ordered) > MAX_SUBJECTS:
            self.fault(
                "/subjects",
                "too-many",
                f"the document has {len(ordered)} subjects; at most {MAX_SUBJECTS}: split it",
                f"主体共 {len(ordered)} 个，上限为 {MAX_SUBJECTS}，请拆分单据",
            )
        if complete and self.signed and "subjects" in self.members and list(ordered) != given:
            self.not_normal("/subjects", ", ".join(ordered))
        return ordered


def _no_such_type(name: str) -> str:
    like = catalogue.near(name)
    meant = f"，是否为 {'、'.join(like)}" if like else ""
    return f"没有记录类型 {name[:70]}{meant}；全部类型见 GET /v1/types"
