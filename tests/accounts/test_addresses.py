import pytest

from supportgroups.accounts.addresses import normal_email
from supportgroups.accounts.zones import zone_of_country
from supportgroups.clock import is_zone
from supportgroups.networks import caller_of


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("rosa@example.org", "rosa@example.org"),
        ("Rosa.G+x@Example.ORG", "rosa.g+x@example.org"),
        ("rosa@b\u00fccher.example", "rosa@xn--bcher-kva.example"),
        ("r\u00f6sa@example.org", None),
        ("rosa", None),
        ("rosa@", None),
        ("@example.org", None),
        ("rosa@example", None),
        ("rosa@localhost", None),
        ("rosa@example.org, stan@example.org", None),
        ("rosa@example.org\nBcc: stan@example.org", None),
        ("Rosa <rosa@example.org>", None),
        ("", None),
    ],
)
def test_one_mailbox_has_one_address(typed, kept):
    assert normal_email(typed) == kept


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_one_household_is_one_caller(address, caller):
    assert caller_of(address) == caller


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("GB", "Europe/London"),
        ("IE", "Europe/Dublin"),
        ("DE", "Europe/Berlin"),
        ("US", "America/New_York"),
        ("CA", "America/Toronto"),
        ("AU", "Australia/Sydney"),
        ("NZ", "Pacific/Auckland"),
        ("BR", "America/Sao_Paulo"),
        ("PT", "Europe/Lisbon"),
        ("ES", "Europe/Madrid"),
        ("IN", "Asia/Kolkata"),
        ("XX", "Europe/London"),
    ],
)
def test_people_begin_with_the_zone_of_their_country(country, zone):
    assert zone_of_country(country) == zone
    assert is_zone(zone)
