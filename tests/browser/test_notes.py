"""A push shows fixed words on the device, and nothing else."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site
from tests.browser.window import OpenWindow

SHOWN = """async () => {
    const registration = await navigator.serviceWorker.getRegistration("/");
    const notes = await registration.getNotifications();
    return notes.map((note) => [note.title, note.body, note.tag]);
}"""


@pytest.mark.whole_browser
def test_a_push_shows_that_there_is_an_update(demo_site: Site, open_window: OpenWindow) -> None:
    window = open_window(demo_site)
    window.context.grant_permissions(["notifications"], origin=demo_site.base_url)
    window.visit("/help-now/keep")
    talk = window.context.new_cdp_session(window.page)
    workers: list[str] = []
    talk.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: workers.extend(one["registrationId"] for one in event["registrations"]),
    )
    talk.send("ServiceWorker.enable")
    window.page.get_by_role("button", name="Keep help lines on this device").click()
    expect(window.page.get_by_text("Kept on this device")).to_be_visible()
    # Whatever came with it would not be shown.
    talk.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": demo_site.base_url, "registrationId": workers[-1], "data": "Evening circle"},
    )
    window.page.wait_for_function(f"async () => (await ({SHOWN})()).length > 0")
    assert window.page.evaluate(SHOWN) == [["You have an update", "", "update"]]
