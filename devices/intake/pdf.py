"""Pages of a PDF as pictures (PDF 扫描件): most scanners write PDFs, and the PDF stays the evidence.

Drawn by pypdfium2 (PDFium; Apache-2.0 or BSD-3-Clause) at 300 dots an inch, with a longer side of at
most 2400 pixels, in a process of its own with limits of memory and time (`pdf_child.py`). A
certificate has a page or two: more than ten is another document, and is refused.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final

import numpy as np

from devices.camera.packages import needed
from devices.camera.picture import Image
from devices.gateway.language import tr
from devices.intake.pdf_child import PROCESSOR_S
from ledger.errors import MalformedError

MOST_PAGES: Final = 10
LONGEST: Final = 2400
"""Pixels of a page's longer side: A4 at some 200 dots an inch, more than the reader looks at."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a PDF.

    Attributes:
        image: as it was drawn.
        number: counted from 1, as people do.
        pages: how many the PDF has.
    """

    image: Image
    number: int
    pages: int


def is_pdf(data: bytes) -> bool:
    """Whether bytes begin as a PDF's do."""
    return data[:5] == b"%PDF-"


def page(data: bytes, number: int) -> Page:
    """A page, counted from 1.

    Raises:
        MalformedError: there is none, or it is locked, damaged, or unpacks to more than any scan.
        UnavailableError: pypdfium2 is not installed.
    """
    needed("pypdfium2")
    command = [sys.executable, "-m", "devices.intake.pdf_child", str(number - 1), str(LONGEST)]
    try:
        child = subprocess.run(  # noqa: S603 - this package's own program
            command, input=data, capture_output=True, timeout=2 * PROCESSOR_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise MalformedError(_too_large()) from error
    line, _, pixels = child.stdout.partition(b"\n")
    try:
        head: dict[str, Any] = json.loads(line)
    except ValueError as error:
        # It was ended by its limits, or PDFium fell over the file.
        raise MalformedError(_too_large()) from error
    if "fault" in head:
        raise MalformedError(_fault(head, number))
    if head["pages"] > MOST_PAGES:
        raise MalformedError(
            tr(
                f"the PDF has {head['pages']} pages, a certificate {MOST_PAGES} at most: save its "
                "own page as a file",
                f"PDF 共 {head['pages']} 页，证照最多 {MOST_PAGES} 页，请只保存证照所在页",
            )
        )
    rows = np.frombuffer(pixels, np.uint8).reshape(head["height"], head["stride"])
    image = rows[:, : 3 * head["width"]].reshape(head["height"], head["width"], 3)
    return Page(np.ascontiguousarray(image), number, head["pages"])


def drawer_name() -> str:
    """What drew: package and version."""
    return f"pypdfium2 {metadata.version('pypdfium2')}"


def _fault(head: dict[str, Any], number: int) -> str:
    if head["fault"] == "locked":
        return tr("the PDF is locked by a password", "PDF 设有密码")
    if head["fault"] == "no-page":
        return tr(
            f"the PDF has {head['pages']} pages, and no page {number}",
            f"PDF 共 {head['pages']} 页，没有第 {number} 页",
        )
    if head["fault"] == "too-large":
        return _too_large()
    return tr("the PDF is damaged, or has nothing to draw", "PDF 已损坏或无可显示内容")


def _too_large() -> str:
    return tr(
        "the PDF takes more memory or time than a scan does; save the page as a JPEG",
        "PDF 占用的内存或时间超出扫描件应有的范围，请将该页另存为 JPEG",
    )
