"""What search engines are told of a guide, in the words of https://schema.org/Article.

Why no page is called an FAQPage stands in docs/adr/0012.
"""

from supportgroups.guides.models import Guide


def article(guide: Guide, *, address: str, publisher: str) -> dict[str, object]:
    """Return the description of one guide.

    :param address: the whole address of its page
    """
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": guide.title,
        "description": guide.summary,
        "inLanguage": guide.language,
        "dateModified": guide.reviewed.isoformat(),
        "wordCount": guide.word_count,
        "isAccessibleForFree": True,
        "url": address,
        "publisher": {"@type": "Organization", "name": publisher},
        "citation": [
            {"@type": "CreativeWork", "name": source.title, "url": source.url}
            for source in guide.sources
        ],
    }
