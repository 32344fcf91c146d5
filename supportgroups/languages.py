"""The languages that pages speak."""

from flask_babel import get_locale

#: What people can choose, as language → the locale whose dates and numbers it uses.
LANGUAGES = {"en": "en_GB", "es": "es_ES"}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def page_language() -> str:
    """Return the language of this page for its `lang` attribute."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def page_direction() -> str:
    """Return `rtl` or `ltr` for the language of this page."""
    return "rtl" if page_language() in RIGHT_TO_LEFT else "ltr"
