"""Take the pictures in the README anew: the first page, and a session on a phone.

    SUPPORTGROUPS_TEST_CHROMIUM=/usr/bin/chromium .venv/bin/python docs/make_screenshot.py

It serves the demo data from a temporary folder on loopback, and leaves nothing behind.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = os.environ.get("SUPPORTGROUPS_TEST_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
DEADLINE_SECONDS = 60


def main() -> None:
    """Start the site, take the pictures, stop the site."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        base_url = f"http://127.0.0.1:{port}"
        environment = {
            **os.environ,
            "SUPPORTGROUPS_DATA_DIR": folder,
            "SUPPORTGROUPS_BASE_URL": base_url,
            "SUPPORTGROUPS_DEVELOPMENT": "1",
        }
        python = [sys.executable, "-m"]
        prepare = [*python, "flask", "--app", "wsgi", "dev", "prepare"]
        subprocess.run(prepare, cwd=ROOT, env=environment, check=True)
        serve = [*python, "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}"]
        server = subprocess.Popen([*serve, "--no-control-socket"], cwd=ROOT, env=environment)
        try:
            wait_for(base_url)
            take_pictures(base_url)
        finally:
            server.terminate()
            server.wait()


def wait_for(base_url: str) -> None:
    """Wait until the site answers."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{base_url}/healthz")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def take_pictures(base_url: str) -> None:
    """Take the pictures as Sam, who is a member."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        desktop = browser.new_page(viewport={"width": 1280, "height": 800})
        desktop.goto(base_url)
        desktop.screenshot(path=IMAGES / "home.png")
        phone = browser.new_page(viewport={"width": 390, "height": 844})
        sign_in(phone, base_url)
        phone.goto(f"{base_url}/groups/lantern-street-evening-circle")
        phone.locator(".dates__title a").first.click()
        phone.screenshot(path=IMAGES / "session-phone.png")
        browser.close()


def sign_in(page: Page, base_url: str) -> None:
    """Sign Sam in."""
    page.goto(f"{base_url}/sign-in")
    page.get_by_label("E-mail").first.fill("sam@example.org")
    page.locator("input[type=password]").fill("demo-password")
    page.locator("main form button").first.click()
    page.wait_for_url(f"{base_url}/**")


if __name__ == "__main__":
    main()
