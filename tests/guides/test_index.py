"""The list of guides."""

from tests.browser_client import visible_text


class TestIndexView:
    def test_it_works(self, browser):
        page = browser.get("/guides")
        assert page.status_code == 200
        assert 'href="/guides/your-first-session"' in page.text
        words = visible_text(page.text)
        assert words.index("For everyone who comes to a group") < words.index("For people who help")
        assert words.index("Your first session") < words.index("Building connection")

    def test_every_kind_of_reader_has_guides(self, browser):
        words = visible_text(browser.get("/guides").text)
        assert words.index("For people who help") < words.index("For people who run a group")
        assert words.index("Facilitating a session") < words.index("Starting a group")

    def test_search_engines_may_list_it(self, browser):
        assert "X-Robots-Tag" not in browser.get("/guides").headers

    def test_it_can_only_be_read(self, browser):
        assert browser.post("/guides").status_code == 405


class TestKeeping:
    """One rule for all pages of this slice; the list stands for them."""

    def test_a_guest_may_keep_it_for_a_few_minutes(self, browser):
        page = browser.get("/guides")
        assert page.headers["Cache-Control"] == "public, max-age=300"
        assert {"Cookie", "Accept-Language"} <= set(page.vary)
        assert "Set-Cookie" not in page.headers

    def test_an_unchanged_page_is_not_sent_again(self, browser):
        tag = browser.get("/guides").headers["ETag"]
        again = browser.get("/guides", headers={"If-None-Match": tag})
        assert again.status_code == 304
        assert again.data == b""

    def test_a_person_who_is_signed_in_keeps_nothing(self, browser, cast):
        browser.sign_in(cast.sam)
        page = browser.get("/guides")
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert "ETag" not in page.headers

    def test_a_page_that_changes_the_session_is_not_kept(self, app, monkeypatch):
        from flask import session  # noqa: PLC0415 (the session of the request below)

        from supportgroups.guides import views  # noqa: PLC0415

        with app.test_request_context("/guides"):
            session["news"] = "Something"
            response = views._keep("<p>page</p>")
            assert "Cache-Control" not in response.headers
