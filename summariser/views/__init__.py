"""A brief for people and their tools: text for a terminal, Markdown, an HTML report, notebooks, JSON and flat tables.

Every item is shown with the sentences that prove it and their place in the document, in characters counted from 0.
Words that came from a document or a model are data: no control character, terminal escape, markup or HTML in them
takes effect.
"""

from summariser.views.jsonform import as_json, verification_as_json
from summariser.views.markdown import as_digest, as_markdown
from summariser.views.text import MIN_WIDTH, as_text, verification_as_text
from summariser.views.wording import plain

__all__ = [
    "MIN_WIDTH",
    "as_digest",
    "as_json",
    "as_markdown",
    "as_text",
    "plain",
    "verification_as_json",
    "verification_as_text",
]
