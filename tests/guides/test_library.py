"""A folder of guides is read once, and every mistake in it is explained."""

from datetime import date
from pathlib import Path

import pytest

from supportgroups.groups.topics import Topic
from supportgroups.guides.library import BadGuide, load_library, read_guide
from supportgroups.guides.models import ComingKind, Reader, Sheet

HEADER = """\
title = "Tea and talk"
summary = "How to make tea for twelve."
audience = "volunteer"
reviewed = 2026-11-23
review_by = 2027-11-23

[[sources]]
body = "The Kettle Society"
title = "On tea"
url = "https://kettle.example/tea"
"""
TEXT = "## Boil\n\nBoil the water.\n"


def write(folder: Path, header: str = HEADER, text: str = TEXT, name: str = "tea.md") -> Path:
    path = folder / name
    path.write_text(f"+++\n{header}+++\n\n{text}", encoding="utf-8")
    return path


class TestReadGuide:
    def test_it_reads_every_field(self, tmp_path):
        guide = read_guide(write(tmp_path, HEADER.replace("reviewed", "order = 3\nreviewed", 1)))
        assert guide.slug == "tea"
        assert guide.title == "Tea and talk"
        assert guide.summary == "How to make tea for twelve."
        assert guide.audience is Reader.VOLUNTEER
        assert guide.order == 3
        assert guide.reviewed == date(2026, 11, 23)
        assert guide.review_by == date(2027, 11, 23)
        assert [(source.body, source.title, source.url) for source in guide.sources] == [
            ("The Kettle Society", "On tea", "https://kettle.example/tea")
        ]
        assert guide.body == '<h2 id="part-boil">Boil</h2>\n<p>Boil the water.</p>\n'
        assert guide.text == "Boil\nBoil the water."
        assert guide.word_count == 4

    def test_it_reads_the_fields_that_it_may_have(self, tmp_path):
        more = """\
related = ["cake"]
topics = ["stress", "work"]
coming = "courses"
note = "Mentions hot water."
sheet = "gratitude"
pacer = true
"""
        guide = read_guide(write(tmp_path, more + HEADER))
        assert guide.related == ("cake",)
        assert guide.topics == (Topic.STRESS, Topic.WORK)
        assert guide.coming is ComingKind.COURSES
        assert guide.note == "Mentions hot water."
        assert guide.sheet is Sheet.GRATITUDE
        assert guide.has_pacer

    @pytest.mark.parametrize(
        ("reader", "coming"),
        [
            ("member", ComingKind.SESSIONS),
            ("volunteer", ComingKind.NONE),
            ("organizer", ComingKind.NONE),
        ],
    )
    def test_only_who_looks_for_a_group_is_led_to_one(self, tmp_path, reader, coming):
        guide = read_guide(write(tmp_path, HEADER.replace("volunteer", reader)))
        assert guide.coming is coming
        assert not guide.note
        assert guide.sheet is None
        assert not guide.has_pacer

    def test_it_is_due_only_after_the_day_of_its_review(self, tmp_path):
        guide = read_guide(write(tmp_path))
        assert not guide.is_due_for_review(date(2027, 11, 23))
        assert guide.is_due_for_review(date(2027, 11, 24))

    @pytest.mark.parametrize(
        ("old", "new", "complaint"),
        [
            ('title = "Tea and talk"\n', "", "tea.md, field title: write some words"),
            ('"Tea and talk"', '"  "', "tea.md, field title: write some words"),
            ('"How to make tea for twelve."', "12", "tea.md, field summary: write some words"),
            (
                '"volunteer"',
                '"everyone"',
                "tea.md, field audience: must be one of member, volunteer, organizer",
            ),
            ("reviewed = 2026-11-23", "reviewed = 2026", "tea.md, field reviewed: write a date"),
            (
                "reviewed = 2026-11-23",
                "reviewed = 2026-11-23T10:00:00Z",
                "tea.md, field reviewed: write a date",
            ),
            (
                "review_by = 2027-11-23",
                "review_by = 2026-11-23",
                "tea.md, field review_by: must be later than reviewed",
            ),
            ('title = "Tea and talk"', 'titel = "Tea"', "tea.md, field titel: is not known"),
            (
                "reviewed = 2026",
                "order = true\nreviewed = 2026",
                "tea.md, field order: write a whole number",
            ),
            *(
                (
                    "reviewed = 2026",
                    f"{field} = {value}\nreviewed = 2026",
                    f"tea.md, field {field}: ",
                )
                for field, value in [
                    ("related", '"cake"'),
                    ("topics", '["tea"]'),
                    ("coming", '"soon"'),
                    ("note", '""'),
                    ("sheet", '"tea"'),
                    ("pacer", '"yes"'),
                ]
            ),
            (
                HEADER[HEADER.index("[[") :],
                "",
                "tea.md, field sources: name at least one source",
            ),
            (
                HEADER[HEADER.index("[[") :],
                'sources = ["On tea"]\n',
                "tea.md, field sources, number 1: write it under a line",
            ),
            (
                'url = "https://kettle.example/tea"\n',
                "",
                "tea.md, field sources, number 1, field url: write some words",
            ),
            (
                "https://kettle",
                "http://kettle",
                "tea.md, field sources, number 1, field url: must begin with https://",
            ),
            (
                'body = "The Kettle Society"',
                'boddy = "The Kettle Society"',
                "tea.md, field sources, number 1, field boddy: is not known",
            ),
            ('"volunteer"', "volunteer", "tea.md, line 4: "),
            ('title = "Tea and talk"', 'title = "Tea and talk', "tea.md, line 2: "),
        ],
    )
    def test_it_explains_a_bad_header(self, tmp_path, old, new, complaint):
        assert old in HEADER
        path = write(tmp_path, HEADER.replace(old, new, 1))
        with pytest.raises(BadGuide) as caught:
            read_guide(path)
        assert str(caught.value).startswith(complaint)

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            ("", "tea.md, line 1: the file must begin with a line +++"),
            ("# Tea\n", "tea.md, line 1: the file must begin with a line +++"),
            (f"+++\n{HEADER}", "tea.md: a second line +++ must close the header"),
            (f"+++\n{HEADER}+++\n", "tea.md, line 13: the guide has no text"),
            (
                f"+++\n{HEADER}+++\n\nTea.\n\n# Tea again\n",
                "tea.md, line 16: begin headings with ##; the title is the only first-level heading",
            ),
        ],
    )
    def test_it_explains_a_bad_file(self, tmp_path, content, complaint):
        path = tmp_path / "tea.md"
        path.write_text(content)
        with pytest.raises(BadGuide) as caught:
            read_guide(path)
        assert str(caught.value) == complaint

    def test_it_explains_a_file_that_is_not_utf_8(self, tmp_path):
        path = tmp_path / "tea.md"
        path.write_bytes("+++\ntitle = 'Thé'".encode("latin-1"))
        with pytest.raises(BadGuide, match="save the file as UTF-8"):
            read_guide(path)

    @pytest.mark.parametrize("name", ["Tea.md", "tea time.md", "tea_time.md", "-tea.md"])
    def test_it_explains_a_bad_name(self, tmp_path, name):
        with pytest.raises(BadGuide, match="small letters and hyphens"):
            read_guide(write(tmp_path, name=name))


class TestLoadLibrary:
    def test_an_empty_folder_is_a_mistake(self, tmp_path):
        with pytest.raises(BadGuide, match="holds no guide"):
            load_library(tmp_path)

    def test_guides_stand_by_reader_then_order_then_title(self, tmp_path):
        for name, title, reader, order in [
            ("a.md", "Zinc", "member", 1),
            ("b.md", "Brass", "member", 2),
            ("c.md", "Alum", "member", 2),
            ("d.md", "Iron", "organizer", 1),
            ("e.md", "Lead", "volunteer", 1),
        ]:
            header = HEADER.replace("Tea and talk", title).replace('"volunteer"', f'"{reader}"')
            write(tmp_path, f"order = {order}\n{header}", name=name)
        library = load_library(tmp_path)
        assert [guide.slug for guide in library] == ["a", "c", "b", "e", "d"]

    def test_it_finds_and_groups_them(self, tmp_path):
        write(tmp_path)
        write(tmp_path, HEADER.replace('"volunteer"', '"member"'), name="cake.md")
        library = load_library(tmp_path)
        assert library.find("tea") is library.guides[1]
        assert library.find("coffee") is None
        groups = library.by_reader("en")
        assert [(reader, [guide.slug for guide in guides]) for reader, guides in groups] == [
            (Reader.MEMBER, ["cake"]),
            (Reader.VOLUNTEER, ["tea"]),
        ]

    def test_a_guide_that_leads_nowhere_is_a_mistake(self, tmp_path):
        write(tmp_path, f'related = ["cake"]\n{HEADER}')
        with pytest.raises(BadGuide, match=r"tea\.md, field related: there is no other guide cake"):
            load_library(tmp_path)


class TestOwnGuides:
    """What the people who run a site put into their data directory."""

    def test_theirs_stands_beside_ours_or_takes_its_place(self, tmp_path):
        ours, theirs = tmp_path / "ours", tmp_path / "theirs"
        ours.mkdir()
        theirs.mkdir()
        write(ours)
        write(ours, name="milk.md")
        write(theirs, HEADER.replace("Tea and talk", "Their tea"))
        write(theirs, name="cake.md")
        library = load_library(ours, theirs)
        assert {guide.slug for guide in library} == {"tea", "milk", "cake"}
        assert library.find("tea").title == "Their tea"

    def test_a_folder_that_is_not_there_holds_nothing(self, tmp_path):
        write(tmp_path)
        assert len(load_library(tmp_path, tmp_path / "missing").guides) == 1


class TestTranslations:
    ES = 'title = "Té y charla"\nsummary = "Té para doce."\n'

    def write_both(self, folder: Path, digest: str) -> None:
        write(folder)
        (folder / "es").mkdir(exist_ok=True)
        text = "## Hervir\n\nHierve el agua.\n"
        write(folder / "es", f'translates = "{digest}"\n{self.ES}', text)

    def test_it_has_the_words_of_its_own_and_the_rest_of_the_original(self, tmp_path):
        self.write_both(tmp_path, "0")
        library = load_library(tmp_path)
        tea, te = library.find("tea"), library.translations["tea", "es"]
        assert (te.title, te.summary, te.language) == ("Té y charla", "Té para doce.", "es")
        assert [heading.text for heading in te.headings] == ["Hervir"]
        assert (te.sources, te.audience, te.reviewed) == (tea.sources, tea.audience, tea.reviewed)

    def test_it_is_shown_to_those_who_read_the_language(self, tmp_path):
        self.write_both(tmp_path, "0")
        library = load_library(tmp_path)
        tea = library.find("tea")
        assert [guide.language for guide in library] == ["en"]
        assert library.in_language(tea, "es").text == "Hervir\nHierve el agua."
        assert library.in_language(tea, "fr") is tea
        assert library.languages("tea") == ["en", "es"]
        assert library.by_reader("es")[0][1][0].language == "es"

    def test_it_is_behind_when_a_word_of_the_original_has_changed(self, tmp_path):
        write(tmp_path)
        digest = load_library(tmp_path).find("tea").digest
        self.write_both(tmp_path, digest)
        library = load_library(tmp_path)
        assert not library.is_behind(library.translations["tea", "es"])
        assert not library.is_behind(library.find("tea"))
        write(tmp_path, HEADER.replace("2027-11-23", "2028-01-01"))
        library = load_library(tmp_path)
        assert not library.is_behind(library.translations["tea", "es"])
        write(tmp_path, text=TEXT + "\nWait.\n")
        library = load_library(tmp_path)
        assert library.is_behind(library.translations["tea", "es"])

    def test_one_without_an_original_is_a_mistake(self, tmp_path):
        self.write_both(tmp_path, "0")
        (tmp_path / "tea.md").rename(tmp_path / "milk.md")
        with pytest.raises(BadGuide, match=r"es/tea\.md: there is no guide of this name"):
            load_library(tmp_path)

    def test_the_folder_is_named_by_a_language(self, tmp_path):
        write(tmp_path)
        (tmp_path / "Spanish").mkdir()
        write(tmp_path / "Spanish", self.ES)
        with pytest.raises(BadGuide, match="name the folder by a language"):
            load_library(tmp_path)

    def test_it_has_to_say_of_which_words(self, tmp_path):
        write(tmp_path)
        (tmp_path / "es").mkdir()
        write(tmp_path / "es", self.ES)
        with pytest.raises(BadGuide, match=r"tea\.md, field translates: write some words"):
            load_library(tmp_path)
