"""Reads the product's own source, for tests of how it is built."""

import ast
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "supportgroups"
#: Folders that no change is kept in, for a tree that git does not know.
LEFT_OUT = frozenset(
    {".git", ".venv", "__pycache__", "data", "build", "dist", "node_modules", "test-results"}
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of Python."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """How others import it: `supportgroups.groups.services.members`."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts).removesuffix(".__init__")

    @property
    def place(self) -> str:
        """Where it lies, for people."""
        return self.path.relative_to(ROOT).as_posix()

    def functions(self) -> Iterator[Function]:
        """Go through its functions and methods."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def top_functions(self) -> Iterator[Function]:
        """Go through the functions that others can import."""
        for node in self.tree.body:
            if isinstance(node, Function):
                yield node


@cache
def modules(folder: Path = PACKAGE) -> list[Module]:
    """Return all Python files below a folder."""
    return [read(path) for path in sorted(folder.rglob("*.py"))]


def read(path: Path) -> Module:
    """Read one file."""
    return Module(path, ast.parse(path.read_text(encoding="utf-8")))


def is_layer(module: Module, *names: str) -> bool:
    """Tell whether a module is one of these layers of a slice: `services.py`, `services/…`."""
    return any(name in module.name.split(".")[2:] for name in names)


@cache
def calls(node: ast.AST) -> tuple[ast.Call, ...]:
    """Return all calls below a node."""
    return tuple(found for found in ast.walk(node) if isinstance(found, ast.Call))


def dotted(node: ast.AST) -> str:
    """Return `db.session.add` for such an expression; empty for anything more complicated."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else f"?.{node.attr}"
    return ""


def decorators(function: Function) -> set[str]:
    """Return what a function wears: `transaction`, `access`."""
    worn = (one.func if isinstance(one, ast.Call) else one for one in function.decorator_list)
    return {dotted(one) for one in worn}


@cache
def imported(module: Module) -> Mapping[str, str]:
    """Return what each name at the top of a module was imported as: `services` → its whole name."""
    found = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def strings(node: ast.AST) -> Iterator[str]:
    """Go through all plain strings below a node."""
    for found in ast.walk(node):
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            yield found.value


@cache
def kept_files() -> list[Path]:
    """Return the files that belong to the project: those that git keeps."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not LEFT_OUT & set(path.parts)]
    return [path for path in paths if path.is_file()]
