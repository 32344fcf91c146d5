"""The list of pages that search engines may show, and of no others."""

from xml.sax.saxutils import escape

from flask import Response
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, access
from supportgroups.guides.loaders import load_library
from supportgroups.outbox.mail import address_of
from supportgroups.pages import queries
from supportgroups.pages.views.blueprint import bp

#: https://www.sitemaps.org/protocol.html
SITEMAP = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{}</urlset>
"""
#: Seconds for which anybody may keep it.
KEEP_FOR = 3600


@bp.get("/sitemap.xml")
@access(PUBLIC)
def sitemap() -> ResponseReturnValue:
    """List the first page, the guides and the groups that chose to be listed."""
    addresses = [
        address_of("pages.home"),
        address_of("guides.index"),
        *(address_of("guides.show", slug=guide.slug) for guide in load_library()),
        *(address_of("pages.group", slug=slug) for slug in queries.list_listed_slugs()),
    ]
    places = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    response = Response(SITEMAP.format(places), mimetype="application/xml")
    response.cache_control.public = True
    response.cache_control.max_age = KEEP_FOR
    return response
