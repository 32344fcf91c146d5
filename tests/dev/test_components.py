"""The living page of components."""

from tests.browser_client import Browser


class TestComponentsView:
    def test_it_shows_the_components(self, browser: Browser) -> None:
        response = browser.get("/dev/components")
        assert response.status_code == 200
        assert "error-summary" in response.text

    def test_it_only_shows(self, browser: Browser) -> None:
        assert browser.post("/dev/components").status_code == 405
