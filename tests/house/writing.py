"""Which functions change the database, and which of them see to a transaction themselves."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.house.source import Function, Module, calls, decorators, dotted, imported, is_layer

#: Calls that change something, or ask for it.
WRITING_CALLS = frozenset(
    {
        *("db.session.add", "db.session.add_all", "db.session.delete", "db.session.flush"),
        *("db.session.merge", "db.session.begin_nested", "setattr"),
        *("insert", "update", "delete", "postgresql_insert", "sqlite_insert"),
    }
)


@dataclass
class Known:
    """What is known of one function of the package."""

    name: str
    module: Module
    function: Function
    #: The whole names of the package's functions that it calls.
    callees: set[str] = field(default_factory=set)
    writes_itself: bool = False

    @property
    def is_public(self) -> bool:
        """Whether others may call it."""
        return not self.function.name.startswith("_")

    @property
    def is_transaction(self) -> bool:
        """Whether it wears `@transaction()`."""
        return "transaction" in decorators(self.function)


class Writing:
    """All functions of some modules, and who of them writes."""

    def __init__(self, modules: list[Module]) -> None:
        self.known = {
            f"{module.name}.{function.name}": Known(
                f"{module.name}.{function.name}", module, function
            )
            for module in modules
            for function in module.top_functions()
        }
        for known in self.known.values():
            known.callees = set(self.callees(known.module, known.function))
            known.writes_itself = changes_something(known.function)

    def callees(self, module: Module, node: ast.AST) -> Iterator[str]:
        """Go through the package's functions that are called below a node, by their whole names."""
        names = imported(module)
        for call in calls(node):
            first, _, rest = dotted(call.func).partition(".")
            whole = names.get(first, f"{module.name}.{first}") + (f".{rest}" if rest else "")
            if whole in self.known:
                yield whole

    def writes(self, name: str) -> bool:
        """Tell whether calling it can change something, in whatever transaction."""
        return self._reaches(name, set(), stops_at_transactions=False)

    def is_unprotected(self, name: str) -> bool:
        """Tell whether it changes something that no transaction below it commits."""
        return self._reaches(name, set(), stops_at_transactions=True)

    def _reaches(self, name: str, seen: set[str], *, stops_at_transactions: bool) -> bool:
        if name in seen:
            return False
        seen.add(name)
        known = self.known[name]
        if stops_at_transactions and known.is_transaction:
            return False
        return known.writes_itself or any(
            self._reaches(callee, seen, stops_at_transactions=stops_at_transactions)
            for callee in known.callees
        )

    def most_service_calls(self, known: Known) -> int:
        """Return how many services that write one run through a view may call at most."""
        through, ended = self._paths(known, known.function.body)
        return max(through or 0, ended or 0)

    def _cost(self, known: Known, *nodes: ast.AST | None) -> int:
        cost = 0
        for node in nodes:
            for callee in self.callees(known.module, node) if node is not None else ():
                called = self.known[callee]
                if is_layer(called.module, "services"):
                    cost += self.writes(callee)
                elif called.module is known.module and called is not known:
                    cost += self.most_service_calls(called)
        return cost

    def _paths(self, known: Known, body: list[ast.stmt]) -> tuple[int | None, int | None]:
        """Return the most calls on a way through `body`, and on one that ends in it."""
        through: int | None = 0
        ended: int | None = None
        for statement in body:
            if through is None:
                break
            further, over = self._step(known, statement)
            ended = _most(ended, _plus(through, over))
            through = _plus(through, further)
        return through, ended

    def _step(self, known: Known, statement: ast.stmt) -> tuple[int | None, int | None]:
        match statement:
            case ast.Return() | ast.Raise():
                return None, self._cost(known, statement)
            case ast.If(test=test, body=body, orelse=orelse):
                cost = self._cost(known, test)
                ways = [self._paths(known, body), self._paths(known, orelse)]
                return self._join(cost, ways)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
                # What raises has undone itself, so a handler begins anew.
                ways = [self._paths(known, handler.body) for handler in handlers]
                ways.append(self._paths(known, [*body, *orelse]))
                last, _over = self._paths(known, finalbody)
                return self._join(last or 0, ways)
            case ast.With(items=items, body=body):
                cost = self._cost(known, *(item.context_expr for item in items))
                return self._join(cost, [self._paths(known, body)])
            case ast.For(body=body) | ast.While(body=body):
                through, ended = self._paths(known, body)
                # Once around may be many times.
                return _plus(through, through), _plus(through, ended)
        return self._cost(known, statement), None

    @staticmethod
    def _join(
        cost: int, ways: list[tuple[int | None, int | None]]
    ) -> tuple[int | None, int | None]:
        through = _most(*(way[0] for way in ways))
        ended = _most(*(way[1] for way in ways))
        return _plus(cost, through), _plus(cost, ended)


def changes_something(function: ast.AST) -> bool:
    """Tell whether a function itself adds, deletes, or changes an attribute of something."""
    if any(dotted(call.func) in WRITING_CALLS for call in calls(function)):
        return True
    if any(_is_part_of_a_statement(call) for call in calls(function)):
        return True
    return any(_is_of_something(target) for target in _targets(function))


def _is_part_of_a_statement(call: ast.Call) -> bool:
    """Tell an INSERT or UPDATE that is being put together from a mere question."""
    match dotted(call.func).rpartition(".")[2]:
        case "touch_calendar" | "on_conflict_do_nothing" | "on_conflict_do_update":
            return True
        case "values":
            # Those of a table are asked for without arguments.
            return bool(call.args or call.keywords)
    return False


def _targets(function: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from target.elts if isinstance(target, ast.Tuple) else [target]
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            yield node.target


def _is_of_something(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and dotted(target.value) not in {"self", "cls"}


def _most(*numbers: int | None) -> int | None:
    found = [number for number in numbers if number is not None]
    return max(found) if found else None


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
