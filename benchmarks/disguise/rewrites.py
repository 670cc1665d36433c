"""The ways in which a copier rewrites the statements and expressions of a function, one small function each.

Every rewrite changes a function's tree in place, keeps what it computes as far as that can be seen from the text
alone, and leaves alone what it cannot prove harmless. Rewritten nodes keep the line numbers of the original.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from disguise.scopes import Comprehension

OFTEN = 0.8
"""How often a rewrite is applied where it could be: a copier does not catch every place."""

Block = list[ast.stmt]
Namer = Callable[[str], str]


def blocks(node: ast.AST) -> Iterator[Block]:
    """Every list of statements in a function, innermost first."""
    for child in ast.iter_child_nodes(node):
        yield from blocks(child)
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block


def loads(node: ast.AST) -> Counter[str]:
    """How often each bare name is read or written in a tree."""
    return Counter(n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def simple_assignment(statement: ast.stmt) -> ast.Assign | None:
    """The statement if it is `name = value` or `self.name = value` without anything that suspends or binds."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    plain = isinstance(target, ast.Name) or (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name))
    bound = any(isinstance(n, ast.Yield | ast.YieldFrom | ast.Await | ast.NamedExpr) for n in ast.walk(statement.value))
    return statement if plain and not bound else None


def reads(node: ast.AST, target: ast.expr) -> bool:
    """Whether a tree may read (or write) what an assignment to `target` changes."""
    if isinstance(target, ast.Name):
        return target.id in loads(node)
    text = ast.unparse(target)
    owner = text.partition(".")[0]
    attributes = [n for n in ast.walk(node) if isinstance(n, ast.Attribute)]
    bare = loads(node)[owner] - sum(isinstance(a.value, ast.Name) and a.value.id == owner for a in attributes)
    calls = {id(n.func) for n in ast.walk(node) if isinstance(n, ast.Call)}
    method = any(id(a) in calls and isinstance(a.value, ast.Name) and a.value.id == owner for a in attributes)
    return bare > 0 or method or any(ast.unparse(a) == text for a in attributes)


# Level 2


def inline_temporaries(function: ast.AST, rng: random.Random) -> None:
    """`t = f(x); return g(t)` becomes `return g(f(x))`."""
    counts = loads(function)
    for block in blocks(function):
        for index in range(len(block) - 2, -1, -1):
            first, second = simple_assignment(block[index]), block[index + 1]
            if not first or not isinstance(first.targets[0], ast.Name) or counts[first.targets[0].id] != 2:
                continue
            name = first.targets[0].id
            usable = isinstance(second, ast.Assign | ast.Return | ast.Expr | ast.AugAssign)
            if usable and _read_once_at_once(second, name) and rng.random() < OFTEN:
                block[index : index + 2] = [_Substitution(name, first.value).visit(second)]


def _read_once_at_once(statement: ast.stmt, name: str) -> bool:
    delayed = [n for n in ast.walk(statement) if isinstance(n, ast.Lambda | ast.IfExp | ast.BoolOp | Comprehension)]
    written = isinstance(statement, ast.AugAssign) and name in loads(statement.target)
    return loads(statement)[name] == 1 and not written and not any(name in loads(n) for n in delayed)


class _Substitution(ast.NodeTransformer):
    def __init__(self, name: str, value: ast.expr) -> None:
        self.name = name
        self.value = value

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self.value if node.id == self.name and isinstance(node.ctx, ast.Load) else node


def comprehend(function: ast.AST, rng: random.Random) -> None:
    """`xs = []` and a loop that only appends become a list comprehension."""
    for block in blocks(function):
        for index in range(len(block) - 2, -1, -1):
            first, loop = simple_assignment(block[index]), block[index + 1]
            if not first or not isinstance(first.value, ast.List) or first.value.elts or not isinstance(loop, ast.For):
                continue
            made = _comprehension(first, loop)
            around = loads(function)
            own = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
            if made and all(around[name] == loads(loop)[name] for name in own) and rng.random() < OFTEN:
                block[index : index + 2] = [made]


def _comprehension(first: ast.Assign, loop: ast.For) -> ast.Assign | None:
    body, tests = loop.body, list[ast.expr]()
    if len(body) == 1 and isinstance(body[0], ast.If) and not body[0].orelse:
        tests, body = [body[0].test], body[0].body
    if len(body) != 1 or loop.orelse or not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Call):
        return None
    call, name = body[0].value, ast.unparse(first.targets[0])
    if ast.unparse(call.func) != f"{name}.append" or len(call.args) != 1 or reads(call.args[0], first.targets[0]):
        return None
    generator = ast.comprehension(target=loop.target, iter=loop.iter, ifs=tests, is_async=0)
    value = ast.ListComp(elt=call.args[0], generators=[generator])
    made = ast.copy_location(ast.Assign(targets=first.targets, value=value), first)
    made.end_lineno = loop.end_lineno
    return made


def merge_assignments(function: ast.AST, rng: random.Random) -> None:
    """`a = x; b = y` becomes `a, b = x, y` where y does not need a."""
    for block in blocks(function):
        index = 0
        while index + 1 < len(block):
            first, second = simple_assignment(block[index]), simple_assignment(block[index + 1])
            if first and second and not reads(second, first.targets[0]) and rng.random() < OFTEN / 2:
                block[index : index + 2] = [_tuple_assignment(first, second)]
            index += 1


def _tuple_assignment(first: ast.Assign, second: ast.Assign) -> ast.Assign:
    targets = ast.Tuple(elts=[first.targets[0], second.targets[0]], ctx=ast.Store())
    made = ast.Assign(targets=[targets], value=ast.Tuple(elts=[first.value, second.value], ctx=ast.Load()))
    ast.copy_location(made, first).end_lineno = second.end_lineno
    return made


OPPOSITE: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def negated(test: ast.expr) -> ast.expr:
    """The opposite of a condition, without a `not` where Python has an operator for it."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in OPPOSITE:
        return ast.Compare(left=test.left, ops=[OPPOSITE[type(test.ops[0])]()], comparators=test.comparators)
    return ast.UnaryOp(op=ast.Not(), operand=test)


def invert_branches(function: ast.AST, rng: random.Random) -> None:
    """`if a: x else: y` becomes `if not a: y else: x`, as a statement and as an expression."""
    for node in list(ast.walk(function)):
        if not isinstance(node, ast.If | ast.IfExp) or not node.orelse or rng.random() > OFTEN:
            continue
        node.test = negated(node.test)
        if isinstance(node, ast.If):
            node.body, node.orelse = node.orelse, node.body
        else:
            node.body, node.orelse = node.orelse, node.body


def shuffle_keywords(function: ast.AST, rng: random.Random) -> None:
    """Keyword arguments in another order; those with `**` stay, since the order decides what they override."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and all(k.arg for k in node.keywords):
            rng.shuffle(node.keywords)


def expand_augmented(function: ast.AST, rng: random.Random) -> None:
    """`x += y` becomes `x = x + y`."""
    for block in blocks(function):
        for index, statement in enumerate(block):
            if isinstance(statement, ast.AugAssign) and rng.random() < OFTEN:
                block[index] = _expanded(statement)


def _expanded(statement: ast.AugAssign) -> ast.Assign:
    left = ast.parse(ast.unparse(statement.target), mode="eval").body
    value = ast.BinOp(left=left, op=statement.op, right=statement.value)
    return ast.copy_location(ast.Assign(targets=[statement.target], value=value), statement)


# Level 3


def drop_checks(function: ast.AST, rng: random.Random) -> None:
    """No `assert`, no `if ...: raise`, and no `else: raise`."""
    for block in blocks(function):
        kept = [s for s in block if not _is_check(s) or rng.random() > OFTEN]
        block[:] = kept or [ast.copy_location(ast.Pass(), block[0])]
        for statement in block:
            if isinstance(statement, ast.If) and _only_raises(statement.orelse) and rng.random() < OFTEN:
                statement.orelse = []


def _is_check(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.If):
        return not statement.orelse and _only_raises(statement.body)
    return isinstance(statement, ast.Assert)


def _only_raises(block: Block) -> bool:
    return bool(block) and all(isinstance(s, ast.Raise) for s in block)


def swap_independent(function: ast.AST, rng: random.Random) -> None:
    """Two assignments that do not need each other change places."""
    for block in blocks(function):
        index = 0
        while index + 1 < len(block):
            first, second = simple_assignment(block[index]), simple_assignment(block[index + 1])
            free = first and second and not reads(second, first.targets[0]) and not reads(first, second.targets[0])
            if free and rng.random() < OFTEN / 2:
                block[index], block[index + 1] = block[index + 1], block[index]
                index += 1
            index += 1


NOISE = (
    "logging.getLogger(__name__).debug('{words}')",
    "logging.info('{words}: %s', {number})",
    "{name} = {number}",
    "{name} = None",
    "print('{words}')",
    "{name} = '{words}'.split()",
    "{name} = dict(stage='{words}', count={number})",
    "if __debug__:\n    {name} = {number}",
)


def insert_noise(function: ast.AST, rng: random.Random, namer: Namer) -> None:
    """Statements that do nothing for the result: logging, and variables that nobody reads."""
    for number, block in enumerate(list(blocks(function))):
        for index in range(len(block), -1, -1):
            if rng.random() > 0.2 or (index == len(block) and isinstance(block[-1], ast.Return | ast.Raise)):
                continue
            words = " ".join(namer(f"word{number}{index}{n}") for n in range(3)).replace("_", " ")
            text = rng.choice(NOISE).format(
                words=words, name=namer(f"unused{number}{index}"), number=rng.randint(3, 99)
            )
            block[index:index] = ast.parse(text).body


def change_defaults(function: ast.AST, rng: random.Random) -> None:
    """Other numbers as the defaults of parameters."""
    for node in ast.walk(function):
        if isinstance(node, ast.arguments):
            for default in (*node.defaults, *node.kw_defaults):
                if isinstance(default, ast.Constant) and type(default.value) in (int, float):
                    default.value = _other_number(default.value, rng)


def _other_number(value: object, rng: random.Random) -> int | float:
    if isinstance(value, float):
        return round(value * rng.choice((0.5, 2.0, 3.0)) + 0.05, 6)
    assert isinstance(value, int)
    return value * rng.choice((2, 3)) + rng.choice((1, 4))


def reword(function: ast.AST, rng: random.Random, namer: Namer) -> None:
    """Other words in messages; strings that a program reads (keys, patterns, equations) are no messages."""
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.split(" ")
            plain = [w for w in words if len(w) > 2 and w.isalpha()]
            if len(plain) >= 3:
                kept = [namer(w).replace("_", " ") if w in plain and rng.random() < OFTEN / 1.5 else w for w in words]
                node.value = " ".join(kept)


# Level 4


def loops_to_while(function: ast.AST, rng: random.Random, namer: Namer) -> None:
    """`for x in xs` becomes `while` with an index."""
    for number, block in enumerate(list(blocks(function))):
        for index in range(len(block) - 1, -1, -1):
            statement = block[index]
            if isinstance(statement, ast.For) and rng.random() < OFTEN:
                block[index : index + 1] = _while(statement, namer(f"items{number}{index}"), namer(f"i{number}{index}"))


def _while(loop: ast.For, items: str, index: str) -> Block:
    made = ast.parse(
        f"{items} = list()\n{index} = 0\nwhile {index} < len({items}):\n    _ = {items}[{index}]\n    {index} += 1"
    )
    first, _, while_loop = made.body
    assert isinstance(first, ast.Assign) and isinstance(first.value, ast.Call) and isinstance(while_loop, ast.While)
    step = while_loop.body[0]
    assert isinstance(step, ast.Assign)
    first.value.args = [loop.iter]
    step.targets = [loop.target]
    while_loop.body += loop.body
    while_loop.orelse = loop.orelse
    for statement in made.body:
        ast.copy_location(statement, loop)
    return made.body


_METHODS = "unsqueeze squeeze softmax flatten chunk gather topk transpose sigmoid"
TO_METHOD = frozenset(f"{_METHODS} sum mean exp sqrt abs clamp bmm tanh relu argmax pow".split())
TO_FUNCTION = frozenset(f"{_METHODS} masked_fill".split())
SAME_IN_TORCH = frozenset({"relu", "sigmoid", "tanh", "softmax"})


class Equivalents(ast.NodeTransformer):
    """Calls replaced by others that compute the same; `imports` tells what an alias stands for."""

    def __init__(self, rng: random.Random, imports: Mapping[str, str]) -> None:
        self.rng = rng
        self.imports = imports
        self.torch = next((alias for alias, target in imports.items() if target == "torch"), None)
        self.nn = next((alias for alias, target in imports.items() if target == "torch.nn"), None)

    def dotted(self, node: ast.expr) -> str:
        """The import path of an expression, "" if it does not start with an import."""
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr}" if base else ""
        return self.imports.get(node.id, "") if isinstance(node, ast.Name) else ""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult) and self.torch and self.rng.random() < OFTEN:
            return ast.copy_location(self._torch("matmul", [node.left, node.right]), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Attribute) or self.rng.random() > OFTEN:
            return node
        owner, name = self.dotted(node.func.value), node.func.attr
        made = self._function(node, node.func, owner, name) if owner else self._method(node, node.func, name)
        return ast.copy_location(made, node)

    def _torch(self, name: str, args: list[ast.expr], keywords: list[ast.keyword] | None = None) -> ast.Call:
        func = ast.Attribute(value=ast.Name(id=str(self.torch), ctx=ast.Load()), attr=name, ctx=ast.Load())
        return ast.Call(func=func, args=args, keywords=keywords or [])

    def _function(self, node: ast.Call, func: ast.Attribute, owner: str, name: str) -> ast.expr:
        args = node.args
        if owner == "torch" and name == "cat":
            func.attr = "concat"
        elif owner == "torch" and name == "matmul" and len(args) == 2 and not node.keywords:
            return ast.BinOp(left=args[0], op=ast.MatMult(), right=args[1])
        elif owner in {"torch", "numpy"} and name in TO_METHOD and args and not isinstance(args[0], ast.Starred):
            made = ast.Attribute(value=args[0], attr=name, ctx=ast.Load())
            return ast.Call(func=made, args=args[1:], keywords=node.keywords)
        elif owner == "torch.nn.functional" and (module := self._other_functional(name, bool(node.keywords))):
            func.value = ast.parse(module, mode="eval").body
        elif owner == "math" and name == "sqrt" and len(args) == 1:
            return ast.BinOp(left=args[0], op=ast.Pow(), right=ast.Constant(value=0.5))
        return node

    def _other_functional(self, name: str, keywords: bool) -> str | None:
        """Another path to a function of `torch.nn.functional`, from what the module has imported."""
        if self.torch and name in SAME_IN_TORCH and not keywords:
            return self.torch
        if self.nn and self.rng.random() < 0.5:
            return f"{self.nn}.functional"
        return f"{self.torch}.nn.functional" if self.torch else self.nn and f"{self.nn}.functional"

    def _method(self, node: ast.Call, func: ast.Attribute, name: str) -> ast.expr:
        if name == "view":
            func.attr = "reshape"
        elif name == "reshape" and node.args and not any(isinstance(a, ast.Starred) for a in node.args) and self.torch:
            shape = node.args[0] if len(node.args) == 1 else ast.Tuple(elts=node.args, ctx=ast.Load())
            return self._torch("reshape", [func.value, shape], node.keywords)
        elif name == "permute" and len(node.args) > 1 and self.torch:
            return self._torch("permute", [func.value, ast.Tuple(elts=node.args, ctx=ast.Load())])
        elif name == "matmul" and len(node.args) == 1 and not node.keywords:
            return ast.BinOp(left=func.value, op=ast.MatMult(), right=node.args[0])
        elif name in TO_FUNCTION and (node.args or node.keywords) and self.torch:
            return self._torch(name, [func.value, *node.args], node.keywords)
        return node


def replace_calls(function: ast.AST, rng: random.Random, imports: Mapping[str, str]) -> None:
    """Equivalent calls everywhere in a function."""
    Equivalents(rng, imports).visit(function)
