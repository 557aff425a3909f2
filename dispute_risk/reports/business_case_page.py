"""The business case as one web page that needs no network and prints on A4."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dispute_risk.reports.business_case_parts import Bullets, Document

__all__ = ["business_case_page"]

TEMPLATES = Path(__file__).parent / "templates"


def business_case_page(document: Document, files: Sequence[str] = ()) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    document : Document
        From `business_case_words.document`.
    files : sequence of str
        Names of the files beside it.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters["drawn"] = Markup
    environment.filters["points"] = _points
    footer = "Business case for the mediation pilot" + (f". {document.mark}" if document.mark else "")
    return environment.get_template("business_case.html").render(
        document=document, files=files, footer=footer, css=Markup((TEMPLATES / "weekly.css").read_text(encoding="utf-8")))


def _points(block: Bullets) -> Sequence[str]:
    return block.items
