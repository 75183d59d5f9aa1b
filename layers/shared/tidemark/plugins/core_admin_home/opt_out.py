"""Code for a site's pages by which visitors opt out."""

from __future__ import annotations

from tidemark.model.errors import BadParameter
from tidemark.model.opt_out import OptOutStyle, embed_code, self_contained_code
from tidemark.plugin import Context, method


@method("CoreAdminHome.getOptOutJSEmbedCode", raw_strings=True)
def get_opt_out_js_embed_code(
    _context: Context,
    backgroundColor: str,
    fontColor: str,
    fontSize: str,
    fontFamily: str,
    applyStyling: bool,
    showIntro: bool,
    matomoUrl: str,
    language: str,
) -> str:
    """Code that loads the form from the instance at an address."""
    style = _style(backgroundColor, fontColor, fontSize, fontFamily, applyStyling, showIntro)
    if not matomoUrl.startswith(("https://", "http://", "//")):
        raise BadParameter("'matomoUrl' has to be the address of this instance, beginning with https:// or //.")
    return embed_code(f"{matomoUrl.rstrip('/')}/", language, style)


@method("CoreAdminHome.getOptOutSelfContainedEmbedCode", raw_strings=True)
def get_opt_out_self_contained_embed_code(
    _context: Context,
    backgroundColor: str,
    fontColor: str,
    fontSize: str,
    fontFamily: str,
    applyStyling: bool = False,
    showIntro: bool = True,
) -> str:
    """Code with the whole form in it, which needs nothing of the instance."""
    return self_contained_code(_style(backgroundColor, fontColor, fontSize, fontFamily, applyStyling, showIntro))


def _style(background: str, color: str, size: str, family: str, is_styled: bool, shows_intro: bool) -> OptOutStyle:
    """Raises: BadParameter."""
    given = (background, color, size, family) if is_styled else ("", "", "", "")
    try:
        return OptOutStyle(*given, shows_intro)
    except ValueError as error:
        raise BadParameter(str(error)) from error


METHODS = (get_opt_out_js_embed_code, get_opt_out_self_contained_embed_code)
