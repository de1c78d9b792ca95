"""Markdown of curators as HTML that can do nothing: no raw HTML, no pictures, no scripts, no styles."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "code", "pre", "a", "blockquote", "h3", "h4"}
SCHEMES = {"http", "https", "mailto"}

# Raw HTML stands as text on the page; what is left is cleaned all the same, by another hand.
_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")


@lru_cache(maxsize=256)
def render_prose(text: str) -> SafeString:
    """Render Markdown (CommonMark) to HTML of a few harmless tags; links tell search engines nothing."""
    html = nh3.clean(
        _markdown.render(text),
        tags=TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(html)  # noqa: S308
