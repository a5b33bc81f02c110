"""Telegram's HTML, held against what TDLib's own public tests say about it."""

from __future__ import annotations

import pytest

from tests.support.telegram_api.html_texts import HtmlRefused, parse_html

INVALID = "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
BEFORE = "🏟 🏟&lt;"
"""13 bytes that become 6 units."""


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("&#57311;", INVALID),
        ("&#xDFDF", INVALID),
        (f"{BEFORE}<abacaba", "Unclosed start tag at byte offset 13"),
        (f"{BEFORE}<abac aba>", 'Unsupported start tag "abac" at byte offset 13'),
        (f"{BEFORE}<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        (
            f"{BEFORE}<i    aba>",
            'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13',
        ),
        (f"{BEFORE}<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        (f"{BEFORE}<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        (f'{BEFORE}<i    aba  =  "&lt;&gt;&quot;>', "Unclosed start tag at byte offset 13"),
        (f"{BEFORE}</", "Unexpected end tag at byte offset 13"),
        (f"{BEFORE}<b></b></", "Unexpected end tag at byte offset 20"),
        (f"{BEFORE}<i>a</i   ", "Unclosed end tag at byte offset 17"),
        (f"{BEFORE}<i>a</em   >", 'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"'),
        ("<b><i>x</i>", 'Can\'t find end tag corresponding to start tag "b"'),
        ("5 < 6", 'Unsupported start tag "" at byte offset 2'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_what_cannot_be_read_is_refused_in_telegrams_words(html: str, words: str) -> None:
    with pytest.raises(HtmlRefused) as refused:
        parse_html(html)
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("", "", []),
        (
            "&lt;&gt;&amp;&quot;&laquo;&raquo;&#12345678;",
            '<>&"&laquo;&raquo;&#12345678;',
            [],
        ),
        ("➡️ ➡️<i>➡️ ➡️</i>", "➡️ ➡️➡️ ➡️", [("italic", 5, 5)]),
        ("🏟 🏟<i>🏟 &lt🏟</i>", "🏟 🏟🏟 <🏟", [("italic", 5, 6)]),
        (
            "🏟 🏟<i>🏟 &gt;<b aba   =   caba>&lt🏟</b></i>",
            "🏟 🏟🏟 ><🏟",
            [("italic", 5, 7), ("bold", 9, 3)],
        ),
        (f"{BEFORE}<i    aba  =  '&lt;&gt;&quot;'>a</>", "🏟 🏟<a", [("italic", 6, 1)]),
        (f"{BEFORE}<b></b>", "🏟 🏟<", []),
        ("<a>telegram.org </a>", "telegram.org ", []),
        ("<a href=1>x</a>", "x", []),
        ("<u>1</u><ins>2</ins><s>3</s><tg-spoiler>4</tg-spoiler>", "1234", [
            ("underline", 0, 1),
            ("underline", 1, 1),
            ("strikethrough", 2, 1),
            ("spoiler", 3, 1),
        ]),
        ("<blockquote>1</blockquote><blockquote expandable>2</blockquote>", "12", [
            ("blockquote", 0, 1),
            ("expandable_blockquote", 1, 1),
        ]),
    ],
)  # fmt: skip
def test_what_can_be_read_becomes_text_and_entities(
    html: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    parsed, found = parse_html(html)
    assert parsed == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<a href=telegram.org> </a>", "http://telegram.org"),
        ("<a   href=  'telegram.org?&lt;'   > </a>", "http://telegram.org?<"),
        ("<a>https://telegram.org/asdsa?asdasdwe#12e3we</a>", "https://telegram.org/asdsa?asdasdwe#12e3we"),
    ],
)
def test_links_lead_to_addresses(html: str, url: str) -> None:
    _, (link,) = parse_html(html)
    assert (link["type"], link["url"]) == ("text_link", url)


@pytest.mark.parametrize(
    "html",
    [
        '<pre><code class="language-fift">x</code></pre>',
        '<code class="language-fift"><pre>x</pre></code>',
    ],
)
def test_code_names_its_language(html: str) -> None:
    _, entities = parse_html(html)
    assert entities == [{"type": "pre", "offset": 0, "length": 1, "language": "fift"}]
