"""Signed notes, checkpoints and cosignatures: the published examples, and everything near them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import checkpoint, cosignature, ed25519, note
from ledger.checkpoint import Checkpoint
from ledger.cosignature import WitnessKey
from ledger.errors import MalformedError, VerificationError
from ledger.merkle import EMPTY_ROOT
from ledger.note import NoteKey, NoteSignature, SignedNote, VerifierKey

EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ON"
    "ncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
LOG = NoteKey("log.example/a", ed25519.Signer.from_seed(bytes(32)))
WITNESS = WitnessKey("w.example", ed25519.Signer.from_seed(b"\x01" * 32), 1_767_139_200)
HEAD = Checkpoint("log.example/a", 7, bytes(range(32)))
SIGNED = checkpoint.sign(HEAD, [LOG, WITNESS])


@pytest.fixture(scope="module")
def log(vectors: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((vectors / "statement-entry.json").read_bytes())
    return data


def test_the_example_of_the_specification_verifies() -> None:
    key = note.parse_vkey(EXAMPLE_VKEY)
    signed = note.parse(EXAMPLE_NOTE)

    assert (key,) == note.verify(signed, [key])
    assert EXAMPLE_NOTE == note.format(signed) == note.format(note.parse(EXAMPLE_NOTE.encode()))
    assert note.format_vkey(key) == EXAMPLE_VKEY
    assert (key.name, key.kind, key.key_id.hex()) == ("example.com/foo", 1, "530d903a")


def test_the_witness_key_of_the_specification_is_of_kind_4() -> None:
    text = "witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN"
    key = note.parse_vkey(text)

    assert (key.name, key.kind) == ("witness.example.org", 4)
    assert text == note.format_vkey(key)


def test_the_same_key_has_another_id_as_a_witness() -> None:
    as_log = VerifierKey("w.example", note.ED25519, WITNESS.signer.public_key)

    assert as_log.key_id != WITNESS.verifier_key.key_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        EXAMPLE_VKEY + "\n",
        EXAMPLE_VKEY.replace("530d903a", "530d903b"),
        EXAMPLE_VKEY.replace("530d903a", "530D903A"),
        EXAMPLE_VKEY.replace("530d903a", "530d903"),
        EXAMPLE_VKEY.replace("example.com/foo", ""),
        EXAMPLE_VKEY.replace("example.com/foo", "example.com/fo\u00a0o"),
        EXAMPLE_VKEY.replace("example.com/foo", "example.com/\ud800"),
        EXAMPLE_VKEY[:-2],
        "example.com/foo+530d903a+",
        "example.com/foo+530d903a+AQ==",
    ],
)
def test_what_is_no_vkey_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        note.parse_vkey(text)


@pytest.mark.parametrize("kind", [0, 2, 5, 6, 255])
def test_keys_of_other_kinds_are_refused_rather_than_not_checked(kind: int) -> None:
    with pytest.raises(MalformedError, match="type"):
        VerifierKey("log.example", kind, LOG.signer.public_key)


def test_a_key_of_small_order_is_no_key() -> None:
    with pytest.raises(MalformedError):
        VerifierKey("log.example", 1, b"\x01" + bytes(31))


@given(st.binary(min_size=32, max_size=32), st.from_regex(r"\A[a-z./0-9]{1,30}\Z"))
def test_private_keys_survive(seed: bytes, name: str) -> None:
    text = note.format_skey(name, seed)
    key = note.parse_skey(text)

    assert re.fullmatch(r"PRIVATE\+KEY\+[a-z./0-9]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", text)
    assert (name, ed25519.Signer.from_seed(seed)) == (key.name, key.signer)
    assert note.parse_vkey(note.format_vkey(key.verifier_key)) == key.verifier_key


def test_what_is_no_private_key_is_refused_without_being_shown() -> None:
    good = note.format_skey("log.example", b"\x05" * 32)
    secret = good.rsplit("+", 1)[1]
    for text in (
        good.removeprefix("PRIVATE+"),
        good[:-1],
        good + "A",
        good.replace("log.example", "other.example"),
        good.replace("+AQ", "+BA"),
        "PRIVATE+KEY+" + secret,
        "",
    ):
        with pytest.raises(MalformedError) as caught:
            note.parse_skey(text)
        assert secret[2:] not in str(caught.value)


def test_lines_of_unknown_keys_are_ignored() -> None:
    stranger = NoteKey("log.example/a", ed25519.Signer.from_seed(b"\x09" * 32))
    text = checkpoint.sign(HEAD, [stranger, LOG, WITNESS])

    assert checkpoint.open(text, [LOG.verifier_key]) == HEAD


def test_a_bad_line_of_a_known_key_spoils_the_note() -> None:
    signed = note.parse(SIGNED)
    bad = NoteSignature(LOG.name, LOG.verifier_key.key_id, bytes(64))
    spoiled = SignedNote(signed.text, (*signed.signatures, bad))
    with pytest.raises(VerificationError):
        note.verify(spoiled, [LOG.verifier_key])


def test_a_short_line_of_a_known_key_spoils_the_note_too() -> None:
    short = NoteSignature(LOG.name, LOG.verifier_key.key_id, bytes(63))
    with pytest.raises(VerificationError):
        note.verify(SignedNote("text\n", (short,)), [LOG.verifier_key])


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    other = NoteKey("log.example/a", ed25519.Signer.from_seed(b"\x09" * 32))
    for keys in ([], [other.verifier_key], [WITNESS.verifier_key]):
        with pytest.raises(VerificationError, match="no known key"):
            note.verify(note.parse(SIGNED), keys)


def test_all_keys_that_signed_are_named() -> None:
    second = NoteKey("log.example/a", ed25519.Signer.from_seed(b"\x09" * 32))
    signed = note.parse(checkpoint.sign(HEAD, [LOG, second]))
    keys = [second.verifier_key, LOG.verifier_key]

    assert tuple(keys) == note.verify(signed, keys)


LINE = SIGNED.split("\n\n")[1].split("\n")[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "text\n",
        "text\n\n",
        f"text\n{LINE}\n",
        f"text\n\n{LINE}",
        f"text\n\n{LINE}\n\n",
        f"text\n\n{LINE}\nmore\n",
        f"text\r\n\r\n{LINE}\r\n",
        f"te\x00xt\n\n{LINE}\n",
        f"te\txt\n\n{LINE}\n",
        f"text\n\n{LINE}\r\n",
        f"text\n\n{LINE.replace('— ', '- ')}\n",
        f"text\n\n{LINE.replace('— ', '—')}\n",
        f"text\n\n{LINE} \n",
        f"text\n\n {LINE}\n",
        f"text\n\n{LINE.replace('/a ', '/a  ')}\n",
        f"text\n\n{LINE.replace('/a ', '/a+ ')}\n",
        f"text\n\n{LINE.replace('/a ', '/a')}\n",
        f"text\n\n{LINE[:-1]}\n",
        "text\n\n— name AAAAAA==\n",
        "text\n\n— name \n",
        "te\ud800xt\n\n— name AAAAAAA=\n",
        b"te\xffxt\n\n",
        "text\n\n" + f"{LINE}\n" * 101,
        "x" * 1_000_000 + f"\n\n{LINE}\n",
    ],
)
def test_what_is_no_note_is_refused(text: str | bytes) -> None:
    with pytest.raises(MalformedError):
        note.parse(text)


def test_the_text_may_hold_empty_lines() -> None:
    for text in ("a\n\nb\n", "a\n\n", "\n", "\n\na\n"):
        signed = SignedNote(text, note.sign_lines(text, [LOG]))
        assert signed == note.parse(note.format(signed))


def test_sixteen_signatures_and_more_are_read() -> None:
    signers = [
        NoteKey("log.example/a", ed25519.Signer.from_seed(bytes([i]) * 32)) for i in range(40)
    ]
    assert checkpoint.open(checkpoint.sign(HEAD, signers), [signers[39].verifier_key]) == HEAD


@given(st.text("— an\nAQ=+\r", max_size=30))
def test_what_is_read_as_a_note_is_written_the_same_again(text: str) -> None:
    try:
        signed = note.parse(text)
    except MalformedError:
        return

    assert text == note.format(signed)


def test_a_note_is_not_made_of_what_is_none() -> None:
    line = note.sign_lines("text\n", [LOG])
    for text, lines in (("text", line), ("te\rxt\n", line), ("text\n", ())):
        with pytest.raises(MalformedError):
            SignedNote(text, lines)
    with pytest.raises(MalformedError):
        NoteSignature("name", bytes(3), b"x")
    with pytest.raises(MalformedError):
        NoteSignature("na me", bytes(4), b"x")


# Checkpoints.


def test_a_checkpoint_is_three_lines() -> None:
    text = checkpoint.text(HEAD)

    assert text == "log.example/a\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert checkpoint.parse(text) == HEAD
    assert checkpoint.open(SIGNED, [LOG.verifier_key]) == HEAD
    assert checkpoint.open(SIGNED.encode(), [LOG.verifier_key]) == HEAD


def test_extension_lines_of_other_logs_are_kept() -> None:
    text = checkpoint.text(HEAD) + "time 12\nmore\n"

    assert checkpoint.parse(text).extensions == ("time 12", "more")
    assert text == checkpoint.text(checkpoint.parse(text))


ROOT_LINE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n7\n",
        f"a\n7\n{ROOT_LINE}",
        f"\n7\n{ROOT_LINE}\n",
        f"a\n07\n{ROOT_LINE}\n",
        f"a\n+7\n{ROOT_LINE}\n",
        f"a\n-7\n{ROOT_LINE}\n",
        f"a\n７\n{ROOT_LINE}\n",
        f"a\n7 \n{ROOT_LINE}\n",
        f"a\n{2**63}\n{ROOT_LINE}\n",
        f"a\n7\n{ROOT_LINE[:-1]}\n",
        f"a\n7\n{ROOT_LINE[:-4]}\n",
        f"a\n7\n{ROOT_LINE}\n\n",
        f"a\n7\n{ROOT_LINE}\nx\n\ny\n",
        f"a\n0\n{ROOT_LINE}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        checkpoint.parse(text)


def test_the_empty_tree_has_its_root() -> None:
    head = Checkpoint("a", 0, EMPTY_ROOT)

    assert head == checkpoint.parse(checkpoint.text(head))
    with pytest.raises(MalformedError):
        Checkpoint("a", 0, bytes(32))


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, bytes(32)), ("a\nb", 1, bytes(32)), ("a", -1, bytes(32)), ("a", 1, bytes(31))],
)
def test_a_checkpoint_is_not_made_of_what_is_none(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(MalformedError):
        Checkpoint(origin, size, root)


def test_a_known_key_under_another_name_than_the_origin_does_not_count() -> None:
    other = NoteKey("log.example/b", LOG.signer)
    with pytest.raises(VerificationError, match="no known key"):
        checkpoint.open(checkpoint.sign(HEAD, [other]), [other.verifier_key])


def test_the_checkpoints_of_the_vectors_are_made_again(log: dict[str, Any]) -> None:
    signers = {
        key["name"]: ed25519.Signer.from_seed(bytes.fromhex(key["seed_hex"])) for key in log["keys"]
    }
    origin = "log.example/mealtrace-test"
    old, new = NoteKey(origin, signers["log 1"]), NoteKey(origin, signers["log 2"])
    roots = {item["index"] + 1: item["root_hex"] for item in log["log"]}
    for case in log["checkpoints"]:
        size = case["size"]
        keys = [old] if size < 27 else [old, new] if size == 27 else [new]
        signed = note.parse(case["note"])
        head = checkpoint.open(case["note"], [key.verifier_key for key in keys])
        assert (origin, size, roots[size]) == (head.origin, head.size, head.root.hex())
        assert len(keys) == len(note.verify(signed, [key.verifier_key for key in keys]))
        remade = note.parse(checkpoint.sign(head, keys))
        assert remade.signatures == signed.signatures[: len(keys)]
        assert len(signed.signatures) == len(keys) + 3


# Cosignatures.


def test_a_cosignature_is_a_time_and_a_signature_over_time_and_text() -> None:
    line = note.parse(SIGNED).signatures[1]
    message = b"cosignature/v1\ntime 1767139200\n" + checkpoint.text(HEAD).encode()

    assert line.signature == (1_767_139_200).to_bytes(8, "big") + WITNESS.signer.sign(message)
    (found,) = cosignature.verify(note.parse(SIGNED), [LOG.verifier_key, WITNESS.verifier_key])
    assert (WITNESS.verifier_key, 1_767_139_200) == (found.key, found.time_s)


def test_lines_of_unknown_witnesses_are_ignored() -> None:
    same_key_other_name = WitnessKey("other.example", WITNESS.signer, 0).verifier_key

    assert cosignature.verify(note.parse(SIGNED), [same_key_other_name]) == ()


def test_a_log_signature_by_the_witness_key_is_no_cosignature() -> None:
    as_log = NoteKey(WITNESS.name, WITNESS.signer)
    signed = note.parse(checkpoint.sign(HEAD, [as_log]))

    assert cosignature.verify(signed, [WITNESS.verifier_key]) == ()


@pytest.mark.parametrize("case", ["time", "signature", "short", "long", "far future", "text"])
def test_a_bad_line_of_a_known_witness_is_refused(case: str) -> None:
    signed = note.parse(SIGNED)
    line = signed.signatures[1]
    blob, text = bytearray(line.signature), signed.text
    if case == "time":
        blob[7] ^= 1
    elif case == "signature":
        blob[-1] ^= 1
    elif case == "short":
        blob.pop()
    elif case == "long":
        blob.append(0)
    elif case == "far future":
        blob[0] = 0x80
    else:
        text += "extension\n"
    bad = NoteSignature(line.name, line.key_id, bytes(blob))
    with pytest.raises(VerificationError):
        cosignature.verify(SignedNote(text, (bad,)), [WITNESS.verifier_key])


@pytest.mark.parametrize("time_s", [-1, 2**63])
def test_times_of_cosignatures_have_a_range(time_s: int) -> None:
    with pytest.raises(MalformedError):
        WitnessKey("w.example", WITNESS.signer, time_s)
