"""The list of groups that everybody may know about, and ways to find one in it."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlencode

import pytest

from supportgroups.db import db, transaction
from supportgroups.groups.models import AccessFact, Admission, Visibility
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Format, Topic
from supportgroups.sessions.models import SessionStatus
from tests.browser_client import visible_text
from tests.factories import make_group, make_membership, make_series, make_session, make_user
from tests.form_reader import filled_in
from tests.watching import statements

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@transaction()
def found_by(name, **values):
    """Make a group whose address is its name in lower case."""
    access = values.pop("access", {})
    group = make_group(name, slug=name.lower().replace(" ", "-"), **values)
    for feature, answer in access.items():
        db.session.add(AccessFact(group_id=group.id, feature=feature, answer=answer))
    return group


def slugs(page, part="results"):
    """Return the addresses of the groups in a part of a page, in order."""
    results = page.text.partition(f'id="{part}-title"')[2].partition("</section>")[0]
    return re.findall(r'href="/groups/(?!new")([\w-]+)"', results)


@pytest.fixture
def look(browser):
    def look(**params):
        page = browser.get("/groups?" + urlencode(params, doseq=True))
        assert page.status_code == 200
        return page

    return look


class TestWhatIsListed:
    def test_listed_groups_by_name(self, look):
        for name in ("Beta", "Alpha", "Gamma"):
            found_by(name)
        assert slugs(look()) == ["alpha", "beta", "gamma"]
        assert "3 groups" in look().text

    def test_what_a_card_says(self, look):
        group = found_by(
            "Alpha", audience="Carers", format=Format.ONLINE, admission=Admission.REQUEST,
            language="cy", topics=[Topic.STRESS, Topic.CARERS],
        )  # fmt: skip
        assert "No date planned at the moment" in look().text
        series = make_series(group)
        make_session(series, series.wall_starts_at - timedelta(weeks=3))
        make_session(series, status=SessionStatus.CANCELLED)
        make_session(series, series.wall_starts_at + timedelta(weeks=1))
        page = visible_text(look().text)
        assert "Next: Tuesday 8 December 2026, 19:00–20:30 (London time)" in page
        assert "How Online Joining Ask to join Language Cymraeg" in page
        assert "Carers and families Stress and burnout" in page

    @pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
    @pytest.mark.parametrize("is_member", [False, True])
    def test_no_other_group_is_ever_listed(self, browser, look, visibility, is_member):
        hidden = found_by(
            "Hidden", visibility=visibility, format=Format.ONLINE,
            access={AccessFeature.CAPTIONS: AccessAnswer.YES},
        )  # fmt: skip
        make_session(make_series(hidden))
        if is_member:
            sam = make_user("Sam")
            make_membership(hidden, sam)
            browser.sign_in(sam)
        for params in (
            {}, {"q": "Hidden"}, {"access": "step-free"}, {"topic": "bereavement"}, {"format": "online"}, {"day": "tue"},
            {"language": "en"}, {"access": "captions"}, {"admission": "open"}, {"after": 0},
            {"after": hidden.id - 1}, {"after": hidden.id},
        ):  # fmt: skip
            page = look(**params)
            assert "/groups/hidden" not in page.text
            assert re.search(r">(0 groups|No group: [^<]*)</h2>", page.text)

    def test_a_search_is_an_address_that_keeps_what_was_looked_for(self, look):
        asked = {
            "q": 'quiet "evening" <b>', "topic": "stress", "format": "phone", "day": "sun",
            "time": "evening",
            "language": "cy", "admission": "request", "access": ["captions", "step-free"],
        }  # fmt: skip
        assert filled_in(look(**asked).text, with_field="topic") == {
            **asked, "access": ["step-free", "captions"],
        }  # fmt: skip


class TestFilters:
    @pytest.mark.parametrize(
        ("params", "fits"),
        [
            ({"q": "quiet"}, {"a", "b", "quiet"}),
            ({"q": "QUIET"}, {"a", "b", "quiet"}),
            ({"q": "  quiet \x00 words "}, {"b"}),
            ({"q": "quiet nothing"}, set()),
            ({"q": "100%"}, {"d"}),
            ({"q": "%"}, {"d"}),
            ({"q": "_"}, {"d"}),
            ({"q": "\\"}, {"d"}),
            ({"q": "'; DROP TABLE support_group --"}, set()),
        ],
    )
    def test_every_word_is_in_name_purpose_or_audience(self, look, params, fits):
        found_by("A", purpose="A Quiet place")
        found_by("B", audience="Quiet people", purpose="Few words")
        found_by("Quiet", first_visit="Few words")
        found_by("D", purpose="100% snake_case back\\slash")
        assert set(slugs(look(**params))) == fits

    @pytest.mark.parametrize(
        ("asked", "fits"),
        [
            ("online", {"online", "hybrid"}),
            ("in-person", {"in-person", "hybrid"}),
            ("phone", {"phone"}),
            ("hybrid", {"hybrid"}),
        ],
    )
    def test_who_looks_for_a_format_can_use_a_mixed_one(self, look, asked, fits):
        for kind in Format:
            found_by(kind.value, format=kind)
        assert set(slugs(look(format=asked))) == fits

    @pytest.mark.parametrize(
        ("asked", "fits"),
        [("stress", {"one", "both"}), ("carers", {"two", "both"}), ("cancer", set())],
    )
    def test_topics(self, look, asked, fits):
        found_by("One", topics=[Topic.STRESS])
        found_by("Two", topics=[Topic.CARERS])
        found_by("Both", topics=[Topic.STRESS, Topic.CARERS])
        found_by("None", topics=[])
        assert set(slugs(look(topic=asked))) == fits

    @pytest.mark.parametrize(
        ("asked", "fits"),
        [
            (["captions"], {"one", "both"}),
            (["captions", "step-free"], {"both"}),
            (["captions", "step-free", "hearing-loop"], set()),
        ],
    )
    def test_all_access_needs_must_be_known_to_be_met(self, look, asked, fits):
        captions, step_free = AccessFeature.CAPTIONS, AccessFeature.STEP_FREE
        found_by("One", access={captions: AccessAnswer.YES, step_free: AccessAnswer.ASK})
        found_by("Both", access={captions: AccessAnswer.YES, step_free: AccessAnswer.YES})
        found_by("No", access={captions: AccessAnswer.NO})
        found_by("Unknown")
        assert set(slugs(look(access=asked))) == fits

    @pytest.mark.parametrize(
        ("asked", "unsure"),
        [
            (["captions"], {"ask", "silent"}),
            (["captions", "step-free"], {"ask", "half", "silent"}),
            ([], set()),
        ],
    )
    def test_where_nobody_knows_about_access_stands_apart(self, look, asked, unsure):
        captions, step_free = AccessFeature.CAPTIONS, AccessFeature.STEP_FREE
        found_by("Both", access={captions: AccessAnswer.YES, step_free: AccessAnswer.YES})
        found_by("Half", access={captions: AccessAnswer.YES})
        found_by("Ask", access={captions: AccessAnswer.ASK})
        found_by("No", access={captions: AccessAnswer.NO, step_free: AccessAnswer.YES})
        found_by("Silent")
        found_by("Silent in Welsh", language="cy")
        assert set(slugs(look(access=asked, language="en"), "unsure")) == unsure

    @pytest.mark.parametrize(("language", "fits"), [("cy", ["welsh"]), ("en", ["english"])])
    def test_languages(self, look, language, fits):
        found_by("Welsh", language="cy"), found_by("English")
        assert slugs(look(language=language)) == fits

    @pytest.mark.parametrize("admission", list(Admission))
    def test_ways_to_join(self, look, admission):
        for kind in Admission:
            found_by(kind.value, admission=kind)
        assert slugs(look(admission=admission.value)) == [admission.value]

    @pytest.mark.parametrize("weekday", range(7))
    def test_weekdays_on_the_group_s_own_wall(self, look, now, weekday):
        for number, name in enumerate(DAYS):
            series = make_series(found_by(name, time_zone="Pacific/Auckland"))
            start = series.wall_starts_at.replace(day=7 + number, hour=1)
            assert start.weekday() == number
            make_session(series, start)
        assert slugs(look(day=DAYS[weekday])) == [DAYS[weekday]]

    @pytest.mark.parametrize(
        ("day", "fits"), [("weekend", ["sat", "sun"]), ("fri", ["fri"]), ("", [])]
    )
    def test_the_weekend(self, look, day, fits):
        for number, name in enumerate(DAYS):
            series = make_series(found_by(name))
            make_session(series, series.wall_starts_at.replace(day=7 + number))
        assert slugs(look(day=day)) == (fits or sorted(DAYS))

    @pytest.mark.parametrize(
        ("time", "fits"),
        [
            ("morning", ["at-10", "at-4"]),
            ("afternoon", ["at-12", "at-16"]),
            ("evening", ["at-17", "at-23"]),
        ],
    )
    def test_parts_of_the_day_on_the_group_s_own_wall(self, look, time, fits):
        for hour in (3, 4, 10, 12, 16, 17, 23):
            series = make_series(found_by(f"At {hour}", time_zone="Pacific/Auckland"))
            make_session(series, series.wall_starts_at.replace(hour=hour))
        assert slugs(look(time=time)) == fits

    def test_day_and_time_are_those_of_one_session(self, look):
        series = make_series(found_by("Alpha"))
        make_session(series, series.wall_starts_at.replace(hour=10))
        make_session(series, series.wall_starts_at + timedelta(days=3))
        assert slugs(look(day="tue", time="evening")) == []
        assert slugs(look(day="fri", time="evening")) == ["alpha"]

    @pytest.mark.parametrize(
        ("weeks", "status", "fits"),
        [
            (0, SessionStatus.SCHEDULED, ["alpha"]),
            (0, SessionStatus.CANCELLED, []),
            (-3, SessionStatus.SCHEDULED, []),
        ],
        ids=["coming", "cancelled", "over"],
    )
    def test_only_days_on_which_it_still_meets(self, look, weeks, status, fits):
        series = make_series(found_by("Alpha"))
        make_session(series, series.wall_starts_at + timedelta(weeks=weeks), status=status)
        assert slugs(look(day="tue")) == fits

    @pytest.mark.parametrize(
        "wrong",
        [
            {}, {"q": "loud"}, {"time": "morning"}, {"topic": "cancer"}, {"format": "phone"}, {"day": "mon"},
            {"language": "en"}, {"admission": "open"}, {"access": ["captions"]},
        ],
    )  # fmt: skip
    def test_all_of_them_together(self, look, wrong):
        group = found_by(
            "Quiet evening", topics=[Topic.STRESS], format=Format.HYBRID, language="cy",
            admission=Admission.REQUEST, access={AccessFeature.STEP_FREE: AccessAnswer.YES},
        )  # fmt: skip
        make_session(make_series(group))
        found_by("Another")
        asked = {
            "q": "quiet", "topic": "stress", "format": "online", "day": "tue", "language": "cy",
            "time": "evening",
            "admission": "request", "access": ["step-free"],
        }  # fmt: skip
        assert slugs(look(**asked | wrong)) == ([] if wrong else ["quiet-evening"])


class TestNonsense:
    @pytest.mark.parametrize(
        "query",
        [
            "topic=nonsense", "topic=", "topic=stress%00", "format=by-pigeon", "day=someday",
            "day=0", "time=noon", "time=", "language=tlh", "admission=maybe", "access=nonsense", "access=", "q=",
            "q=%00%00", "q=%20", "after=", "after=x", "after=-1", "after=1.5", "after=%C2%B2",
            "after=99999999999999999999", "after=999999999", "after=0", "utm_source=x",
            "topic[]=stress", "%00=%00", "&&&==", "topic=a&topic=b",
            "utm=%FF%FE%ED%A0%80",
        ],
    )  # fmt: skip
    def test_what_means_nothing_is_passed_over(self, browser, query):
        found_by("Alpha")
        page = browser.get(f"/groups?{query}")
        assert page.status_code == 200
        assert slugs(page) == ["alpha"]

    @pytest.mark.parametrize(
        "query", ["q=" + "a%20" * 5000, "q=" + "x" * 20000, "q=%FF%FE%ED%A0%80"]
    )
    def test_nobody_searches_for_a_novel(self, browser, query):
        found_by("Alpha")
        with statements() as seen:
            assert browser.get(f"/groups?{query}").status_code == 200
        assert max(len(statement) for statement in seen) < 20_000

    def test_a_script_is_only_ever_text(self, look):
        assert "<script>alert" not in look(q='"><script>alert(1)</script>').text


class TestPages:
    def test_every_group_stands_on_one_page(self, look, browser):
        names = ["Same"] * 3 + [f"{letter}{n}" for n in range(5) for letter in "aAzZäÉ9 _دو"]
        with transaction():
            for number, name in enumerate(names):
                make_group(name, slug=f"group-{number}", topics=[Topic.STRESS])
        page = look(topic="stress")
        assert f"{len(names)} groups" in page.text
        seen = slugs(page)
        assert len(seen) == 24
        while link := re.search(r'<a class="[^"]*" href="(\?[^"]+)">More groups', page.text):
            assert "topic=stress" in link[1]
            page = browser.get("/groups" + link[1].replace("&amp;", "&"))
            seen += slugs(page)
        assert len(seen) == len(set(seen)) == len(names)

    def test_a_full_page_does_not_promise_another(self, look):
        with transaction():
            for number in range(24):
                make_group(f"Group {number}")
        page = look()
        assert len(slugs(page)) == 24
        assert "More groups" not in page.text

    def test_a_group_that_hid_meanwhile_is_no_mark(self, look):
        hidden = found_by("Middle", visibility=Visibility.PRIVATE)
        found_by("Alpha"), found_by("Zulu")
        # Otherwise the answer would tell where in the alphabet its name stands.
        assert slugs(look(after=hidden.id)) == ["alpha", "zulu"]


class TestEmpty:
    def test_no_group_yet(self, look):
        page = look().text
        assert "No groups yet" in page
        assert 'href="/groups/new"' in page

    def test_no_group_fits(self, look):
        found_by("Alpha")
        page = look(q="nothing").text
        assert "No group: “nothing”" in page
        assert "/help-now" in page.partition("No group fits all of this")[2]
        assert "Leave one thing out" not in page

    def test_it_says_what_to_leave_out(self, look):
        found_by("Alpha", topics=[Topic.STRESS], format=Format.ONLINE)
        page = look(q="alpha", topic="stress", format="phone", access=["captions"])
        words = visible_text(page.text)
        assert "No group: “alpha”, Stress and burnout, By phone, Captions" in words
        # Without the format it is still not known whether it has captions.
        assert "Leave one thing out" not in words
        page = look(q="alpha", topic="stress", format="phone", day="")
        assert "Without “By phone”: one group" in visible_text(page.text)
        (href,) = re.findall(r'<a href="(\?[^"]+)">Without', page.text)
        assert slugs(look(**dict(parse_qsl(unescape(href)[1:])))) == ["alpha"]

    def test_it_leaves_out_one_need_after_the_other(self, look):
        found_by("Alpha", access={AccessFeature.CAPTIONS: AccessAnswer.YES})
        found_by("Beta", access={AccessFeature.STEP_FREE: AccessAnswer.YES})
        page = look(access=["captions", "step-free"])
        assert re.findall(r">(Without [^<]+)<", page.text) == [
            "Without “Step-free way in”: one group",
            "Without “Captions”: one group",
        ]

    def test_it_shows_what_can_be_joined_from_anywhere(self, look):
        found_by("Far", format=Format.ONLINE)
        found_by("Near", format=Format.IN_PERSON)
        page = look(q="nothing")
        assert (slugs(page), slugs(page, "online")) == ([], ["far"])
        assert slugs(look(q="near"), "online") == []


def test_it_asks_the_database_as_often_for_thirty_groups_as_for_one(browser, look):
    def questions():
        with statements() as seen:
            look()
        return len(seen)

    with transaction():
        make_session(make_series(make_group()))
    few = questions()
    with transaction():
        for _ in range(30):
            group = make_group(topics=[Topic.STRESS, Topic.CARERS])
            for days in range(3):
                series = make_series(group)
                make_session(series, series.wall_starts_at + timedelta(days=days))
    assert questions() == few
