"""What every response says to browsers, caches and search engines (safety.md, Settings)."""

from flask import Flask, Response, g

from supportgroups.config import Config

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Browser features that a page here never needs, each switched off for us and for frames.
FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid", "idle-detection",
    "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get",
    "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES),
}
#: What search engines are asked of all but home, guides and groups that chose to be found.
NOT_INDEXED = {"X-Robots-Tag": "noindex"}


def allow_indexing() -> None:
    """Let search engines list the page of this request; without it they are asked not to."""
    g.may_be_indexed = True


def headers_of_all(config: Config) -> dict[str, str]:
    """Return what every response of the site has, whatever it holds."""
    if config.is_https:
        return SECURITY_HEADERS | {
            "Strict-Transport-Security": "max-age=31536000; includeSubDomains"
        }
    return SECURITY_HEADERS


def init_app(app: Flask, config: Config) -> None:
    """Add the headers to every response of the application."""
    of_all = headers_of_all(config)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in of_all.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response.headers:
            # Whatever a view does not call public is treated as somebody's own.
            response.headers["Cache-Control"] = "no-store"
        if not g.get("may_be_indexed"):
            response.headers.update(NOT_INDEXED)
        return response
