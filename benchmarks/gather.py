"""Gathers the pages in results/ into one page, RESULTS.md, with a table of what was asked and what was found at its head."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from measuring import HERE, RESULTS, say

PAGE = HERE / "RESULTS.md"
ASKED = re.compile(r"[^.;:|\n]*;? ?asked: [^.;\n]*(?:\.\d[^.;\n]*)*")
"""The words in which a script says what was asked, from the clause before."""


def pages() -> list[Path]:
    """Return the pages of results in alphabetical order."""
    return sorted(RESULTS.glob("*.md"))


def title_and_rest(text: str) -> tuple[str, str]:
    """Return the heading of a page and what is under it; headings inside go two levels down.

    >>> title_and_rest("# Growth\\n\\nSlow.\\n\\n## Why\\n\\nRows.")
    ('Growth', 'Slow.\\n\\n#### Why\\n\\nRows.')
    """
    first, _, rest = text.strip().partition("\n")
    if not first.startswith("# "):
        raise SystemExit(f"A page of results begins with '# ' and its title, not with {first[:40]!r}.")
    return first[2:].strip(), re.sub(r"^(#+) ", r"##\1 ", rest.strip(), flags=re.MULTILINE)


def anchor(title: str) -> str:
    """Return the name by which a heading is linked to.

    >>> anchor("Features by other engines")
    'features-by-other-engines'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def gathered(texts: dict[str, str]) -> str:
    """Return the one page made of the pages, which are given by file name."""
    parts = {name: title_and_rest(text) for name, text in texts.items()}
    table = ["| page | measured by | asked for a figure |", "|---|---|---|"]
    for title, rest in parts.values():
        script = re.search(r"`?python benchmarks/(\w+\.py)", rest)
        table.append(f"| [{title}](#{anchor(title)}) | {f'`{script[1]}`' if script else 'see the page'} | "
                     f"{'yes' if ASKED.search(rest) else 'no'} |")
    return "\n\n".join([
        "# What was measured",
        "Made by `python benchmarks/gather.py` from the pages in `results/`, each of which its own script wrote. How to read "
        "them, and what each is measured against: `README.md` in this folder. A script ends with an error where a figure that "
        "was asked for is missed. Processor time varies with what else the machine did; a ratio to a named alternative in the "
        "same run varies less.",
        "\n".join(table),
        *(f"## {title}\n\n{rest}" for title, rest in parts.values()),
    ]) + "\n"


def main() -> None:
    """Write the page, or with --check say whether it is the one the pages give."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; end with an error where the page is not up to date")
    asked = parser.parse_args()
    text = gathered({path.name: path.read_text(encoding="utf-8") for path in pages()})
    if asked.check:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            sys.exit("benchmarks/RESULTS.md is not what results/ gives. Run: python benchmarks/gather.py")
        return
    beside = PAGE.with_name(".RESULTS.md.new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, PAGE)
    say(f"{PAGE.name}: {len(pages())} pages")


if __name__ == "__main__":
    main()
