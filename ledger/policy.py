"""The verifier's policy: whom to believe (c2sp.org/tlog-policy, and three comment lines of ours).

`# genesis <hex>` below a `log` line, `# auditor <party> <kid>`, `# confirmations <n>` (FORMATS §2).
To other tools these are comments. All other comments are ignored.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from ledger import subject
from ledger.encoding import unb64url, unhex
from ledger.errors import MalformedError
from ledger.note import COSIGNATURE, ED25519, VerifierKey, format_vkey, parse_vkey

MAX_SIZE = 1_000_000
"""Bytes of the largest policy that is read."""

NO_QUORUM = "none"
"""The quorum that asks for no witness."""

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FIELD = re.compile(r"[^ \t]+")
_WORD = re.compile(r"[^\x00-\x20\x7f]+")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def _check_word(word: str) -> None:
    if not _WORD.fullmatch(word):
        raise MalformedError(f"not one word: {word!r:.80}")


def _decimal(text: str) -> int:
    if not _DECIMAL.fullmatch(text):
        raise MalformedError(f"not a decimal number: {text!r:.40}")
    return int(text)


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log the verifier accepts.

    Attributes:
        key: its vkey (kind 1).
        genesis: 32-byte leaf hash of its entry 0, or None where the policy names none.
        url: where it is served, or None.
    """

    key: VerifierKey
    genesis: bytes | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if self.key.kind != ED25519:
            raise MalformedError("a log's vkey is of type 0x01")
        if self.genesis is not None and len(self.genesis) != 32:
            raise MalformedError("a genesis hash has 32 bytes")
        if self.url is not None:
            _check_word(self.url)


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """A witness (vkey of kind 4) under the policy's own name for it."""

    name: str
    key: VerifierKey
    url: str | None = None

    def __post_init__(self) -> None:
        _check_word(self.name)
        if self.key.kind != COSIGNATURE:
            raise MalformedError("a witness's vkey is of type 0x04")
        if self.url is not None:
            _check_word(self.url)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group satisfied when `threshold` of its members are.

    Attributes:
        name: the policy's name for it.
        threshold: a number, 1 up to the number of members.
        members: names of witnesses and groups defined above it.
    """

    name: str
    threshold: int
    members: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_word(self.name)
        if not 1 <= self.threshold <= len(self.members):
            raise MalformedError(
                f"{self.threshold} of {len(self.members)} members in group {self.name}"
            )


@dataclass(frozen=True, slots=True)
class Auditor:
    """Whose audit reports count: a party and the kid it signs with."""

    party: str
    kid: str

    def __post_init__(self) -> None:
        subject.check(self.party, "party")
        unb64url(self.kid, 32)


@dataclass(frozen=True, slots=True)
class Policy:
    """A parsed policy.

    Attributes:
        logs: the logs accepted, any of them.
        witnesses: the witnesses known.
        groups: groups of them.
        quorum: name of a witness or group, or `NO_QUORUM`.
        auditors: whose audit reports count.
        confirmations: blocks above an anchor that make it final, or None: the node's own tag.
    """

    logs: tuple[LogLine, ...]
    witnesses: tuple[WitnessLine, ...]
    groups: tuple[GroupLine, ...]
    quorum: str
    auditors: tuple[Auditor, ...] = ()
    confirmations: int | None = None

    def __post_init__(self) -> None:
        _check_once("public key of a log", [log.key.public_key.hex() for log in self.logs])
        _check_once("public key of a witness", [w.key.public_key.hex() for w in self.witnesses])
        _check_once("auditor", [f"{auditor.party} {auditor.kid}" for auditor in self.auditors])
        names = [NO_QUORUM, *(witness.name for witness in self.witnesses)]
        for group in self.groups:
            for member in group.members:
                if member == NO_QUORUM or member not in names:
                    raise MalformedError(f"group {group.name} names {member}, unknown above it")
            names.append(group.name)
        _check_once("name", names)
        _check_once("member of groups", [m for group in self.groups for m in group.members])
        if self.quorum not in names:
            raise MalformedError(f"the quorum names {self.quorum}, which is unknown")
        if self.confirmations is not None and self.confirmations < 0:
            raise MalformedError("a negative number of confirmations")

    def logs_of(self, origin: str) -> tuple[LogLine, ...]:
        """The log lines whose key bears this origin's name."""
        return tuple(log for log in self.logs if log.key.name == origin)

    def quorum_met(self, cosigners: Iterable[VerifierKey]) -> bool:
        """Whether these witnesses' keys satisfy the quorum; always for `NO_QUORUM`."""
        keys = set(cosigners)
        met = {NO_QUORUM, *(witness.name for witness in self.witnesses if witness.key in keys)}
        for group in self.groups:
            if sum(member in met for member in group.members) >= group.threshold:
                met.add(group.name)
        return self.quorum in met


def _check_once(what: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        twice = next(value for value in values if values.count(value) > 1)
        raise MalformedError(f"{what} stands twice: {twice}")


def parse(text: str | bytes) -> Policy:
    """The policy of a file.

    Names and comments are opaque octets: what is not UTF-8 comes out as surrogate escapes.

    Raises:
        MalformedError: anything tlog-policy forbids, two genesis lines for one log, one without a
            log, or a comment of ours that cannot be read.
    """
    lines = _Lines()
    for number, line in enumerate(_decode(text).split("\n"), 1):
        try:
            lines.read(_FIELD.findall(line))
        except MalformedError as error:
            raise MalformedError(f"policy line {number}: {error}") from error
    if lines.quorum is None:
        raise MalformedError("a policy has exactly one quorum line")
    return Policy(
        tuple(lines.logs),
        tuple(lines.witnesses),
        tuple(lines.groups),
        lines.quorum,
        tuple(lines.auditors),
        lines.confirmations,
    )


def _octets(text: str | bytes) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    except UnicodeError as error:
        raise MalformedError("a policy that is not octets") from error


def _decode(text: str | bytes) -> str:
    data = _octets(text)
    if len(data) > MAX_SIZE:
        raise MalformedError(f"a policy of {len(data)} bytes")
    decoded = data.decode("utf-8", "surrogateescape")
    if _FORBIDDEN.search(decoded):
        raise MalformedError("a policy with a control character")
    return decoded


@dataclass(slots=True)
class _Lines:
    """What was read so far: names are known only below the line that defines them."""

    logs: list[LogLine] = field(default_factory=list)
    witnesses: list[WitnessLine] = field(default_factory=list)
    groups: list[GroupLine] = field(default_factory=list)
    auditors: list[Auditor] = field(default_factory=list)
    quorum: str | None = None
    confirmations: int | None = None
    names: set[str] = field(default_factory=lambda: {NO_QUORUM})

    def read(self, fields: list[str]) -> None:
        match fields:
            case ["log", vkey, *url] if len(url) <= 1:
                self.logs.append(LogLine(parse_vkey(vkey), url=url[0] if url else None))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                key = parse_vkey(vkey)
                self.witnesses.append(WitnessLine(name, key, url[0] if url else None))
                self._define(name)
            case ["group", name, threshold, *members]:
                self._know(*members)
                words = {"all": len(members), "any": 1}
                k = words[threshold] if threshold in words else _decimal(threshold)
                self.groups.append(GroupLine(name, k, tuple(members)))
                self._define(name)
            case ["quorum", name] if self.quorum is None:
                self._know(name)
                self.quorum = name
            case ["#", "genesis", leaf_hash] if self.logs and self.logs[-1].genesis is None:
                self.logs[-1] = replace(self.logs[-1], genesis=unhex(leaf_hash, 32))
            case ["#", "auditor", party, kid]:
                self.auditors.append(Auditor(party, kid))
            case ["#", "confirmations", count] if self.confirmations is None:
                self.confirmations = _decimal(count)
            case ["#", "genesis" | "auditor" | "confirmations", *_]:
                raise MalformedError(f"a comment that cannot be read: # {' '.join(fields[1:])}")
            case []:
                pass
            case [word, *_] if word.startswith("#"):
                pass
            case _:
                raise MalformedError(f"no line of a policy: {' '.join(fields):.120}")

    def _define(self, name: str) -> None:
        if name in self.names:
            raise MalformedError(f"the name {name} stands twice")
        self.names.add(name)

    def _know(self, *names: str) -> None:
        for name in names:
            if name not in self.names:
                raise MalformedError(f"the name {name} is not defined above")


def format(policy: Policy) -> str:  # noqa: A001 - the other half of parse
    """A policy file of these lines: `parse(format(p)) == p`."""
    lines = []
    for log in policy.logs:
        lines.append(["log", format_vkey(log.key), log.url or ""])
        if log.genesis is not None:
            lines.append(["# genesis", log.genesis.hex()])
    lines += [["witness", w.name, format_vkey(w.key), w.url or ""] for w in policy.witnesses]
    lines += [["group", g.name, str(g.threshold), *g.members] for g in policy.groups]
    lines.append(["quorum", policy.quorum])
    lines += [["# auditor", auditor.party, auditor.kid] for auditor in policy.auditors]
    if policy.confirmations is not None:
        lines.append(["# confirmations", str(policy.confirmations)])
    return "".join(" ".join(fields).rstrip(" ") + "\n" for fields in lines)


def fingerprint(text: str | bytes) -> str:
    """Lower-case hex of SHA-256 over the file's bytes: what an operator prints on paper."""
    return sha256(_octets(text)).hexdigest()
