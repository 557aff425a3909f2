"""The business case as a Word document, to be edited, tracked and put before a committee."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dispute_risk.errors import DisputeRiskError
from dispute_risk.records.write import written_beside
from dispute_risk.reports.business_case_parts import Bullets, Document, Paragraph, Picture, Table

__all__ = ["MISSING_WORD", "write_business_case_word"]

MISSING_WORD = ("The Word document needs python-docx, which is not installed. Install it with: "
                'pip install "dispute-risk[word]", or give --no-word to do without; the page and the workbook need nothing.')
INK, WASH = "1D3557", "F3F5F8"
TEXT_WIDTH_CM = 17.4


def _docx() -> Any:
    try:
        import docx
    except ImportError as error:
        raise DisputeRiskError(MISSING_WORD) from error
    return docx


def write_business_case_word(document: Document, path: str | Path, *, as_of: dt.date) -> Path:
    """Write the document beside its place and move it there.

    Parameters
    ----------
    document : Document
        From `business_case_words.document`.
    path : path
    as_of : date
        Set as the day the file was made, so that the same case makes the same file.

    Raises
    ------
    DisputeRiskError
        Where python-docx is not installed.
    OutputNotWritten
        Where the place cannot be written.
    """
    docx = _docx()
    file = docx.Document()
    _set_up(file, document, as_of)
    if document.mark:
        _styled(file, f"{document.mark}.", bold=True)
    file.add_heading(document.title, 0)
    _styled(file, document.of, italic=True)
    for section in document.sections:
        file.add_heading(section.heading + (" (invented records)" if document.mark else ""), 1)
        for block in section.blocks:
            _block(file, block)
    file.add_heading("About this document", 1)
    _table(file, Table("", ["", ""], [list(pair) for pair in document.facts], (), (0.25, 0.75)))
    _styled(file, "For officers of the authority. Small numbers are not hidden: not for publication.", italic=True)
    with written_beside(path) as beside:
        file.save(str(beside))
    return Path(path)


def _set_up(file: Any, document: Document, as_of: dt.date) -> None:
    from docx.shared import Cm, Pt, RGBColor

    page = file.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.8)
    page.top_margin = page.bottom_margin = Cm(1.8)
    file.styles["Normal"].font.name, file.styles["Normal"].font.size = "Arial", Pt(10.5)
    for name, size in (("Title", 22), ("Heading 1", 15)):
        style = file.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), RGBColor.from_string(INK)
        _fonts(style)
    footer = page.footer.paragraphs[0]
    footer.text = "Business case for the mediation pilot" + (f". {document.mark}" if document.mark else "") + "\tpage "
    _page_number(footer)
    made = dt.datetime.combine(as_of, dt.time(), tzinfo=dt.UTC)
    properties = file.core_properties
    properties.title, properties.author, properties.comments = document.title, "dispute-risk", document.of
    properties.created = properties.modified = made


def _fonts(style: Any) -> None:
    """Set the font of a heading for every script: the theme's own font would win otherwise."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), "Arial")


def _page_number(paragraph: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _styled(file: Any, text: str, bold: bool = False, italic: bool = False) -> Any:
    paragraph = file.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic = bold, italic
    return paragraph


def _block(file: Any, block: Paragraph | Bullets | Table | Picture) -> None:
    if isinstance(block, Paragraph):
        paragraph = _styled(file, block.text, bold=block.kind == "alarm", italic=block.kind == "note")
        if block.kind in ("lead", "alarm"):
            _shade_paragraph(paragraph)
    elif isinstance(block, Bullets):
        for item in block.items:
            file.add_paragraph(item, style="List Bullet")
    elif isinstance(block, Picture):
        # Word shows no SVG made by others: the figures of the drawing stand as a table.
        _table(file, block.instead)
    else:
        _table(file, block)


def _shade_paragraph(paragraph: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", WASH)):
        shade.set(qn(name), value)
    paragraph._p.get_or_add_pPr().append(shade)


def _table(file: Any, block: Table) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Cm, Pt

    if block.caption:
        caption = _styled(file, block.caption, bold=True)
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_after = Pt(2)
    headed = any(block.headings)
    table = file.add_table(rows=int(headed), cols=len(block.headings), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.LEFT, False
    shares = list(block.widths) or [1 / len(block.headings)] * len(block.headings)
    widths = [Cm(TEXT_WIDTH_CM * share / sum(shares)) for share in shares]
    if headed:
        _fill(table.rows[0].cells, block.headings, block.numbers, widths, _heading_cell)
        _repeat(table.rows[0])
    for place, row in enumerate(block.rows):
        _fill(table.add_row().cells, row, block.numbers, widths, _strong_cell if place in block.strong else None)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        _whole(row)
    file.add_paragraph().paragraph_format.space_after = Pt(2)


def _fill(
    cells: Sequence[Any], texts: Sequence[str], numbers: Sequence[int], widths: Sequence[Any], mark: Callable | None
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for place, (cell, text, width) in enumerate(zip(cells, texts, widths, strict=True)):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        run = paragraph.add_run(text)
        run.font.size = Pt(8.5)
        if place in numbers:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if mark is not None:
            mark(cell, run)


def _heading_cell(cell: Any, run: Any) -> None:
    run.bold = True
    _shade(cell)


def _strong_cell(cell: Any, run: Any) -> None:
    run.bold = True


def _shade(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", WASH)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    """Repeat the heading row on every page the table runs over."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _whole(row: Any) -> None:
    """Keep a row on one page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
