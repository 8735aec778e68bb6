"""What a stranger has: the README's brief of one's own, and a PDF, a page and a feed that it is for. All of it is invented."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.files import pdf, written

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["COMMAND", "PAGE", "set_out"]

COMMAND = ("batch", "report.pdf", "page.html", "feed.rss", "--schema", "calls:EarningsCall", "--out", "job")
MODEL = ("--model", "local/qwen2.5-coder-1.5b")

REPORT = [
    [
        "Velm Foods reports on 2031",
        "",
        "Velm Foods reported revenue of 845 million crowns for 2031, up 6 percent from a year",
        "earlier. The company opened its second dairy in Ostra in May.",
    ],
    [
        "Net profit fell to 52 million crowns from 61 million crowns. Chief executive Nell",
        "Marsh said that milk had never been so dear.",
    ],
]
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Heron Marine earns less - Ostra Post</title></head>
<body>
<nav><a href="/">Home</a> <a href="/money">Money</a> <a href="/join">Join 40,000 readers</a></nav>
<article><h1>Heron Marine earns less</h1>
<p>Heron Marine earned <b>9.4&nbsp;million euros</b> in the first quarter of 2032, the shipyard said on Tuesday.</p>
<p>Its order book grew to 120 million euros. The yard in Vell stays closed until further notice.</p>
<p>The shipyard, which builds ferries and repairs fishing boats, has been run by the same family for three generations.</p>
</article>
<footer>Ostra Post, 12 Harbour Street. All rights reserved.</footer>
</body></html>
"""
FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Company news</title><link>https://news.example/</link><description>All of it</description>
<item><title>Plover Studios wins subscribers</title><guid>plover</guid><pubDate>Thu, 15 Jul 2032 08:00:00 GMT</pubDate>
<description>Plover Studios had 4.1 million subscribers at the end of June. It will move to a new hall.</description></item>
<item><title>Torva Rail loses less</title><guid>torva</guid><pubDate>Fri, 16 Jul 2032 08:00:00 GMT</pubDate>
<description>Torva Rail posted a loss of 14 million marks for the second quarter.</description></item>
</channel></rss>
"""


def set_out(folder: Path, readme: Path) -> list[str]:
    """Write the README's brief and the three documents into a folder; the lines of code that the brief takes."""
    block = re.search(
        r"`calls\.py`:\n\n(?:<!--.*?-->\n)?```python[^\n]*\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL
    )
    assert block
    written(folder, "calls.py", block[1])
    written(folder, "report.pdf", pdf(REPORT))
    written(folder, "page.html", PAGE)
    written(folder, "feed.rss", FEED)
    return [line for line in block[1].splitlines() if line.strip()]
