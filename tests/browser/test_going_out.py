"""What goes out of the demo site is looked over when the run ends; here that would be noticed."""

from urllib.request import urlopen

from tests.browser.site import Site


def test_a_leak_is_noticed(demo_site: Site) -> None:
    ear = demo_site.app.extensions["ear"]
    assert ear.look_over() == [], "what went out so far tells too much"

    with urlopen(f"{demo_site.base_url}/says/Hinewai.ics") as answer:
        assert b"NAME:Hinewai" in answer.read()
    ear.mail_folder.mkdir(exist_ok=True)
    letter = ear.mail_folder / "careless.eml"
    letter.write_bytes(
        b"To: sam@example.org\r\nSubject: Tuesday evening\r\n\r\nAn update\r\n\r\nOla read it.\r\n"
    )
    told = ear.look_over()
    letter.unlink()
    assert told == [
        "/says/Hinewai.ics to everybody holds person 'Hinewai'",
        "letter 'Tuesday evening' to sam@example.org holds group 'Tuesday evening'",
    ]
