"""What every letter is looked over for: that it names nobody, and fetches nothing."""

import re
from email.message import EmailMessage

from supportgroups.groups.topics import TOPIC_WORDS
from tests.house.pages import Page
from tests.house.town import Town


def look_over(town: Town, letter: EmailMessage) -> None:
    """See that a letter names nobody and nothing, and that nobody else reads it."""
    assert letter.get_all("Cc", []) == letter.get_all("Bcc", []) == []
    assert "," not in letter["To"]
    assert letter["From"] == town.app.config["SETTINGS"].mail_from
    words = letter.get_content()
    envelope = [letter["Subject"], words.splitlines()[0], letter["From"], letter["Message-ID"]]
    # What its reader wants to see there is the one word of the world that may stand there.
    markers = set(town.world.markers.values()) - {town.world.markers["word in letters"]}
    named = [marker for marker in markers for line in envelope if marker in line]
    assert named == []
    topics = {str(word).casefold() for word in TOPIC_WORDS.values()}
    assert [topic for topic in topics for line in envelope if topic in line.casefold()] == []
    # The address of a private group means nothing; every other word of the world stays inside.
    addresses_aside = words.replace(town.world.markers["slug of private"], "")
    addresses_aside = addresses_aside.replace(town.world.markers["slug of listed"], "")
    assert [marker for marker in markers if marker in addresses_aside] == []
    for name, value in letter.items():
        # Where answers go is written by the organizers, for their members to see.
        if name not in {"To", "Reply-To"}:
            assert [marker for marker in markers if marker in value] == [], name
    for file in letter.iter_attachments():
        # Of a calendar object, in lines as long as they were before they were folded.
        content = file.get_content().replace(b"\r\n ", b"").decode()
        assert [marker for marker in markers if marker in content] == [], file.get_filename()
    html = letter.get_body(("html",)).get_content()
    assert [title.text for title in Page(html).all("title")] == [letter["Subject"]]
    look_at_html(html, words)


def look_at_html(html: str, words: str) -> None:
    """See that the second form of a letter says the same, and fetches nothing from anywhere."""
    page = Page(html)
    (shown,) = page.all("main")
    # A list of letters shows what comes first, even where a mail program would hide it.
    (whole,) = page.all("body")
    assert whole.text == shown.text
    assert shown.text.split() == words_with_buttons(words)
    # Each address in the words is a link, whether it shows itself or stands behind a button.
    leads_to = [link.attributes["href"] for link in page.all("a")]
    assert leads_to == re.findall(r"http://\S*[^\s.,]", words)
    assert {element.tag for element in page.elements} <= TAGS_OF_LETTERS
    assert re.findall(r"url\(|@import|@font-face", html) == []
    assert [name for element in page.elements for name in element.attributes if name == "src"] == []


def words_with_buttons(words: str) -> list[str]:
    """Return the words of a letter where `Sign in: https://…` is a button that says `Sign in`."""
    return re.sub(r"^(\S.*): http://\S+$", r"\1", words, flags=re.MULTILINE).split()


#: Nothing in them fetches anything by itself, and no mail program needs a table to show a letter.
TAGS_OF_LETTERS = frozenset(
    ["html", "head", "meta", "title", "style", "body", "main", "p", "br", "a"]
)
