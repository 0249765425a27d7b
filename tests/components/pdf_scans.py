"""PDFs as a scanner writes them, a JPEG to a page; and such as no scanner does."""

import zlib
from collections.abc import Sequence

import cv2

from devices.camera.picture import Image

_CATALOGUE = b"<< /Type /Catalog /Pages 2 0 R >>"
_MIB = 1 << 20


def scanned(pages: Sequence[Image]) -> bytes:
    """A PDF of A4 pages, each filled by its picture."""
    kids = " ".join(f"{3 + 3 * place} 0 R" for place in range(len(pages)))
    objects = [_CATALOGUE, f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()]
    for place, image in enumerate(pages):
        first = 3 + 3 * place
        height, width = image.shape[:2]
        data = bytes(cv2.imencode(".jpg", image)[1].tobytes())
        objects += [
            _page(first + 1, f"/Resources << /XObject << /I {first + 2} 0 R >> >>"),
            _stream("", b"q 595 0 0 842 0 0 cm /I Do Q"),
            _stream(
                f"/Type /XObject /Subtype /Image /Width {width} /Height {height} "
                "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
                data,
            ),
        ]
    return _file(objects)


def bomb() -> bytes:
    """Some five megabytes whose page unpacks to five gigabytes of spaces."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * _MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = zlib.compress(b"")[:2] + block * 5000
    return _file([_CATALOGUE, _PAGES, _page(4), _stream("/Filter /FlateDecode", packed)])


def locked() -> bytes:
    """A PDF whose password nobody knows."""
    handler = b"/Filter /Standard /V 1 /R 2 /P -4 /O <" + b"11" * 32 + b"> /U <" + b"22" * 32 + b">"
    trailer = b"/Encrypt << " + handler + b" >> /ID [<00> <00>] "
    return _file([_CATALOGUE, _PAGES, _page(4), _stream("", b"")], trailer)


_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def _page(contents: int, more: str = "") -> bytes:
    return (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {contents} 0 R {more} >>"
    ).encode()


def _stream(members: str, data: bytes) -> bytes:
    return f"<< {members} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _file(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    size = len(objects) + 1
    return (
        out
        + f"xref\n0 {size}\n0000000000 65535 f \n".encode()
        + table
        + b"trailer << "
        + trailer
        + f"/Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    )
