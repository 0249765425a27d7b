"""One page of a PDF drawn, by a process of its own: a stranger's document is parsed in C++ (PDFium).

    python -m devices.intake.pdf_child PAGE LONGEST < scan.pdf

Answers one line of JSON, `{"pages": 2, "width": 1684, "height": 2381, "stride": 5052}`, and the pixels,
blue first; or `{"fault": …}` alone. A file that unpacks to more memory, or takes longer, than any
scan does meets the limits that this process gives itself: it ends, and nothing else does. No script is
run (the package's PDFium has no JavaScript), and no address is followed.
"""

import json
import sys
from typing import Any, BinaryIO, Final

MEMORY_BYTES: Final = 1 << 30
"""A page of 64 megapixels in colour takes 192 MiB, unpacked and drawn twice that."""
PROCESSOR_S: Final = 20
_PASSWORD: Final = 4
"""FPDF_ERR_PASSWORD of fpdfview.h."""
_POINTS_PER_DPI: Final = 1 / 72
_DPI: Final = 300


def limited() -> None:
    """Take away what no scan needs; where the system has no such limits, the parent's time remains."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def drawn(data: bytes, number: int, longest: int) -> tuple[dict[str, Any], bytes]:
    """Page `number`, counted from 0, with a longer side of at most `longest` pixels."""
    import pypdfium2  # noqa: PLC0415 - after the limits

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD
        return {"fault": "locked" if locked else "damaged"}, b""
    pages = len(document)
    if number >= pages:
        return {"fault": "no-page", "pages": pages}, b""
    try:
        page = document[number]
        longer = max(page.get_size())
        if not 0 < longer < float("inf"):
            return {"fault": "damaged"}, b""
        bitmap = page.render(scale=min(_DPI * _POINTS_PER_DPI, longest / longer))
    except (pypdfium2.PdfiumError, ValueError):
        return {"fault": "damaged"}, b""
    head = {
        "pages": pages, "width": bitmap.width, "height": bitmap.height, "stride": bitmap.stride,
    }  # fmt: skip
    return head, bytes(bitmap.buffer)


def main(given: BinaryIO, out: BinaryIO, number: int, longest: int) -> None:
    """Read, draw, answer."""
    data = given.read()
    limited()
    try:
        head, pixels = drawn(data, number, longest)
    except MemoryError:
        head, pixels = {"fault": "too-large"}, b""
    out.write(json.dumps(head).encode() + b"\n" + pixels)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]), int(sys.argv[2]))
