"""Measure the public pages with Lighthouse, as a phone on a slow line; print the table of docs/accessibility.md.

    python3 dev.py run                                     # in another terminal
    python3 docs/measure_lighthouse.py [http://127.0.0.1:8000]

It needs Node.js and Chromium (SUPPORTGROUPS_TEST_CHROMIUM names it). npm fetches Lighthouse, in the
version below, into its own cache; the project does not depend on it.
"""

import json
import os
import re
import subprocess
import sys
import urllib.request
from statistics import median

LIGHTHOUSE = "lighthouse@12.8.2"
CHROMIUM = os.environ.get("SUPPORTGROUPS_TEST_CHROMIUM", "/usr/bin/chromium")
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-sync"
#: The middle of so many runs counts; a busy machine makes single ones slower than the page is.
RUNS = 3
#: How often one run is tried.
ATTEMPTS = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def main(base_url: str) -> None:
    """Measure each page and print a line for it."""
    print("| Page | Performance | Accessibility | Best practices | SEO | LCP | CLS | Bytes |")
    print("|---|---|---|---|---|---|---|---|")
    for path in public_pages(base_url):
        reports = [report_on(base_url + path) for _run in range(RUNS)]
        scores = [
            median(100 * (report["categories"][name]["score"] or 0) for report in reports)
            for name in CATEGORIES
        ]
        lcp, cls, weight = (
            median(report["audits"][name]["numericValue"] for report in reports)
            for name in (
                "largest-contentful-paint",
                "cumulative-layout-shift",
                "total-byte-weight",
            )
        )
        numbers = " | ".join(f"{score:.0f}" for score in scores)
        print(
            f"| `{path}` | {numbers} | {lcp / 1000:.2f} s | {cls:.3f} | {weight:,.0f} |", flush=True
        )


def public_pages(base_url: str) -> list[str]:
    """Return the pages for guests: those with a name of their own, a group, a session, a guide."""
    found = ["/", "/groups", "/sessions", "/guides", "/help-now", "/sign-in", "/sign-up"]
    for page, link in (
        ("/groups", r'href="(/groups/[\w-]+)"'),
        ("/sessions", r'href="(/sessions/[\w-]{36})"'),
        ("/guides", r'href="(/guides/[\w-]+)"'),
    ):
        with urllib.request.urlopen(base_url + page) as answer:
            links = re.findall(link, answer.read().decode())
        found.append(next(path for path in links if path not in {"/groups/new", "/guides/sheets"}))
    return found


def report_on(url: str) -> dict[str, dict[str, dict[str, float]]]:
    """Return what Lighthouse says of a page; by its own default it is a phone on slow 4G.

    Now and then Lighthouse loses its browser and ends without a report; then it is asked again.
    """
    for _attempt in range(ATTEMPTS):
        done = subprocess.run(
            [
                *("npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json"),
                *(f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={FLAGS}"),
                "--no-enable-error-reporting",
            ],
            env={**os.environ, "CHROME_PATH": CHROMIUM},
            stdout=subprocess.PIPE,
            check=False,
        )
        if done.returncode == 0:
            report: dict[str, dict[str, dict[str, float]]] = json.loads(done.stdout)
            return report
    raise SystemExit(f"Lighthouse gave no report on {url} in {ATTEMPTS} attempts.")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
