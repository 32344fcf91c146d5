"""QR codes as pictures that a page can hold without a style or a script."""

from itertools import groupby

import segno

#: Modules of quiet around a QR code that readers need (ISO/IEC 18004).
QUIET = 4


class QrCode:
    """A QR code as one path of an SVG picture, in units of one module."""

    def __init__(self, text: str) -> None:
        """Draw `text`."""
        rows = [bytes(row) for row in segno.make_qr(text).matrix_iter(border=QUIET)]
        #: Height and width.
        self.size = len(rows)
        #: Each run of dark modules is a stroke one module high, from left to right.
        self.path = "".join(
            f"M{start} {y}.5h{length}" for y, row in enumerate(rows) for start, length in _runs(row)
        )


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Return where each run of dark modules begins and how long it is."""
    runs = []
    for is_dark, modules in groupby(enumerate(row), key=lambda module: module[1]):
        places = [place for place, _dark in modules]
        if is_dark:
            runs.append((places[0], len(places)))
    return runs
