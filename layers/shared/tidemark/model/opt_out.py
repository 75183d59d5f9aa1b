"""Forms by which visitors choose not to be tracked: code for a site's own pages, and a page of the instance for a frame.

A script remembers the choice in a first-party cookie that the tracker knows; the frame in the instance's own cookie.
Source: Matomo 5.2, tracking behaviour, section 14.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

BOX_ID: Final = "matomo-opt-out"
CONSENT_REMOVED: Final = "mtm_consent_removed"
YEARS_SECONDS: Final = 30 * 365 * 86_400
_COLOR: Final = re.compile(r"#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_SIZE: Final = re.compile(r"\d{1,3}(?:\.\d{1,2})?(?:px|pt|em|rem|ex|vh|vw|%)")
_FAMILY: Final = re.compile(r"[\w\s,'\"-]{1,100}")

_INTRO: Final = (
    "You may choose that this website does not collect and analyse what you do here. This protects your privacy, but the "
    "owner cannot learn from your visits and improve the site for you and others."
)
_IS_TRACKED: Final = "Your visits to this website are counted. Untick the box to opt out."
_IS_OUT: Final = "Your visits to this website are not counted. Tick the box to opt in."

_SCRIPT: Final = """(function () {
  var texts = %(texts)s, box = document.getElementById(%(id)s);
  if (!box) { return; }
  function isOut() { return /(?:^|; )%(cookie)s=/.test(document.cookie); }
  function choose(out) {
    var secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = "%(cookie)s=" + (out ? Date.now() : "") + "; path=/; SameSite=Lax; max-age=" +
      (out ? %(seconds)d : 0) + secure;
    if (window._paq) { window._paq.push([out ? "optUserOut" : "forgetUserOptOut"]); }
    show();
  }
  function add(parent, name, text) {
    var element = document.createElement(name);
    if (text) { element.textContent = text; }
    parent.appendChild(element);
    return element;
  }
  function show() {
    box.textContent = "";
    %(style)s
    if (texts.intro) { add(box, "p", texts.intro); }
    var label = add(add(box, "p"), "label"), input = add(label, "input");
    input.type = "checkbox";
    input.checked = !isOut();
    input.onchange = function () { choose(!input.checked); };
    add(label, "span", " " + (isOut() ? texts.out : texts.tracked));
  }
  show();
})();"""


@dataclass(frozen=True, slots=True)
class OptOutStyle:
    """How a form looks; empty texts leave it to the page. Raises: ValueError for what is no color, size or font."""

    background: str = ""
    color: str = ""
    size: str = ""
    family: str = ""
    shows_intro: bool = True

    def __post_init__(self) -> None:
        for name, value, shape in (
            ("backgroundColor", self.background, _COLOR),
            ("fontColor", self.color, _COLOR),
            ("fontSize", self.size, _SIZE),
            ("fontFamily", self.family, _FAMILY),
        ):
            if value and not shape.fullmatch(value):
                raise ValueError(f"'{value}' cannot be used as {name}.")

    @property
    def css(self) -> dict[str, str]:
        """The properties that are set."""
        named = {
            "background": f"#{self.background.lstrip('#')}" if self.background else "",
            "color": f"#{self.color.lstrip('#')}" if self.color else "",
            "fontSize": self.size,
            "fontFamily": self.family,
        }
        return {name: value for name, value in named.items() if value}


def script(style: OptOutStyle) -> str:
    """The script that fills the box of a page."""
    lines = [f"box.style.{name} = {_quoted(value)};" for name, value in style.css.items()]
    return _SCRIPT % {
        "texts": _quoted({"intro": _INTRO if style.shows_intro else "", "tracked": _IS_TRACKED, "out": _IS_OUT}),
        "id": _quoted(BOX_ID),
        "cookie": CONSENT_REMOVED,
        "seconds": YEARS_SECONDS,
        "style": " ".join(lines),
    }


def self_contained_code(style: OptOutStyle) -> str:
    """Code for a page that needs nothing of the instance."""
    return f'<div id="{BOX_ID}"></div>\n<script>\n{script(style)}\n</script>'


def embed_code(address: str, language: str, style: OptOutStyle) -> str:
    """Code for a page that loads the script from the instance at this address (with a slash at its end)."""
    query = {
        "module": "CoreAdminHome",
        "action": "optOutJS",
        "divId": BOX_ID,
        "language": language or "auto",
        **query_of(style),
    }
    source = escape(f"{address}index.php?{urlencode(query)}")
    return f'<div id="{BOX_ID}"></div>\n<script src="{source}"></script>'


def query_of(style: OptOutStyle) -> dict[str, str]:
    """The parameters by which the instance learns how its form shall look."""
    given = {
        "backgroundColor": style.background.lstrip("#"),
        "fontColor": style.color.lstrip("#"),
        "fontSize": style.size,
        "fontFamily": style.family,
        "showIntro": "1" if style.shows_intro else "0",
    }
    return {name: value for name, value in given.items() if value}


def style_of(params: dict[str, Any]) -> OptOutStyle:
    """The style that parameters of a request ask for. Raises: ValueError."""

    def text(name: str) -> str:
        return str(params.get(name) or "")

    shows_intro = str(params.get("showIntro", "1")) != "0"
    return OptOutStyle(text("backgroundColor"), text("fontColor"), text("fontSize"), text("fontFamily"), shows_intro)


def page(style: OptOutStyle, *, is_out: bool) -> str:
    """The page for a frame. Its button sends the other choice; the answer sets or drops the instance's cookie."""
    css = "".join(f"{re.sub('[A-Z]', lambda found: '-' + found[0].lower(), k)}:{v};" for k, v in style.css.items())
    intro = f"<p>{_INTRO}</p>" if style.shows_intro else ""
    told = "Your visits are not counted." if is_out else "Your visits are counted."
    button = "Count my visits again" if is_out else "Do not count my visits"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Opt-out</title>'
        f'<body style="{escape(css)}">{intro}<p role="status">{told}</p>'
        f'<form method="post"><button name="out" value="{0 if is_out else 1}">{button}</button></form></body></html>'
    )


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
