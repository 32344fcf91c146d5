"""Pictures of pages, for people to look at; none of them is kept in the repository."""

import os
from pathlib import Path

from playwright.sync_api import Page

PICTURES = "SUPPORTGROUPS_TEST_PICTURES"


def folder_for_pictures(otherwise: Path) -> Path:
    """Return the folder that was asked for, or another one where none was."""
    folder = Path(os.environ.get(PICTURES) or otherwise)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def take_picture(page: Page, path: Path) -> None:
    """Take a picture of the whole page as it is now, and see that it is one."""
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=path, full_page=True)
    assert path.stat().st_size > 5_000, f"{path.name} shows nothing"
