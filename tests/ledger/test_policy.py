"""Policies: those of the vectors, C2SP's rules one by one, and our three comments."""

import hashlib
import json
from pathlib import Path

import pytest

from ledger import ed25519, note, policy
from ledger.errors import MalformedError
from ledger.note import VerifierKey
from ledger.policy import Auditor, GroupLine, LogLine, Policy, WitnessLine


def key(seed: int, kind: int = note.COSIGNATURE, name: str | None = None) -> VerifierKey:
    public_key = ed25519.Signer.from_seed(bytes([seed]) * 32).public_key
    return VerifierKey(name or f"key{seed}.example", kind, public_key)


def vkey(seed: int, kind: int = note.COSIGNATURE) -> str:
    return note.format_vkey(key(seed, kind))


LOG = f"log {vkey(1, note.ED25519)}\n"
WITNESSES = "".join(f"witness w{n} {vkey(n)}\n" for n in range(2, 8))
GENESIS = "ab" * 32
KID = "EyDpDpyrK2HJYy0Jy7NxzzD24gEo9vf6EAJzAKSwiK4"


def test_the_policies_of_the_vectors_are_read_and_written(vectors: Path) -> None:
    files = sorted((vectors / "policies").glob("*.policy"))
    assert files
    for file in files:
        parsed = policy.parse(file.read_bytes())
        assert parsed == policy.parse(file.read_text("utf-8"))
        assert parsed == policy.parse(policy.format(parsed))
        assert hashlib.sha256(file.read_bytes()).hexdigest() == policy.fingerprint(
            file.read_bytes()
        )
        assert policy.fingerprint(file.read_bytes()) == policy.fingerprint(file.read_text("utf-8"))
        assert (file.stem == "no-genesis-line") == (parsed.logs[0].genesis is None)
        assert (file.stem == "quorum-none") == (parsed.quorum == policy.NO_QUORUM)
        assert (file.stem == "with-auditor") == bool(parsed.auditors)


def test_the_policies_of_the_bundles_are_read_except_those_about_bad_policies(
    vectors: Path,
) -> None:
    wrong = []
    refused = set()
    for file in sorted((vectors / "bundles").glob("*.json")):
        text = json.loads(file.read_bytes())["policy"]
        if text is None:
            continue
        try:
            policy.parse(text)
        except MalformedError:
            refused.add(file.stem)
            if not file.stem.startswith("policy-"):
                wrong.append(file.stem)
    assert wrong == []
    assert refused == {
        "policy-duplicate-key",
        "policy-member-of-two-groups",
        "policy-no-quorum",
        "policy-two-genesis-lines",
    }


def test_everything_a_policy_can_say_is_read() -> None:
    text = (
        "  # any comment, 食迹\n"
        "\n"
        f"log {vkey(1, note.ED25519)} https://log.example/\n"
        f"\t#\tgenesis  {GENESIS} \n"
        f"log {vkey(9, note.ED25519)}\n"
        f"witness\tw2 {vkey(2)}  https://w2.example/\n"
        f"witness 食 {vkey(3)}\n"
        "group g any w2 食\n"
        f"witness w4 {vkey(4)}\n"
        "group all all g w4\n"
        "quorum all\n"
        f"# auditor auditor:11000000MB0000005E~audit {KID}\n"
        "# confirmations 12\n"
        "#confirmations are not this\n"
    )
    parsed = policy.parse(text)

    assert parsed == Policy(
        logs=(
            LogLine(key(1, note.ED25519), bytes.fromhex(GENESIS), "https://log.example/"),
            LogLine(key(9, note.ED25519)),
        ),
        witnesses=(
            WitnessLine("w2", key(2), "https://w2.example/"),
            WitnessLine("食", key(3)),
            WitnessLine("w4", key(4)),
        ),
        groups=(GroupLine("g", 1, ("w2", "食")), GroupLine("all", 2, ("g", "w4"))),
        quorum="all",
        auditors=(Auditor("auditor:11000000MB0000005E~audit", KID),),
        confirmations=12,
    )
    assert parsed == policy.parse(policy.format(parsed))
    assert parsed.logs_of("key9.example") == parsed.logs[1:]
    assert parsed.logs_of("key2.example") == ()


def test_the_smallest_policy_has_a_quorum_and_nothing_else() -> None:
    parsed = policy.parse("quorum none\n")

    assert parsed == Policy((), (), (), "none")
    assert policy.format(parsed) == "quorum none\n"


def test_names_and_comments_are_octets() -> None:
    data = b"# \xff\nwitness \xfe " + vkey(2).encode() + b"\nquorum \xfe\n"

    assert policy.parse(data).quorum_met([key(2)])
    with pytest.raises(MalformedError):
        policy.parse(data.replace(b"quorum \xfe", b"quorum \xfd"))


@pytest.mark.parametrize(
    ("lines", "cosigners", "met"),
    [
        ("quorum none\n", [], True),
        ("quorum w2\n", [], False),
        ("quorum w2\n", [3], False),
        ("quorum w2\n", [2], True),
        ("group g 2 w2 w3 w4\nquorum g\n", [2], False),
        ("group g 2 w2 w3 w4\nquorum g\n", [2, 4], True),
        ("group g 2 w2 w3 w4\nquorum g\n", [2, 5], False),
        ("group g all w2 w3\nquorum g\n", [2], False),
        ("group g any w2 w3\nquorum g\n", [3], True),
        ("group x 2 w2 w3 w4\ngroup y any w5 w6\ngroup z all x y\nquorum z\n", [2, 3, 4], False),
        ("group x 2 w2 w3 w4\ngroup y any w5 w6\ngroup z all x y\nquorum z\n", [2, 3, 6], True),
        ("quorum w2\ngroup g all w2 w3\n", [2], True),
    ],
)
def test_quorums_count_witnesses_and_groups(lines: str, cosigners: list[int], met: bool) -> None:
    parsed = policy.parse(LOG + WITNESSES + lines)

    assert met == parsed.quorum_met([key(seed) for seed in cosigners])


def test_a_witness_counts_under_its_own_name_and_kind_only() -> None:
    parsed = policy.parse(WITNESSES + "quorum w2\n")

    assert not parsed.quorum_met([key(2, name="other.example")])
    assert not parsed.quorum_met([key(2, note.ED25519)])


def test_thirty_two_of_each_are_supported() -> None:
    seeds = range(100, 132)
    text = "".join(f"log {vkey(n - 50, note.ED25519)}\nwitness w{n} {vkey(n)}\n" for n in seeds)
    text += "".join(f"group g{n} any w{n}\n" for n in seeds)
    parsed = policy.parse(text + "quorum g131\n")

    assert (len(parsed.logs), len(parsed.witnesses), len(parsed.groups)) == (32, 32, 32)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("exactly one quorum", LOG),
        ("exactly one quorum", ""),
        ("no line", "quorum none\nquorum none\n"),
        ("no line", "quorum\n"),
        ("no line", "quorum none none\n"),
        ("no line", "QUORUM none\n"),
        ("no line", "log\nquorum none\n"),
        ("no line", LOG.strip() + " url url\nquorum none\n"),
        ("no line", "witness w2\nquorum none\n"),
        ("not defined above", "quorum w2\n" + WITNESSES),
        ("not defined above", "group g any w2\n" + WITNESSES + "quorum g\n"),
        ("not defined above", WITNESSES + "group g any w2 g\nquorum g\n"),
        ("not defined above", WITNESSES + "quorum W2\n"),
        ("none, unknown", WITNESSES + "group g any none w2\nquorum g\n"),
        ("stands twice", WITNESSES + "group none any w2\nquorum w2\n"),
        ("stands twice", f"witness none {vkey(2)}\nquorum none\n"),
        ("stands twice", f"witness a {vkey(2)}\nwitness a {vkey(3)}\nquorum none\n"),
        ("stands twice", f"witness a {vkey(2)}\nwitness b {vkey(2)}\nquorum none\n"),
        ("stands twice", WITNESSES + "group w2 any w3\nquorum w2\n"),
        ("stands twice", WITNESSES + "group g 1 w2 w2\nquorum g\n"),
        ("stands twice", WITNESSES + "group g any w2\ngroup h any w2\nquorum g\n"),
        ("stands twice", LOG + LOG + "quorum none\n"),
        ("0 of 1", WITNESSES + "group g 0 w2\nquorum g\n"),
        ("3 of 2", WITNESSES + "group g 3 w2 w3\nquorum g\n"),
        ("not a decimal", WITNESSES + "group g 01 w2\nquorum g\n"),
        ("not a decimal", WITNESSES + "group g +1 w2\nquorum g\n"),
        ("not a decimal", WITNESSES + "group g ALL w2\nquorum g\n"),
        ("0 of 0", WITNESSES + "group g all\nquorum g\n"),
        ("1 of 0", WITNESSES + "group g any\nquorum g\n"),
        ("no line", WITNESSES + "group g\nquorum w2\n"),
        ("type 0x01", f"log {vkey(1)}\nquorum none\n"),
        ("type 0x04", f"witness w {vkey(1, note.ED25519)}\nquorum none\n"),
        ("key", "log key\nquorum none\n"),
        ("control character", "quorum none\r\n"),
        ("control character", "quorum none\n# \x00\n"),
        ("control character", "quorum none\n# \x7f\n"),
        ("no line", "quorum\u00a0none\n"),
        ("octets", "# \ud800\nquorum none\n"),
        ("bytes", "quorum none\n" + "#" * 1_000_000),
        ("cannot be read", f"# genesis {GENESIS}\n{LOG}quorum none\n"),
        ("cannot be read", f"{LOG}# genesis {GENESIS}\n# genesis {GENESIS}\nquorum none\n"),
        ("cannot be read", f"{LOG}# genesis\nquorum none\n"),
        ("cannot be read", f"{LOG}# genesis of the log\nquorum none\n"),
        ("encode back", f"{LOG}# genesis {GENESIS.upper()}\nquorum none\n"),
        ("bytes where", f"{LOG}# genesis {GENESIS[:-2]}\nquorum none\n"),
        ("cannot be read", "# auditor auditor:x\nquorum none\n"),
        ("party is not", f"# auditor x {KID}\nquorum none\n"),
        ("bytes where", "# auditor auditor:x AAAA\nquorum none\n"),
        ("stands twice", f"# auditor auditor:x {KID}\n# auditor auditor:x {KID}\nquorum none\n"),
        ("not a decimal", "# confirmations -1\nquorum none\n"),
        ("cannot be read", "# confirmations 1\n# confirmations 1\nquorum none\n"),
    ],
)
def test_what_is_no_policy_is_refused(why: str, text: str) -> None:
    with pytest.raises(MalformedError, match=why):
        policy.parse(text)


def test_a_fault_names_its_line() -> None:
    with pytest.raises(MalformedError, match="line 3"):
        policy.parse(f"# first\n{LOG}nonsense\nquorum none\n")


def test_a_policy_is_not_made_of_what_is_none() -> None:
    for make in (
        lambda: Policy((), (), (), "w"),
        lambda: Policy((), (), (), "none", confirmations=-1),
        lambda: Policy((), (WitnessLine("a", key(2)),), (GroupLine("g", 1, ("b",)),), "g"),
        lambda: LogLine(key(1, note.ED25519), bytes(31)),
        lambda: LogLine(key(1, note.ED25519), url="two words"),
        lambda: WitnessLine("two words", key(2)),
        lambda: WitnessLine("w", key(2), "two\nlines"),
        lambda: GroupLine("", 1, ("a",)),
    ):
        with pytest.raises(MalformedError):
            make()
