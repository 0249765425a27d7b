"""Numbers as scales write them: ASCII digits, one point at most, blanks around; never a float."""


def decimal(field: bytes) -> tuple[int, int] | None:
    """Digits as a whole number, and how many of them stand after the point; None: no number.

    Requires a field of digits, points, blanks and signs alone, as the family's pattern has seen to.
    """
    point = field.find(b".")
    try:
        if point < 0:
            return int(field), 0
        if point == 0 or not 0x30 <= field[point - 1] <= 0x39:
            return None
        # Whatever is not a number written in one piece does not become one without its point.
        value = int(field[:point] + field[point + 1 :])
        return value, len(field if field[-1] != 0x20 else field.rstrip()) - point - 1
    except ValueError:
        return None


def written(value: int, decimals: int, width: int, fill: str = "0") -> bytes:
    """The digits with their point, filled up to `width`, the sign where it is negative.

    Raises:
        OverflowError: it does not fit.
    """
    digits = f"{abs(value):0{decimals + 1}d}"
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    sign = "-" if value < 0 else ""
    filled = (
        sign + text.rjust(width - len(sign), "0") if fill == "0" else f"{sign}{text}".rjust(width)
    )
    if len(filled) > width:
        raise OverflowError(f"{filled} is wider than {width} characters")
    return filled.encode()
