"""Reads the route table, cell by cell."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.house.roles import ROLES, VISIBILITIES, VISITOR
from tests.house.route_table import FOR_VISITORS, TABLE
from tests.house.town import CHANGED

GETS = [line for line in TABLE if line.startswith("GET ")]
POSTS = [line for line in TABLE if line.startswith("POST ")]


class Case(NamedTuple):
    """One cell of the table."""

    role: str
    visibility: str
    expected: str


def cases(line: str) -> Iterator[Case]:
    """Read one line of the table."""
    blocks = [block.replace(" ", "") for block in TABLE[line].split("|")]
    assert len(blocks) in {1, len(VISIBILITIES)}, f"{line} lacks a block"
    for visibility, block in zip(VISIBILITIES, blocks, strict=False):
        assert len(block) == len(ROLES), f"{line} lacks a column"
        for role, expected in zip(ROLES, block, strict=True):
            yield Case(role, visibility, expected)


def endpoint_of(line: str) -> str:
    """Return the endpoint that a line is about."""
    return line.split()[1]


def somebody_who_may(line: str) -> Case:
    """Return a case in which something changes, at the most private group that has one."""
    if line in FOR_VISITORS:
        return Case(VISITOR, VISIBILITIES[0], CHANGED)
    return next(case for case in reversed(list(cases(line))) if case.expected == CHANGED)
