"""The text of a label: written one way, and refused in every other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.cabinet import label as labels
from devices.cabinet.label import Label
from ledger.errors import MalformedError

PLAIN = Label("canteen:2105020001~01", "2026-11-27", "lunch", "d-4", "C-88")
TEXT = "mealtrace:1/2105020001~01/2026-11-27/lunch/d-4/C-88/D3E0"


def test_a_label_is_written_as_the_docstring_shows() -> None:
    assert labels.format(PLAIN) == TEXT
    assert labels.parse(TEXT) == PLAIN


@given(st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=6))
def test_what_is_written_is_read(dish: str, container: str) -> None:
    try:
        text = labels.format(Label("canteen:2105020001~01", "2026-11-27", "snack", dish, container))
    except (MalformedError, UnicodeEncodeError):
        return
    assert text.isascii()
    read = labels.parse(text)
    assert (read.dish_code, read.container_code) == (dish, container)


@pytest.mark.parametrize("length", range(len(TEXT)))
def test_a_text_cut_short_anywhere_is_refused(length: int) -> None:
    with pytest.raises(MalformedError):
        labels.parse(TEXT[:length])


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("C-88", "C-89"),
        TEXT.lower(),
        TEXT + "\n",
        "https://id.gs1.org/01/09506000134352/10/ABC",
        TEXT.replace("lunch", "l%75nch"),
    ],
)
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        labels.parse(text)


@pytest.mark.parametrize(
    "change",
    [
        {"canteen": "school:2105020001"},
        {"meal_on": "27.11.2026"},
        {"meal": "午餐"},
        {"dish_code": " "},
        {"container_code": ""},
        {"dish_code": "x" * 200},
    ],
)
def test_what_cannot_become_a_record_is_no_label(change: dict[str, str]) -> None:
    parts = {name: getattr(PLAIN, name) for name in Label.__slots__}
    with pytest.raises(MalformedError):
        labels.format(Label(**{**parts, **change}))
