import pytest

from tidemark.model.errors import BadParameter
from tidemark.model.opt_out import OptOutStyle, embed_code, self_contained_code, style_of
from tidemark.model.settings import Settings
from tidemark.plugins.core_admin_home.opt_out import (
    get_opt_out_js_embed_code,
    get_opt_out_self_contained_embed_code,
)
from tidemark.reporting.opt_out import opt_out
from tidemark.reporting.request import ApiRequest

PAGE = "module=CoreAdminHome&action=optOut"
STYLED = {"backgroundColor": "FFF", "fontColor": "102030", "fontSize": "12px", "fontFamily": "Arial"}


def ask(query=PAGE, **more):
    return opt_out(ApiRequest(query=query, base_url="https://stats.example.org/", **more), Settings({}))


def test_other_addresses_are_not_answered():
    assert ask("module=CoreAdminHome&action=index") is None
    assert ask("module=Login&action=optOut") is None


def test_the_script_remembers_the_choice_where_the_tracker_looks():
    answer = ask("module=CoreAdminHome&action=optOutJS&fontColor=abc&showIntro=0")
    assert answer.headers["content-type"].startswith("application/javascript")
    assert b"mtm_consent_removed" in answer.body
    assert b'box.style.color = "#abc";' in answer.body
    assert b'"intro": ""' in answer.body


def test_a_style_that_could_be_code_is_refused():
    answer = ask("module=CoreAdminHome&action=optOutJS&fontColor=red;}</script>")
    assert answer.status == 400
    assert b"<script" not in answer.body.lower()[:1]
    with pytest.raises(ValueError, match="fontFamily"):
        OptOutStyle(family="x;}")


def test_the_page_sets_and_drops_the_cookie_only_when_posted():
    assert b"are counted" in ask().body
    assert "set-cookie" not in ask().headers
    out = ask(form="out=1", verb="POST")
    assert out.headers["set-cookie"].startswith("matomo_ignore=ignore; Max-Age=9")
    assert out.headers["set-cookie"].endswith("HttpOnly; SameSite=None; Secure")
    assert b"not counted" in out.body
    back = ask(form="out=0", verb="POST", headers={"cookie": "matomo_ignore=ignore"})
    assert "Max-Age=0" in back.headers["set-cookie"]
    assert b"not counted" in ask(headers={"cookie": "a=b; matomo_ignore=ignore"}).body
    assert "set-cookie" not in ask(form="out=1", verb="GET").headers


def test_code_for_pages_is_escaped_and_keeps_its_style():
    code = embed_code("https://stats.example.org/", "", OptOutStyle(family="O'Neil", shows_intro=False))
    assert "fontFamily=O%27Neil&amp;showIntro=0" in code
    assert "language=auto" in code
    assert self_contained_code(OptOutStyle(color="#abc")).count("<script>") == 1
    assert style_of({"showIntro": "0", "fontSize": "1.5em"}) == OptOutStyle(size="1.5em", shows_intro=False)


def test_the_methods_style_only_when_asked():
    code = get_opt_out_self_contained_embed_code(None, **STYLED)
    assert "#102030" not in code
    assert "#102030" in get_opt_out_self_contained_embed_code(None, **STYLED, applyStyling=True)
    more = {"applyStyling": True, "showIntro": True, "language": "en"}
    code = get_opt_out_js_embed_code(None, **STYLED, **more, matomoUrl="https://stats.example.org")
    assert 'src="https://stats.example.org/index.php?module=CoreAdminHome&amp;action=optOutJS' in code
    with pytest.raises(BadParameter):
        get_opt_out_js_embed_code(None, **STYLED, **more, matomoUrl="javascript:alert(1)")
