"""Take docs/example/picture.png from the example report: ``python docs/make_picture.py``. Needs Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

EXAMPLE = Path(__file__).parent / "example"
WIDTH, MARGIN, FOOT = 1180, 16, 60
"""Width of the window, white space left around the picture, and what is cut off below it, in pixels."""


def take(report: Path, picture: Path) -> None:
    """Write the first page of ``report``, the values against the services, to ``picture``."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": WIDTH}, color_scheme="light")
        page.goto(report.resolve().as_uri())
        box = page.locator("#picture").bounding_box()
        if box is None:
            raise SystemExit(f"{report} has no picture")
        clip = {"x": box["x"] - MARGIN, "y": box["y"] - MARGIN, "width": box["width"] + 2 * MARGIN}
        page.screenshot(path=picture, full_page=True, clip={**clip, "height": box["height"] - FOOT})
        browser.close()


if __name__ == "__main__":
    take(EXAMPLE / "washtenaw.html", EXAMPLE / "picture.png")
