import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.client.ids import stable_id, uuid7
from ledger.errors import MalformedError

#: RFC 9562 appendix A.6: 2022-02-22T14:22:22.000-05:00, rand_a cc3, rand_b 18c4dc0c0c07398f.
_RFC_MS = 0x017F22E279B0
_RFC_ID = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


def test_the_example_of_the_rfc_comes_out() -> None:
    """rand_a fills the 12 bits below the version, rand_b the 62 below the variant."""
    random = (0xCC3 << 64 | 0x18C4DC0C0C07398F).to_bytes(10)

    assert uuid7(_RFC_MS, random) == _RFC_ID


@given(st.integers(0, (1 << 48) - 1), st.binary(min_size=10, max_size=10))
def test_every_id_is_a_version_7_uuid_that_sorts_by_its_time(ms: int, random: bytes) -> None:
    made = uuid.UUID(uuid7(ms, random))

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == ms


def test_all_random_bits_count() -> None:
    ids = {uuid7(0, (1 << bit).to_bytes(10)) for bit in range(80)}

    # 74 bits each give an id of their own; the six under version and variant give the empty one.
    assert len(ids) == 75


@pytest.mark.parametrize("ms", [-1, 1 << 48])
def test_a_time_outside_48_bits_is_refused(ms: int) -> None:
    with pytest.raises(MalformedError, match="does not fit"):
        uuid7(ms, bytes(10))


def test_too_little_randomness_is_refused() -> None:
    with pytest.raises(MalformedError, match="9 random bytes"):
        uuid7(0, bytes(9))


def test_a_document_number_has_the_same_id_for_ever() -> None:
    """The value is part of the interface: other systems compute it themselves."""
    first = stable_id("integrator:91350211MA0000001T", "weigh-in/4711")

    assert first == str(
        uuid.uuid5(uuid.NAMESPACE_URL, "integrator:91350211MA0000001T/weigh-in/4711")
    )
    assert first != stable_id("integrator:91350211MA0000002T", "weigh-in/4711")
    assert stable_id("a", 7) == stable_id("a", "7")


@pytest.mark.parametrize(("submitter", "number"), [("", "1"), ("a", ""), ("a/b", "c")])
def test_an_ambiguous_document_number_is_refused(submitter: str, number: str) -> None:
    with pytest.raises(MalformedError):
        stable_id(submitter, number)
