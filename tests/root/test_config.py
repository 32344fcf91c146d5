import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from supportgroups.config import BadSetting, load_config

KEY = "k" * 32


@pytest.fixture
def load(tmp_path):
    """Read settings, given by their names without the prefix."""

    def load(**settings):
        given = {"DATA_DIR": str(tmp_path / "data"), "SECRET_KEY": KEY, **settings}
        return load_config({f"SUPPORTGROUPS_{name}": value for name, value in given.items()})

    return load


def test_it_needs_no_settings_at_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = load_config({})
    assert config.data_dir == tmp_path / "data"
    assert config.database_url == f"sqlite:///{tmp_path}/data/supportgroups.sqlite3"
    assert config.base_url == "http://127.0.0.1:8000"
    assert (config.site_name, config.country, config.trusted_proxies) == ("Gatherings", "GB", 0)
    assert (config.redis_url, config.smtp_url) == (None, None)
    assert not config.development
    assert not config.is_https


def test_white_space_around_a_value_is_not_meant(load):
    assert load(SITE_NAME="  Circles ", COUNTRY=" de ", TRUSTED_PROXIES=" 2 ").country == "DE"
    assert load(SITE_NAME="   ").site_name == "Gatherings"


def test_the_data_folder_is_made_for_its_owner_alone(load):
    folder = load().data_dir
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


class TestSecretKey:
    def test_one_is_made_once_and_kept(self, load):
        first = load(SECRET_KEY="")
        assert len(first.secret_key) >= 32
        assert load(SECRET_KEY="").secret_key == first.secret_key
        kept = first.data_dir / "secret-key"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    def test_processes_that_start_together_share_one(self, load):
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda _: load(SECRET_KEY=""), range(8)))
        assert len({config.secret_key for config in made}) == 1

    def test_a_kept_one_that_was_cut_short_is_refused(self, load):
        (load().data_dir / "secret-key").write_text("short")
        with pytest.raises(BadSetting, match="delete it"):
            load(SECRET_KEY="")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@db/sg", "postgresql+psycopg://u:p@db/sg"),
        ("postgresql://u:p@db/sg", "postgresql+psycopg://u:p@db/sg"),
        ("postgresql+psycopg://db/sg", "postgresql+psycopg://db/sg"),
        ("sqlite:////var/lib/sg.db", "sqlite:////var/lib/sg.db"),
    ],
)
def test_the_database_is_reached_through_the_driver_we_install(load, given, used):
    assert load(DATABASE_URL=given).database_url == used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "k" * 31),
        ("DATABASE_URL", "mysql://db/sg"),
        ("DATABASE_URL", "/var/lib/sg.db"),
        ("DATABASE_CONNECTIONS", "0"),
        ("DATABASE_CONNECTIONS", "many"),
        ("SMTP_URL", "mail.example.org"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMTP_URL", "smtp://"),
        ("MAIL_FROM", "Updates"),
        ("BASE_URL", "groups.example.org"),
        ("BASE_URL", "ftp://groups.example.org"),
        ("BASE_URL", "https://example.org/groups"),
        ("BASE_URL", "https://"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "two"),
        ("TRUSTED_PROXIES", "1.5"),
        ("DEVELOPMENT", "maybe"),
        ("REPLY_DOMAIN", "reply@example.org"),
        ("REPLY_DOMAIN", "https://reply.example.org"),
        ("REPLY_DOMAIN", "reply..example.org"),
        ("LMTP_LISTEN", "8024"),
        ("LMTP_LISTEN", "127.0.0.1:"),
        ("LMTP_LISTEN", "127.0.0.1:65536"),
        ("COUNTRY", "GBR"),
        ("COUNTRY", "12"),
        ("COUNTRY", "ÄÖ"),
    ],
)
def test_a_value_that_makes_no_sense_stops_the_program_and_is_named(load, name, value):
    with pytest.raises(BadSetting, match=f"SUPPORTGROUPS_{name} "):
        load(**{name: value})


def test_a_data_folder_that_cannot_be_made_stops_the_program(load, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadSetting, match="SUPPORTGROUPS_DATA_DIR"):
        load(DATA_DIR=str(tmp_path / "file" / "data"))


def test_what_follows_from_the_settings(load):
    config = load(
        BASE_URL="https://groups.example.org:8443/",
        MAIL_FROM="Updates <updates@mail.example.org>",
        DEVELOPMENT="0",
    )
    assert config.base_url == "https://groups.example.org:8443"
    assert config.host == "groups.example.org:8443"
    assert config.is_https
    assert config.mail_domain == "mail.example.org"


def test_where_answers_to_invitations_arrive(load):
    assert (load().reply_domain, load().lmtp_listen) == (None, None)
    config = load(REPLY_DOMAIN="Reply.Example.org", LMTP_LISTEN="127.0.0.1:8024")
    assert config.reply_domain == "reply.example.org"
    assert config.lmtp_listen == ("127.0.0.1", 8024)
    assert load(LMTP_LISTEN="[::1]:8024").lmtp_listen == ("::1", 8024)


@pytest.mark.parametrize(
    ("settings", "can"),
    [
        ({}, False),
        ({"DEVELOPMENT": "1"}, True),
        ({"SMTP_URL": "smtp+starttls://u:p@mail.example.org:587"}, True),
    ],
)
def test_letters_go_somewhere_or_nowhere(load, settings, can):
    assert load(**settings).can_send_mail is can
