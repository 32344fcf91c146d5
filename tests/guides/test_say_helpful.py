"""Readers say whether a guide helped; a count is all that remains of it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from supportgroups.db import db
from supportgroups.errors import TooManyTries
from supportgroups.guides import queries, services
from supportgroups.guides.library import our_library
from supportgroups.guides.models import GuideVote
from tests.browser_client import visible_text

GUIDE = "/guides/your-first-session"
URL = f"{GUIDE}/helpful"
NOON = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)


def counts() -> dict[str, tuple[int, int]]:
    return {found.guide: (found.helpful, found.unhelpful) for found in queries.list_helpfulness()}


def count(is_helpful: bool, guide: str = "tea", caller: str = "192.0.2.1", now: datetime = NOON):
    services.count_answer(guide, is_helpful=is_helpful, caller=caller, now=now)


class TestCountAnswer:
    def test_each_answer_adds_one(self, app):
        count(True)
        count(True)
        count(False)
        count(False, guide="cake")
        assert counts() == {"tea": (2, 1), "cake": (0, 1)}

    def test_months_are_counted_apart_and_days_are_not(self, app):
        count(True, now=datetime(2026, 12, 1, tzinfo=UTC))
        count(True, now=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
        count(True, now=datetime(2027, 1, 1, tzinfo=UTC))
        rows = db.session.scalars(select(GuideVote).order_by(GuideVote.month))
        assert [(str(row.month), row.helpful) for row in rows] == [
            ("2026-12-01", 2),
            ("2027-01-01", 1),
        ]

    def test_nobody_can_answer_for_everybody(self, app):
        for _number in range(services.ANSWERS_PER_CALLER):
            count(True)
        with pytest.raises(TooManyTries):
            count(True)
        count(True, caller="192.0.2.2")
        assert counts() == {"tea": (services.ANSWERS_PER_CALLER + 1, 0)}

    def test_nothing_is_kept_but_the_counts(self):
        assert set(GuideVote.__table__.columns.keys()) == {
            "guide",
            "month",
            "helpful",
            "unhelpful",
        }


class TestSayHelpfulView:
    def test_it_works(self, browser):
        page = browser.get(URL, query_string={"answer": "no"})
        assert page.status_code == 200
        answer = browser.post(URL, data={"answer": "no"})
        assert answer.status_code == 303
        assert answer.location == GUIDE
        assert counts() == {"your-first-session": (0, 1)}
        assert "We have counted your answer." in visible_text(browser.get(GUIDE).text)

    def test_the_buttons_of_a_guide_have_chosen_already(self, browser):
        guide = browser.get(GUIDE)
        for answer in ("yes", "no"):
            assert f'href="{URL}?answer={answer}" rel="nofollow"' in guide.text
            assert f'value="{answer}" checked' in browser.get(f"{URL}?answer={answer}").text

    def test_reading_a_guide_sets_no_cookie(self, browser):
        assert "Set-Cookie" not in browser.get(GUIDE).headers

    def test_looking_counts_nothing(self, browser):
        browser.get(URL, query_string={"answer": "yes"})
        assert counts() == {}

    @pytest.mark.parametrize("data", [{}, {"answer": ""}, {"answer": "perhaps"}])
    def test_it_explains_a_bad_answer(self, browser, data):
        page = browser.post(URL, data=data)
        assert page.status_code == 200
        assert 'class="field__error"' in page.text
        assert counts() == {}

    def test_too_many_answers_from_one_place_are_refused(self, browser, cast):
        for _number in range(services.ANSWERS_PER_CALLER):
            browser.post(URL, data={"answer": "yes"})
        browser.sign_in(cast.sam)
        assert browser.post(URL, data={"answer": "yes"}).status_code == 429

    def test_an_unknown_guide_is_not_found(self, browser):
        assert browser.get("/guides/nothing/helpful").status_code == 404
        assert browser.post("/guides/nothing/helpful", data={"answer": "yes"}).status_code == 404

    def test_other_methods_are_refused(self, browser):
        assert browser.send("PUT", URL).status_code in {400, 405}


def test_whoever_runs_the_site_can_see_the_counts(app):
    count(True, guide=our_library().guides[0].slug)
    result = app.test_cli_runner().invoke(args=["guides", "helpful"])
    assert result.output == "your-first-session: 1 yes, 0 no\n"
