"""Times: one spelling per instant, and every offset leads to it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import timestamp
from ledger.errors import MalformedError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
offsets = st.integers(-(23 * 60 + 59), 23 * 60 + 59).map(lambda m: timezone(timedelta(minutes=m)))


@given(st.datetimes(timezones=st.just(UTC)))
def test_agrees_with_datetime(moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    ms = (moment - EPOCH) // timedelta(milliseconds=1)
    text = moment.strftime("%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
    text = f"{moment.year:04}-{text}"

    assert text == timestamp.format(ms)
    assert ms == timestamp.parse(text)
    assert text == timestamp.normalise(text)


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=offsets))  # noqa: DTZ001
def test_every_offset_names_the_same_instant(moment: datetime) -> None:
    ms = (moment - EPOCH) // timedelta(milliseconds=1)

    assert timestamp.format(ms) == timestamp.normalise(moment.isoformat())


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("2026-11-23T14:12:11+08:00", "2026-11-23T06:12:11.000Z"),
        ("2026-11-23T06:12:11Z", "2026-11-23T06:12:11.000Z"),
        ("2026-11-23t06:12:11z", "2026-11-23T06:12:11.000Z"),
        ("2026-11-23T06:12:11.1Z", "2026-11-23T06:12:11.100Z"),
        ("2026-11-23T06:12:11.999999999Z", "2026-11-23T06:12:11.999Z"),
        ("2026-01-01T00:00:00.5-00:00", "2026-01-01T00:00:00.500Z"),
        ("2024-02-29T23:59:59+23:59", "2024-02-29T00:00:59.000Z"),
        ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
    ],
)
def test_normalises_by_cutting_never_rounding(text: str, normal: str) -> None:
    assert normal == timestamp.normalise(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T06:12:11.120",
        "2026-11-23T06:12:11.120+08:00",
        "2026-11-23T06:12:11Z",
        "2026-11-23T06:12:11.12Z",
        "2026-11-23T06:12:11.1200Z",
        "2026-11-23T06:12:11,120Z",
        "2026-11-23 06:12:11.120Z",
        "2026-11-23t06:12:11.120z",
        "2026-11-23T06:12:11.120Z\n",
        "2026-11-23T24:00:00.000Z",
        "2026-11-23T06:12:60.000Z",
        "2026-11-23T06:60:00.000Z",
        "2026-02-29T06:12:11.120Z",
        "2026-00-10T06:12:11.120Z",
        "0000-01-10T06:12:11.120Z",
        "2026-1１-23T06:12:11.120Z",
        "",
    ],
)
def test_normal_form_alone_is_parsed(text: str) -> None:
    with pytest.raises(MalformedError):
        timestamp.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T06:12:11",
        "2026-11-23T06:12:11.Z",
        "2026-11-23T06:12:11.1234567890Z",
        "2026-11-23T06:12:11+0800",
        "2026-11-23T06:12:11+08",
        "2026-11-23T06:12:11+24:00",
        "2026-11-23T06:12:11+08:60",
        "2026-12-31T23:59:60Z",
        "2026-11-23T06:12:11Z ",
        "20261123T061211Z",
        "2026-W01-1T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "yesterday",
    ],
)
def test_refuses_naive_loose_and_impossible_times(text: str) -> None:
    with pytest.raises(MalformedError):
        timestamp.normalise(text)


@pytest.mark.parametrize("ms", [-62_135_596_800_001, 253_402_300_800_000])
def test_years_before_1_and_after_9999_have_no_form(ms: int) -> None:
    with pytest.raises(MalformedError):
        timestamp.format(ms)
