"""HTML of a page that stands alone. Every text is escaped unless an element made it."""
from __future__ import annotations

import html
from pathlib import Path

STYLE = Path(__file__).with_name("page.css")
VOID = ("img", "meta")  # elements without an end


class Html(str):
    """A text that is HTML already."""


def escaped(text):
    return text if isinstance(text, Html) else Html(html.escape(str(text)))


def element(tag, *children, **attributes):
    """<tag attributes>children</tag>; `class_` and the like lose the underscore, an attribute that is None is left out."""
    given = "".join(f' {name.rstrip("_")}="{html.escape(str(value))}"' for name, value in attributes.items() if value is not None)
    start = f"<{tag}{given}>"
    return Html(start if tag in VOID else f"{start}{joined(*children)}</{tag}>")


def joined(*children, by=""):
    return Html(escaped(by).join(escaped(child) for child in children))


def paragraph(*children):
    return element("p", *children)


def bullets(items, class_=None):
    return element("ul", *(element("li", item) for item in items), class_=class_)


def subscript(symbol, index):
    return joined(symbol, element("sub", index))


def value(text):
    """Numbers that stay on one line."""
    return element("span", text, class_="value")


def table(head, rows, caption="", ids=()):
    """`rows` of cells, the first of which names its row; one with an id of its own can be linked to. Scrolls where it is
    wider than the page."""
    ids = ids or [None] * len(rows)
    names = element("thead", element("tr", *(element("th", name, scope="col") for name in head)))
    body = element("tbody", *(element("tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:]), id=id_)
                              for row, id_ in zip(rows, ids)))
    title = [element("figcaption", caption)] if caption else []
    return element("figure", *title, element("div", element("table", names, body), class_="scroll", tabindex=0))


def picture(source, alternative, inches, caption):
    """An image that is so many inches wide in a paper."""
    image = element("img", src=source, alt=alternative, style=f"--width: {inches:g}in")
    return element("figure", element("div", image, class_="scroll", tabindex=0), element("figcaption", caption))


def section(title, *children):
    return element("section", element("h2", title), *children)


def folded(title, *children):
    """A section that opens with a click."""
    return element("details", element("summary", title), *children)


def document(title, *children):
    """The whole page."""
    head = element("head", element("meta", charset="utf-8"),
                   element("meta", name="viewport", content="width=device-width, initial-scale=1"), element("title", title),
                   element("style", Html(STYLE.read_text(encoding="utf-8"))))
    return Html(f'<!DOCTYPE html>\n{element("html", head, element("body", element("main", element("h1", title), *children)), lang="en")}\n')
