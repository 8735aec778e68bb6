"""Small files for the tests of readers, made byte by byte where no library writes them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from summariser.readers import Damaged, Entry, stream_documents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from summariser.readers import Item

__all__ = ["damage", "docx", "entries", "entry", "pdf", "written"]

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def written(folder: Path, name: str, data: bytes | str) -> Path:
    """Write a file, with folders for it where there are none."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def entries(items: Sequence[Item]) -> list[Entry]:
    """The items, all of which must be documents."""
    for item in items:
        assert isinstance(item, Entry), item
    return [item for item in items if isinstance(item, Entry)]


def entry(
    path: Path | str, *, title: str | None = None, published: str | None = None, encoding: str | None = None
) -> Entry:
    """Read the one document of a file."""
    (found,) = entries(list(stream_documents([path], title=title, published=published, encoding=encoding)))
    return found


def damage(path: Path | str) -> str:
    """Read a file that is damaged, and say how."""
    (found,) = stream_documents([path])
    assert isinstance(found, Damaged), found
    message = str(found.error)
    assert len(message.splitlines()) == 1
    return message


def pdf(pages: Sequence[Sequence[str]], *, trailer: str = "") -> bytes:
    """A PDF whose pages have these lines, in Helvetica."""
    streams = [
        "BT /F1 10 Tf 12 TL 50 750 Td " + " ".join(f"({_escaped(line)}) Tj T*" for line in lines) + " ET"
        for lines in pages
    ]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in enumerate(streams):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
    out = b"%PDF-1.4\n"
    places: list[int] = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode("cp1252")


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def docx(body: str, *, before: str = "") -> bytes:
    """A Word document with this body, in the XML that Word writes."""
    xml = f'<?xml version="1.0" encoding="UTF-8"?>{before}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", xml)
    return out.getvalue()
