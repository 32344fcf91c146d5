import pytest

from supportgroups.app import create_app
from supportgroups.headers import FEATURES
from tests.conftest import make_config
from tests.factories import make_group

EVERYWHERE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/readyz", 503),
        ("/robots.txt", 200),
        ("/my", 303),
        ("/nowhere", 404),
        ("/groups/new/", 404),
        ("/static/css/base.css", 200),
        ("/static/nothing.css", 404),
    ],
)
def test_every_answer_carries_the_safe_headers(plain_app, path, status):
    with plain_app.test_client().get(path) as response:
        assert response.status_code == status
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    allowed = response.headers["Permissions-Policy"].split(", ")
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(allowed)
    assert len(allowed) == len(FEATURES)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/healthz", "no-store"),
        ("/nowhere", "no-store"),
        ("/my", "no-store"),
        ("/robots.txt", "public, max-age=3600"),
    ],
)
def test_only_what_is_called_public_is_kept(plain_app, path, kept):
    assert plain_app.test_client().get(path).headers["Cache-Control"] == kept


@pytest.mark.parametrize(("address", "asked"), [("https", True), ("http", False)])
def test_tls_is_asked_for_where_there_is_tls(tmp_path, address, asked):
    app = create_app(make_config(tmp_path, BASE_URL=f"{address}://localhost"))
    response = app.test_client().get("/healthz", base_url=f"{address}://localhost")
    assert ("Strict-Transport-Security" in response.headers) is asked


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/", True),
        ("/groups", False),
        ("/groups/listed", True),
        ("/groups/unlisted", False),
        ("/groups/nowhere", False),
        ("/healthz", False),
    ],
)
def test_search_engines_list_what_was_opened_to_them(browser, path, may):
    for visibility in ("listed", "unlisted"):
        make_group(slug=visibility, visibility=visibility)
    assert ("X-Robots-Tag" not in browser.get(path).headers) is may


def test_a_cookie_appears_with_a_form_only(browser, cast):
    for path in ("/", "/groups", "/groups/evening-circle", "/nowhere"):
        assert "Set-Cookie" not in browser.get(path).headers
    browser.sign_in(cast.sam)
    cookie = browser.get("/groups/evening-circle/leave").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Expires" not in cookie


def test_the_cookie_is_bound_to_the_host_where_there_is_tls(tmp_path):
    app = create_app(make_config(tmp_path, BASE_URL="https://localhost"))
    response = app.test_client().get("/sign-in", base_url="https://localhost")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
