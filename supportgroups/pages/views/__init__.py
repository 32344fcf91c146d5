"""The pages that show several nouns at once, gathered from every slice below."""

from supportgroups.pages.views import (
    courses,
    dates,
    directory,
    erasing,
    groups,
    home,
    reports,
    sessions,
    sitemap,
)
from supportgroups.pages.views.blueprint import bp

__all__ = [
    "bp",
    "courses",
    "dates",
    "directory",
    "erasing",
    "groups",
    "home",
    "reports",
    "sessions",
    "sitemap",
]
