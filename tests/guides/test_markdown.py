"""Text becomes HTML that can do no harm and that a contents list can point into."""

import pytest

from supportgroups.guides.markdown import UnwantedHeading, render
from supportgroups.guides.models import Heading


class TestSafety:
    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "Hello <img src=x onerror=alert(1)>",
            '<a href="https://example.org" onclick="alert(1)">here</a>',
            "<!-- hidden -->",
            "<iframe src='https://example.org'></iframe>",
            "<style>body { display: none }</style>",
            "[click](javascript:alert(1))",
            "[click](data:text/html,<script>alert(1)</script>)",
            "[click](http://example.org)",
            '[click](https://example.org "onmouseover=alert(1)")',
            "![beacon](https://example.org/pixel.png)",
            "## <svg onload=alert(1)>",
        ],
    )
    def test_nothing_but_plain_tags_comes_out(self, text):
        html = str(render(text).html)
        for mark in ("<script", "<img", "<iframe", "<style", "<svg", "<!--", "http://e", "title="):
            assert mark not in html
        for link in html.split("<a ")[1:]:
            opening = link.partition(">")[0]
            assert "javascript:" not in opening
            assert "data:" not in opening
            assert "onclick" not in opening

    def test_raw_html_is_shown_as_letters(self):
        assert render("a <b>c</b>").html == "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"

    def test_a_link_out_says_nothing_about_us(self):
        assert render("[away](https://example.org/)").html == (
            '<p><a href="https://example.org/" rel="noopener noreferrer">away</a></p>\n'
        )

    @pytest.mark.parametrize("address", ["/help-now", "#part-tea", "mailto:a@b.example", "tel:999"])
    def test_links_within_the_site_and_to_people_stay(self, address):
        assert f'href="{address}"' in render(f"[x]({address})").html


def test_quotation_marks_are_those_of_a_book():
    rendered = render('Say "I pass". It\'s fine.')
    assert rendered.html == "<p>Say “I pass”. It’s fine.</p>\n"
    assert rendered.text == "Say “I pass”. It’s fine."


class TestHeadings:
    def test_each_gets_an_id_of_its_own(self):
        rendered = render("## Tea & *cake*\n\n## Tea, cake\n\n### Größe\n\n## 東京\n")
        assert rendered.headings == (
            Heading("part-tea-cake", "Tea & cake"),
            Heading("part-tea-cake-2", "Tea, cake"),
            Heading("part-section", "東京"),
        )
        assert '<h2 id="part-tea-cake">Tea &amp; <em>cake</em></h2>' in rendered.html
        assert '<h3 id="part-groe">Größe</h3>' in rendered.html

    @pytest.mark.parametrize("text", ["Tea.\n\n# Title", "Tea.\n\nTitle\n====="])
    def test_the_title_is_the_only_first_level_heading(self, text):
        with pytest.raises(UnwantedHeading) as caught:
            render(text)
        assert caught.value.line == 3


def test_the_bare_words_have_one_line_for_each_paragraph():
    text = "## Tea\n\nBoil **it**\nwell, [then](/guides) `pour`.\n\n- one\n- two\n"
    assert render(text).text == "Tea\nBoil it well, then pour.\none\ntwo"
