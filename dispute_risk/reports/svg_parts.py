"""The parts that every picture is drawn with: a few words, a straight line, the drawing around them, and the colours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["DARK", "GRID", "INK", "PALE", "drawing", "line", "text"]

# Ink and paper only, so that a drawing says the same on a grey printer: range pale, value dark, comparison dashed.
INK, PALE, GRID, DARK = "#1d3557", "#9fb3c8", "#8a8f98", "#333d47"


def text(x: float, y: float, words: str, anchor: str = "middle", fill: str = DARK, more: str | None = "") -> str:
    """Return a few words at a place, made safe for the page.

    Parameters
    ----------
    x, y : float
        Pixels from the left and from the top; `y` is where the letters stand.
    words : str
    anchor : str
        Which part of the words is at `x`: 'start', 'middle' or 'end'.
    fill : str
        Colour.
    more : str, optional
        Further attributes. None also leaves out the blank that stands before them, '' keeps it.

    Examples
    --------
    >>> text(10, 20, "5 < 6", "end", more='font-weight="700"')
    '<text x="10.0" y="20.0" text-anchor="end" fill="#333d47" font-weight="700">5 &lt; 6</text>'
    """
    further = "" if more is None else f" {more}"
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}"{further}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = GRID, more: str = "") -> str:
    """Return a straight line between two places; `more` takes further attributes.

    Examples
    --------
    >>> line(0, 5, 40, 5, more='stroke-width="2"')
    '<line x1="0.0" y1="5.0" x2="40.0" y2="5.0" stroke="#8a8f98" stroke-width="2"/>'
    """
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" {more}/>'


def drawing(
    width: float, height: float, says: str, body: Sequence[str], size: int = 12, namespace: bool = False
) -> str:
    """Return the whole drawing as an SVG element.

    Parameters
    ----------
    width, height : float
        Whole pixels; a part of one is rounded.
    says : str
        What the drawing says, in words, for those who do not see it.
    body : sequence of str
        What is drawn, the first undermost.
    size : int
        Height of the letters in pixels.
    namespace : bool
        Whether the element names what it is, as a file of its own has to; within a page it need not.

    Examples
    --------
    >>> drawing(40, 10, "A line", [line(0, 5, 40, 5)])[:84]
    '<svg viewBox="0 0 40 10" width="40" height="10" role="img" aria-label="A line" font-'
    """
    name = 'xmlns="http://www.w3.org/2000/svg" ' if namespace else ""
    return (f'<svg {name}viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" role="img" '
            f'aria-label="{escape(says, quote=True)}" font-size="{size}">{"".join(body)}</svg>')
