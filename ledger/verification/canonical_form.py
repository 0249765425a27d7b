"""Where bytes depart from canonical JSON: the place a sentence can point at."""

import orjson

_OPTIONS = orjson.OPT_SORT_KEYS


def locate(data: bytes) -> tuple[str, str] | None:
    """The first byte that is not the canonical one, in English and Chinese.

    None where the bytes are no JSON at all, or canonical as far as their writing goes.
    """
    try:
        canonical = orjson.dumps(orjson.loads(data), option=_OPTIONS)
    except (ValueError, TypeError):
        return None
    if canonical == data:
        return None
    at = next(
        (at for at, (want, got) in enumerate(zip(canonical, data, strict=False)) if want != got),
        min(len(canonical), len(data)),
    )
    want, got = _byte(canonical, at), _byte(data, at)
    return (
        f"at byte {at} expected {want[0]}, found {got[0]}",
        f"第 {at} 字节（从 0 起）应为 {want[1]}，实为 {got[1]}",
    )


def _byte(data: bytes, at: int) -> tuple[str, str]:
    if at >= len(data):
        return "the end", "结尾"
    shown = f"0x{data[at]:02x}"
    return shown, shown
