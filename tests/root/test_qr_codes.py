"""Addresses as pictures, for the camera of a phone."""

import re

import segno

from supportgroups.qr_codes import QUIET, QrCode

ADDRESS = "https://gatherings.example/calendar/s3cret_-x.ics"


def test_the_qr_code_has_every_module_in_its_place() -> None:
    code = QrCode(ADDRESS)
    drawn = [[0] * code.size for _ in range(code.size)]
    strokes = re.findall(r"M(\d+) (\d+)\.5h(\d+)", code.path)
    for x, y, length in strokes:
        for offset in range(int(length)):
            drawn[int(y)][int(x) + offset] += 1
    expected = [list(row) for row in segno.make_qr(ADDRESS).matrix_iter(border=QUIET)]
    assert drawn == expected
    assert "".join(f"M{x} {y}.5h{length}" for x, y, length in strokes) == code.path
