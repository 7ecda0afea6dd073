"""Small ODS and XLSB files written part by part, as no library that is kept up writes them all."""

import datetime as dt
import struct
import zipfile
from xml.sax.saxutils import escape

SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)
MIME = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIME}"/></manifest:manifest>'
)
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def ods_cell(value):
    """A cell of content.xml; a text that begins with "<" is one already."""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str) and value.startswith("<"):
        return value
    kind, said = "string", ""
    if isinstance(value, bool):
        kind, said = "boolean", f'office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int | float):
        kind, said = "float", f'office:value="{value}"'
    elif isinstance(value, dt.date):
        kind, said = "date", f'office:date-value="{value.isoformat()}"'
    elif isinstance(value, dt.time):
        kind, said = "time", f'office:time-value="PT{value:%HH%MM%SS}"'
    shown = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell office:value-type="{kind}" {said}>{shown}</table:table-cell>'


def write_ods(path, *sheets, doctype="", change=str):
    """Each sheet is (name, rows) or (name, rows, "hidden"); a row may be a text of content.xml."""
    tables = ""
    for name, rows, *state in sheets:
        style = ' table:style-name="unseen"' if "hidden" in state else ""
        lines = "".join(
            row
            if isinstance(row, str)
            else f"<table:table-row>{''.join(map(ods_cell, row)) or ods_cell(None)}</table:table-row>"
            for row in rows
        )
        tables += f'<table:table table:name="{escape(name)}"{style}>{lines}</table:table>'
    unseen = (
        '<style:style style:name="unseen" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<office:document-content {SPACES} office:version="1.2">'
        f"<office:automatic-styles>{unseen}</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        f"</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIME, zipfile.ZIP_STORED)
        archive.writestr("content.xml", change(content))
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return path


def record(number, content=b""):
    name = bytes([number]) if number < 128 else bytes([number & 127 | 128, number >> 7])
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    return name + length + content


def wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_cell(column, value):
    if isinstance(value, str):
        return record(6, struct.pack("<II", column, 0) + wide(value))
    if isinstance(value, bool):
        return record(4, struct.pack("<IIB", column, 0, value))
    style = 0
    if isinstance(value, dt.datetime):
        value, style = (value - dt.datetime(1899, 12, 30)).total_seconds() / 86_400, 1
    return record(5, struct.pack("<IId", column, style, value))


def write_xlsb(path, *sheets):
    """Each sheet is (name, rows) or (name, rows, "hidden"); a cell is a text, a number, a bool or a datetime."""
    bundle, relations, parts = b"", "", {}
    for k, (name, rows, *state) in enumerate(sheets, 1):
        bundle += record(156, struct.pack("<II", bool(state), k) + wide(f"rId{k}") + wide(name))
        relations += (
            f'<Relationship Id="rId{k}" Target="worksheets/sheet{k}.bin" Type="http://schemas.openxmlformats.org/'
            f'officeDocument/2006/relationships/worksheet"/>'
        )
        last = max(map(len, rows), default=1)
        data = b""
        for number, row in enumerate(rows):
            data += record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
            data += b"".join(xlsb_cell(place, value) for place, value in enumerate(row) if value is not None)
        size = record(148, struct.pack("<IIII", 0, max(0, len(rows) - 1), 0, last - 1))
        parts[f"xl/worksheets/sheet{k}.bin"] = record(129) + size + record(145) + data + record(146) + record(130)
    formats = b"".join(record(47, struct.pack("<HHHHHHI", 0, one, 0, 0, 0, 0, 0)) for one in (0, 22))
    styles = record(278) + record(617, struct.pack("<I", 2)) + formats + record(618) + record(279)
    kinds = "".join(
        f'<Override PartName="/{part}" ContentType="application/vnd.ms-excel"/>'
        for part in ("xl/workbook.bin", *parts)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types">{kinds}</Types>')
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        )
        archive.writestr("xl/workbook.bin", record(131) + record(143) + bundle + record(144) + record(132))
        archive.writestr("xl/styles.bin", styles)
        for part, content in parts.items():
            archive.writestr(part, content)
    return path
