"""What is said: in both languages, with the same values, and never half in the other one."""

import re
from string import Formatter

import pytest
from bundle_cases import load, names

from ledger.errors import MalformedError, VerificationError
from ledger.verdict import CHECKS, State
from ledger.verification.reasons import compared, reason
from ledger.verification.sentences import LONGEST, SENTENCES, say

ORIGIN = "checkpoint-signature/not-checked-origin"
ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


def values(text: str) -> set[str]:
    """Names in braces, languages' endings left off."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    return {name.removesuffix("_en").removesuffix("_zh") for name in names}


@pytest.mark.parametrize("key", SENTENCES)
def test_both_languages_say_the_same_values(key: str) -> None:
    en, zh = SENTENCES[key]

    assert values(en) == values(zh)
    assert re.search(r"[\u4e00-\u9fff]", zh)
    assert not re.search(r"[\u4e00-\u9fff]", en)


@pytest.mark.parametrize("key", [key for key in SENTENCES if "/fail" in key])
def test_a_failure_says_what_was_expected_or_why(key: str) -> None:
    assert values(SENTENCES[key][0]) & {"expected", "reason", "kid"}


def test_sentences_are_filed_under_their_checks() -> None:
    assert {key.partition("/")[0] for key in SENTENCES} == {*CHECKS, "consistency", "not-reached"}


@pytest.mark.parametrize("name", names())
def test_every_sentence_is_whole_and_in_its_language(name: str) -> None:
    try:
        verdict = load(name).verify()
    except MalformedError:
        return
    for check in verdict.checks:
        assert check.en.endswith(".")
        assert check.zh.endswith("。")
        assert not re.search(r"[{}]", check.en + check.zh)
        assert not ENGLISH.search(check.zh), check.zh
        assert not re.search(r"[\u4e00-\u9fff]", check.en)
        if check.state is State.FAIL:
            assert len(check.en) > 40


def test_two_hashes_differ_at_a_byte() -> None:
    expected, found = "00" * 32, "00" * 7 + "01" + "00" * 24

    en, zh = compared(expected, found)

    assert en == "byte 7 of 32 differs, expected 0000000000000000…, found 0000000000000001…"
    assert (
        zh == "32 字节中的第 7 字节（从 0 起）不同，应为 0000000000000000…，实为 0000000000000001…"
    )


def test_a_difference_beyond_what_is_shown_is_shown() -> None:
    expected, found = "00" * 32, "00" * 31 + "01"

    en, _ = compared(expected, found)

    assert "byte 31 of 32 differs" in en
    assert "expected …0000000000000000" in en
    assert "found …0000000000000001" in en


def test_the_reason_behind_a_reason_is_told() -> None:
    error = VerificationError("the proof: roots differ: expected below 3, found none")
    error.__cause__ = VerificationError("roots differ", expected="below 3", found="none")

    told = reason(error)

    assert told["reason_en"] == "the proof: roots differ: expected below 3, found none"
    assert told["reason_zh"] == "应为 小于 3，实为 无"


def test_an_unknown_reason_is_quoted() -> None:
    assert reason(MalformedError("odd"))["reason_zh"] == "技术说明 “odd”"


def test_what_a_file_says_cannot_steer_a_terminal_or_drown_the_sentence() -> None:
    origin = "a\x1b[2J\x9b\u202eb" + "c" * 10_000

    check = say("checkpoint-signature", State.NOT_CHECKED, ORIGIN, origin=origin)

    for text in (check.en, check.zh):
        assert text.isprintable()
        assert "a\ufffd[2J\ufffd\ufffdb" in text
        assert len(text) < LONGEST + 200
