"""The canonical form of Python: what is written in two ways is read as one, and what is different stays so."""

from __future__ import annotations

import ast
import builtins
import keyword
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from textwrap import indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clonescan
from clonescan.fingerprint import ANCHOR, NAME, NESTING, ORDER, STRUCTURE, Fingerprint
from kinds.snippets import SYMBOLS, features, read, statements, structure

ROOT = Path(clonescan.__file__).parents[1]

SAME = {
    "comments": ("y = f(x, 1, 2)  # why\n# so\nz = g(y, 3)", "y = f(x, 1, 2)\nz = g(y, 3)"),
    "docstrings": ('def f(x):\n    """Doc."""\n    return g(x, 1, 2)', "def f(x):\n    return g(x, 1, 2)"),
    "annotations": (
        'def f(x: int, y: "Grid[int]" = 3, *z: str) -> list[int]:\n    w: int = g(x, y, z)\n    return w',
        "def f(x, y=3, *z):\n    w = g(x, y, z)\n    return w",
    ),
    "blank statements": (
        "def f(x):\n    global a\n    pass\n    y = g(x, 1, 2); return h(y, 3)",
        "def f(x):\n    y = g(x, 1, 2)\n    return h(y, 3)",
    ),
    "a module by another name": (
        "import torch.nn as N\nx = N.Linear(8, 9)",
        "import torch.nn as nn\nx = nn.Linear(8, 9)",
    ),
    "a module taken from its package": (
        "import torch.nn as N\nx = N.Linear(8, 9)",
        "from torch import nn\nx = nn.Linear(8, 9)",
    ),
    "a name taken from its module": (
        "import torch.nn as N\nx = N.Linear(8, 9)",
        "from torch.nn import Linear\nx = Linear(8, 9)",
    ),
    "a name with its full path": (
        "import torch\nx = torch.nn.Linear(8, 9)",
        "from torch.nn import Linear as Dense\nx = Dense(8, 9)",
    ),
    "tuple assignment": ("a, b = f(x, 1, 2), 3 * y - z", "a = f(x, 1, 2)\nb = 3 * y - z"),
    "tuple assignment in parentheses": ("(a, b) = (f(x, 1, 2), 3 * y - z)", "a = f(x, 1, 2)\nb = 3 * y - z"),
    "sizes set one by one": (
        "def f(x):\n    b, _, c = x.shape\n    g(b, c, 1)\n    return h(b, c)",
        "def f(x):\n    b = x.size(0)\n    c = x.shape[2]\n    g(b, c, 1)\n    return h(b, c)",
    ),
    "some of the sizes": (
        "def f(x):\n    h, w = x.shape[-2:]\n    g(h, w, 1)\n    return h, w",
        "def f(x):\n    h = x.size(-2)\n    w = x.size(-1)\n    g(h, w, 1)\n    return h, w",
    ),
    "sizes where they are used": (
        "def f(x):\n    b, c = x.shape\n    return g(x, b // 2, 3 * c)",
        "def f(x):\n    return g(x, x.shape[0] // 2, 3 * x.shape[1])",
    ),
    "axes in another order": ("x = f(y.transpose(2, 0, 1), 3)", "x = f(y.permute(2, 0, 1), 3)"),
    "the last axes exchanged": ("x = f(y.mT, 3)", "x = f(y.transpose(-1, -2), 3)"),
    "a matrix turned": ("x = f(y.T, 3)", "x = f(y.t(), 3)"),
    "divided by a root": ("import math\nx = f(y / math.sqrt(z), 3)", "x = f(z ** -0.5 * y, 3)"),
    "whether there is none": ("while len(x) < 1:\n    y = f(x, 1, 2)", "while not x:\n    y = f(x, 1, 2)"),
    "whether anything is left": ("while len(x) >= 1:\n    y = f(x, 1, 2)", "while len(x):\n    y = f(x, 1, 2)"),
    "a numbered loop": (
        "for i, x in enumerate(y):\n    f(x, g(i, 1), 2)",
        "for x in y:\n    f(x, g(i, 1), 2)",
    ),
    "a loop over indices": (
        "for i in range(len(y)):\n    f(3, g(i, 1), 2)",
        "for i, _ in enumerate(y):\n    f(3, g(i, 1), 2)",
    ),
    "the opposite by its name": ("y = f(x.mean(1).neg(), 3)", "y = f(-x.mean(1), 3)"),
    "types in another order": ("y = f(isinstance(x, (A, B.c(1))), 3)", "y = f(isinstance(x, (B.c(1), A)), 3)"),
    "in place": (
        "import torch\nx = f(y, 3)\nx.floor_()\nx.a.add_(y.clamp_(1, 2))",
        "import torch\nx = f(y, 3)\nx = x.floor()\nx.a = x.a + y.clamp(1, 2)",
    ),
    "a remainder by its name": ("y = f(g(x, 1).remainder(4), 3)", "y = f(g(x, 1) % 4, 3)"),
    "a row that grows": (
        "for x in y:\n    z = f(x, 1, 2)\n    a = a + (z,)\n    b += [g(z, 3)]",
        "for x in y:\n    z = f(x, 1, 2)\n    a.append(z)\n    b.append(g(z, 3))",
    ),
    "whole axes in front": ("y = f(x[:, :, 1:3], 3)", "y = f(x[..., 1:3], 3)"),
    "a half": ("y = f(g(x, 1) / 2, 3)", "y = f(0.5 * g(x, 1), 3)"),
    "a product by its pattern": (
        "import torch\ny = torch.einsum('bhid,bhjd->bhij', f(x, 1), z)",
        "import torch\ny = torch.matmul(f(x, 1), z.transpose(-1, -2))",
    ),
    "a product by its words": (
        "import torch\ny = torch.einsum('... i j, ... j d -> ... i d', f(x, 1), z)",
        "y = f(x, 1) @ z",
    ),
    "axes by their words": (
        "from einops import rearrange\ny = f(rearrange(x, 'b h d -> d b h'), rearrange(x, 'b -> b 1 1'))",
        "y = f(x.permute(2, 0, 1), x[:, None, None])",
    ),
    "returned from branches": (
        "def f(x):\n    if g(x, 1):\n        y = h(x, 2)\n    else:\n        y = k(x, 3)\n    return y",
        "def f(x):\n    if g(x, 1):\n        return h(x, 2)\n    return k(x, 3)",
    ),
    "returned where it was changed": (
        "def f(x):\n    x = g(x, 1)\n    if x:\n        x = h(x, 2)\n    return x",
        "def f(x):\n    x = g(x, 1)\n    if x:\n        return h(x, 2)\n    return x",
    ),
    "returned from all of many branches": (
        "def f(x):\n    if g(x, 1):\n        if h(x, 2):\n            y = k(x, 3)\n"
        "        else:\n            y = k(4, x)\n"
        "    elif h(x, 1):\n        raise E\n    else:\n        y = g(x, 5)\n    print(1)\n    return y",
        "def f(x):\n    if g(x, 1):\n        if h(x, 2):\n            return k(x, 3)\n"
        "        else:\n            return k(4, x)\n"
        "    elif h(x, 1):\n        raise E\n    else:\n        return g(x, 5)\n    print(1)",
    ),
    "a value that is returned": (
        "def f(x):\n    x = g(x, 1)\n    x = h(x, x)\n    return x",
        "def f(x):\n    x = g(x, 1)\n    return h(x, x)",
    ),
    "given by place or by name": (
        "x = f(g(y, 1), a=3, b=h(4, *z))",
        "x = f(3, h(4, *z), c=g(y, 1))",
    ),
    "keywords with other values": (
        "import torch\nx = f(torch.full(y, 3, dtype=a, device=b.c(5), odd=d))",
        "import torch\nx = f(torch.full(y, 3, odd=d, device=b.c(5), dtype=a))",
    ),
    "an array behind its sizes": (
        "def f(x):\n    *_, h, w = x.shape\n    g(h, w, 1)\n    return h, w",
        "def f(x):\n    h, w = x.shape[-2:]\n    g(h, w, 1)\n    return h, w",
    ),
    "whole axes behind": ("y = f(x[:, t, :], 3)", "y = f(x[:, t], 3)"),
    "the least and the most": (
        "import torch\ny = f(x.clamp_min(3), x.clamp_max(4))",
        "import torch\ny = f(torch.clamp(x, min=3), x.clip(max=4))",
    ),
    "keys": ("for x in f(y, 1).keys():\n    g(x, 3)", "for x in f(y, 1):\n    g(x, 3)"),
    "members that are added": (
        "x.extend([f(y, 1), g(z, 2)])\nx += [h(y, 3)]",
        "x.append(f(y, 1))\nx.append(g(z, 2))\nx.append(h(y, 3))",
    ),
    "what a test runner is told": (
        "import pytest\n@pytest.fixture(scope='session')\ndef f(x):\n    return g(x, 3)",
        "def f(x):\n    return g(x, 3)",
    ),
    "an assertion": (
        "assert f(x, 1), 'no'\ng(x, 2)",
        "if not f(x, 1):\n    raise AssertionError('no')\ng(x, 2)",
    ),
    "chained assignment": ("a = b = f(x, 1, 2)", "a = f(x, 1, 2)\nb = f(x, 1, 2)"),
    "chained tuple assignment": (
        "a, b = c, d = f(x, 1, 2), 3 * y - z",
        "a = f(x, 1, 2)\nb = 3 * y - z\nc = f(x, 1, 2)\nd = 3 * y - z",
    ),
    "augmented assignment": ("x += f(y, 1, 2)", "x = x + f(y, 1, 2)"),
    "augmented attribute": ("self.x //= f(y, 1, 2)", "self.x = self.x // f(y, 1, 2)"),
    "augmented item": ("x[i, j] -= f(y, 1, 2)", "x[i, j] = x[i, j] - f(y, 1, 2)"),
    "keywords in any order": (
        "import torch\nx = torch.sum(y, dim=1, keepdim=True)",
        "import torch\nx = torch.sum(y, keepdim=True, dim=1)",
    ),
    "own keywords in any order": ("x = f(y, up=1 + z, down=w * 3)", "x = f(y, down=w * 3, up=1 + z)"),
    "joined expressions": ("f(1, x, y), g(2, y, z)", "f(1, x, y)\ng(2, y, z)"),
    "mirrored comparison": ("a = f(x, 1) > g(y, 2)", "a = g(y, 2) < f(x, 1)"),
    "mirrored comparison, or equal": ("a = f(x, 1) >= g(y, 2)", "a = g(y, 2) <= f(x, 1)"),
    "equality turned round": ("a = f(x, 1) == g(y, 2)", "a = g(y, 2) == f(x, 1)"),
    "inequality turned round": ("a = f(x, 1) != g(y, 2)", "a = g(y, 2) != f(x, 1)"),
    "conditions in any order": ("a = f(x, 1) and y[1] and g(z)", "a = g(z) and (y[1] and f(x, 1))"),
    "chained comparison": ("a = f(x, 1) <= y < g(z, 2)", "a = y < g(z, 2) and f(x, 1) <= y"),
    "sums in any order": ("z = f(a + b * c, 1)", "z = f(c * b + a, 1)"),
    "redundant parentheses": ("z = (f((x + y), (1)))", "z = f(x + y, 1)"),
    "super": (
        "class A(B):\n    def f(self):\n        super(A, self).f(3, x)",
        "class A(B):\n    def f(self):\n        super().f(3, x)",
    ),
    "view and reshape": ("y = x.view(1, n, -1)", "y = x.reshape(1, n, -1)"),
    "a row and its members": ("y = x.reshape((1, n, -1))", "y = x.reshape(1, n, -1)"),
    "an axis by place": ("import torch\ny = torch.cat([x, z], dim=-1)", "import torch\ny = torch.cat([x, z], -1)"),
    "exponents": ("y = f(x, 1e-5)", "y = f(x, 0.00001)"),
    "hexadecimal": ("y = f(x, 0xFF)", "y = f(x, 255)"),
    "digit groups": ("y = f(x, 1_000)", "y = f(x, 1000)"),
    "whole floats": ("y = f(x, 1e3)", "y = f(x, 1000.)"),
    "einsum letters": (
        "import torch\ny = torch.einsum('bhd,bhe->bde', x, z)",
        "import torch\ny = torch.einsum('xyz,xyw->xzw', x, z)",
    ),
    "einops axes": (
        "from einops import rearrange\ny = rearrange(x, 'b (h d) n -> b h d n', h=4)",
        "from einops import rearrange\ny = rearrange(x, 'all (heads dim) tok -> all heads dim tok', heads=4)",
    ),
    "string prefixes and quotes": ("y = f(x, 'bilinear', 1)", 'y = f(x, u"bilinear", 1)'),
    "f-string and format": ('y = f(f"a {x} of {g(z, 1)} all")', 'y = f("a {} of {:d} all".format(x, g(z, 1)))'),
    "f-string and format by name": ('y = f(f"a {x} of {z!r}")', 'y = f("a {x} of {z!r}".format(x=x, z=z))'),
    "f-string and %": ('y = f(f"a {x} of {g(z, 1):.3f} all")', 'y = f("a %s of %.3f all" % (x, g(z, 1)))'),
    "f-string and % of one": ('y = f(f"a {g(z, 1)} of all")', 'y = f("a %d of all" % g(z, 1))'),
    "dict and braces": ('y = f({"size": g(x, 1), "rate": 2.5})', "y = f(dict(size=g(x, 1), rate=2.5))"),
    "strings in a row": ("y = 'a' 'b %d of all' % f(x)", "y = 'ab %d of all' % f(x)"),
    "a conditional value": (
        "y = g(x, 1) if f(x, 3) else h(x, 2)",
        "if f(x, 3):\n    y = g(x, 1)\nelse:\n    y = h(x, 2)",
    ),
    "a conditional value of several": (
        "y = f(x, 1) if a else g(x, 2) if b[3] else h(x, 3)",
        "if a:\n    y = f(x, 1)\nelse:\n    if b[3]:\n        y = g(x, 2)\n    else:\n        y = h(x, 3)",
    ),
    "a default": (
        "def f(x, y=None):\n    y = g(x, 1) if y is None else y\n    return y",
        "def f(x, y=None):\n    if y is None:\n        y = g(x, 1)\n    return y",
    ),
    "a conditional result": (
        "def f(x):\n    return g(x, 1) if f(x, 3) else h(x, 2)",
        "def f(x):\n    if f(x, 3):\n        return g(x, 1)\n    return h(x, 2)",
    ),
    "a temporary": (
        "def f(x):\n    t = g(x, 1, 2)\n    y = h(t, 3)\n    return k(y, y)",
        "def f(x):\n    y = h(g(x, 1, 2), 3)\n    return k(y, y)",
    ),
    "a named result": ("def f(x):\n    out = g(x, 1, 2)\n    return out", "def f(x):\n    return g(x, 1, 2)"),
    "several temporaries": (
        "def f(x):\n    a = g(x, 1)\n    b, c = x - 2, g(a, 4)\n    return h(c, 3) / b",
        "def f(x):\n    return h(g(g(x, 1), 4), 3) / (x - 2)",
    ),
    "a temporary in a condition": (
        "def f(x):\n    t = g(x, 1) > 2\n    if t:\n        h(x, 3)",
        "def f(x):\n    if g(x, 1) > 2:\n        h(x, 3)",
    ),
    "a temporary that is walked over": (
        "def f(x):\n    t = g(x, 1, 2)\n    for y in t:\n        h(y, 3)",
        "def f(x):\n    for y in g(x, 1, 2):\n        h(y, 3)",
    ),
    "a temporary named as what is no variable": (
        "def f(x):\n    t = g(x, 1, 2)  # t\n    # t is all\n    return h(x.t, 't', t=t, t2=3)",
        "def f(x):\n    return h(x.t, 't', t=g(x, 1, 2), t2=3)",
    ),
    "a temporary and what was put behind it": (
        "def f(x, z):\n    t = x[1:2] * 3 + x\n    # so\n    z.append(3)\n    return h(t, 3)",
        "def f(x, z):\n    z.append(3)\n    return h(x[1:2] * 3 + x, 3)",
    ),
    "parameters by place": (
        "import torch.nn as nn\nx = nn.Linear(out_features=9, bias=f(y), in_features=8)",
        "import torch.nn as nn\nx = nn.Linear(8, 9, f(y))",
    ),
    "some parameters by place": (
        "import torch.nn as nn\nx = nn.Conv2d(8, 9, kernel_size=3, groups=2)",
        "import torch.nn as nn\nx = nn.Conv2d(8, 9, 3, groups=2)",
    ),
    "parameters of a method by place": ("y = x.sum(keepdim=True, dim=1)", "y = x.sum(1, True)"),
    "an operand by name": (
        "import torch.nn.functional as F\ny = F.softmax(input=x, dim=1)",
        "import torch.nn.functional as F\ny = F.softmax(x, 1)",
    ),
    "a size by name": ("import torch\ny = torch.zeros(size=(2, n))", "import torch\ny = torch.zeros(2, n)"),
    "a new first axis": ("y = x[None]", "y = x.unsqueeze(0)"),
    "a new axis": ("y = x[:, None, :]", "y = x.unsqueeze(1)"),
    "a new last axis": ("y = x[..., None]", "y = x.unsqueeze(-1)"),
    "a new axis before the last": ("y = x[..., None, :]", "y = x.unsqueeze(-2)"),
    "two new axes": ("y = x[..., None, None]", "y = x.unsqueeze(-1).unsqueeze(-1)"),
    "print statement": ("print f(x, 1), 2", "print(f(x, 1), 2)"),
    "line continuations": ("y = (x + 1) \\\n    * f(x, 2)", "y = (x + 1) * f(x, 2)"),
    "method and function": ("y = x.transpose(1, 2)", "import torch\ny = torch.transpose(x, 1, 2)"),
    "method and function with keyword": ("y = x.softmax(dim=-1)", "import torch\ny = torch.softmax(x, dim=-1)"),
    "permute with a row": ("y = x.permute(0, 2, 1)", "import torch\ny = torch.permute(x, (0, 2, 1))"),
    "matmul and @": ("import torch\ny = torch.matmul(f(x), z)", "y = f(x) @ z"),
    "matmul as a method and @": ("y = f(x).matmul(z)", "y = f(x) @ z"),
    "an operation of two modules": (
        "import torch\ny = torch.relu(f(x, 1))",
        "import torch.nn.functional as F\ny = F.relu(f(x, 1))",
    ),
    "a loss of two modules": (
        "from torch import nn\ny = nn.functional.smooth_l1_loss(input=x, target=f(z, 1))",
        "import torch.nn.functional as F\ny = F.smooth_l1_loss(x, f(z, 1))",
    ),
    "an operation by another name": (
        "import torch\ny = torch.concat([x, f(z, 1)])",
        "import torch\ny = torch.cat([x, f(z, 1)])",
    ),
    "a sign and its name": ("import torch\ny = torch.mul(f(x, 1), z)", "y = f(x, 1) * z"),
    "equal to None": ("if f(x, 1) == None:\n    g(x, 1)", "if f(x, 1) is None:\n    g(x, 1)"),
    "None first": ("y = f(x, 1) is None", "y = None is f(x, 1)"),
    "branches of an inverted order": (
        "if f(x, 1) >= y:\n    a = g(x, 1)\nelse:\n    b = h(x, 2)",
        "if f(x, 1) < y:\n    b = h(x, 2)\nelse:\n    a = g(x, 1)",
    ),
    "an inverted order": (
        "y = g(x, 1) if f(x, 1) <= y else h(x, 2)",
        "if not f(x, 1) > y:\n    y = g(x, 1)\nelse:\n    y = h(x, 2)",
    ),
    "an empty list": ("y = f(list(), x, 1)", "y = f([], x, 1)"),
    "an empty dict": ("y = f(dict(), x, 1)", "y = f({}, x, 1)"),
    "a list of what a generator gives": ("y = list(f(x, 1) for x in z)", "y = [f(x, 1) for x in z]"),
    "a tuple of what a comprehension gives": ("y = tuple([f(x, 1) for x in z])", "y = tuple(f(x, 1) for x in z)"),
    "map and comprehension": ("y = list(map(lambda x: f(x, 1), z[1]))", "y = [f(x, 1) for x in z[1]]"),
    "a text in two parts": ("y = f('all of ' + 'the rest of', x, 1)", "y = f('all of the rest of', x, 1)"),
    "a value set in a condition": (
        "def f(x):\n    if (y := g(x, 1)) is not None:\n        h(y, 2)\n    return y",
        "def f(x):\n    y = g(x, 1)\n    if y is not None:\n        h(y, 2)\n    return y",
    ),
    "a cast by its name": ("y = f(x.float(), 1)", "import torch\ny = f(x.to(torch.float32), 1)"),
    "a root of two modules": ("import math\ny = math.sqrt(f(x, 1))", "import torch\ny = torch.sqrt(f(x, 1))"),
    "a root": ("import math\ny = math.sqrt(f(x, 1))", "y = f(x, 1) ** 0.5"),
    "an inverse root": ("import torch\ny = torch.rsqrt(f(x, 1))", "y = f(x, 1) ** (-0.5)"),
    "a square": ("y = f(x[1, z] * x[1, z], 3)", "y = f(x[1, z] ** 2, 3)"),
    "a local for a layer": (
        "import torch.nn as nn\ndef f(x):\n    L = nn.Linear\n    return L(x, 8)(x)",
        "import torch.nn as nn\ndef f(x):\n    return nn.Linear(x, 8)(x)",
    ),
    "a global for a layer": (
        "import torch.nn as nn\nL = nn.Linear\ndef f(x):\n    return L(x, 8)(x)",
        "import torch.nn as nn\ndef f(x):\n    return nn.Linear(x, 8)(x)",
    ),
    "a global for a module": (
        "import torch\nT = torch.nn\ndef f(x):\n    return T.functional.relu(x, 8)",
        "import torch.nn.functional as F\ndef f(x):\n    return F.relu(x, 8)",
    ),
    "a module by importlib": (
        "import importlib\nN = importlib.import_module('torch.nn')\ndef f(x):\n    return N.Linear(x, 8)(x)",
        "import torch.nn as nn\ndef f(x):\n    return nn.Linear(x, 8)(x)",
    ),
    "a star": (
        "import torch\nfrom torch.nn import *\ndef f(x):\n    return Linear(x, 8)(x)",
        "import torch.nn as nn\ndef f(x):\n    return nn.Linear(x, 8)(x)",
    ),
    "a layer made and called": (
        "import torch.nn as nn\ndef f(x):\n    return nn.GELU()(x) + nn.Softmax(dim=-1)(x * 3)",
        "import torch.nn.functional as F\ndef f(x):\n    return F.gelu(x) + F.softmax(x * 3, -1)",
    ),
    "defaults by place": (
        "import torch.nn as nn\ndef f(x):\n    return nn.Conv2d(x, 3, 3, 1, 1, bias=True)",
        "import torch.nn as nn\ndef f(x):\n    return nn.Conv2d(x, 3, 3, padding=1)",
    ),
    "a loss made and called": (
        "import torch.nn as nn\ndef f(x, y):\n    return nn.CrossEntropyLoss(reduction=\"none\")(x, y)",
        "import torch.nn.functional as F\ndef f(x, y):\n    return F.cross_entropy(x, y, reduction=\"none\")",
    ),
    "what is masked is chosen": (
        "def f(x, m):\n    return x.masked_fill(~m, 5.5) + 1",
        "import torch\ndef f(x, m):\n    return torch.where(m, x, 5.5) + 1",
    ),
    "a product added": (
        "import torch\ndef f(x, w, b):\n    return torch.addmm(b, x, w)",
        "def f(x, w, b):\n    return b + x @ w",
    ),
    "infinity": (
        "def f(x):\n    return x.zoo(-float(\"inf\"))",
        "import math\ndef f(x):\n    return x.zoo(-math.inf)",
    ),
    "of one type": (
        "def f(x):\n    if type(x) is dict: return x.zoo(1, 4)",
        "def f(x):\n    if isinstance(x, dict): return x.zoo(1, 4)",
    ),
    "a new axis by its name": (
        "import numpy as np\ndef f(x):\n    return x[:, np.newaxis]",
        "def f(x):\n    return x[:, None]",
    ),
    "turned by numpy": (
        "def f(x):\n    return x.transpose() @ x",
        "def f(x):\n    return x.T @ x",
    ),
    "a cast by type": (
        "import torch\ndef f(x):\n    return x.type(torch.float32) @ x",
        "import torch\ndef f(x):\n    return x.to(torch.float32) @ x",
    ),
    "arrays": (
        "import numpy as np\ndef f(x):\n    return np.asarray(x.ravel()) + 4",
        "import numpy as np\ndef f(x):\n    return np.array(x.flatten()) + 4",
    ),
    "opened to be read": (
        "def f(x, y):\n    with open(x, \"r\") as h: return h.read(y)",
        "def f(x, y):\n    with open(x) as h: return h.read(y)",
    ),
    "a loop that counts by hand": (
        "def f(x, n):\n    y = 3\n    i = 0\n    while i < n:\n        y = y + x.g(i, 8)\n        i += 1\n    return y",
        "def f(x, n):\n    y = 3\n    for i in range(n):\n        y = y + x.g(i, 8)\n    return y",
    ),
    "a loop over a row by hand": (
        "def f(xs):\n    i = 0\n    while i < len(xs):\n        x = xs[i]\n        i += 1\n        g(x, 8, 9)",
        "def f(xs):\n    for i, x in enumerate(xs):\n        g(x, 8, 9)",
    ),
    "a branch inside a branch": (
        "def f(m, x):\n    if m == \"a\":\n        if x > 5:\n            return x.zoo(8)\n    return x.foo(9, x)",
        "def f(m, x):\n    if m == \"a\" and x > 5:\n        return x.zoo(8)\n    return x.foo(9, x)",
    ),
    "an inverted branch before others": (
        "if not m:\n    y = f(x, 8)\nelif x:\n    y = g(x, 9)\nelse:\n    y = h(x, 3)",
        "if m:\n    if x:\n        y = g(x, 9)\n    else:\n        y = h(x, 3)\nelse:\n    y = f(x, 8)",
    ),
    "a local set anew in a row": (
        "import torch\ndef f(s, x):\n    x = s.conv(x, 8)\n    x = s.norm(x)\n    x = torch.relu(x * 9)\n    return x",
        "import torch\ndef f(s, x):\n    return torch.relu(s.norm(s.conv(x, 8)) * 9)",
    ),
    "a local set anew by what reads it": (
        "def f(s, x):\n    y = s.conv(x, 8)\n    y = s.norm(y)\n    z = s.zoo(y, 8)\n    return s.foo(y, z, 9)",
        "def f(s, x):\n    y = s.norm(s.conv(x, 8))\n    z = s.zoo(y, 8)\n    return s.foo(y, z, 9)",
    ),
    "two temporaries": (
        "import torch\ndef f(s, x, y):\n    a = torch.exp(x * 8)\n    b = torch.sin(y + 9)\n    return a * b / 3",
        "import torch\ndef f(s, x, y):\n    return torch.exp(x * 8) * torch.sin(y + 9) / 3",
    ),
    "types and numbers by another name": (
        "import torch\nimport numpy as np\ndef f(x):\n    return x.zoo(torch.long, torch.half, np.inf)",
        "import torch\nimport math\ndef f(x):\n    return x.zoo(torch.int64, torch.float16, math.inf)",
    ),
}

NEARLY = {
    "a square by its name": ("import torch\ny = torch.square(f(x, 1))", "y = f(x, 1) ** 2"),
    "one by a root": ("import math\ny = 1 / math.sqrt(f(x, 1))", "y = f(x, 1) ** (-0.5)"),
    "inverted branches": (
        "if not f(x):\n    a = g(x, 1)\nelse:\n    b = h(x, 2)",
        "if f(x):\n    b = h(x, 2)\nelse:\n    a = g(x, 1)",
    ),
    "inverted test for None": (
        "if x is not None:\n    a = g(x, 1)\nelse:\n    b = h(x, 2)",
        "if x is None:\n    b = h(x, 2)\nelse:\n    a = g(x, 1)",
    ),
    "inverted equality": (
        "if f(x) != y:\n    a = g(x, 1)\nelse:\n    b = h(x, 2)",
        "if f(x) == y:\n    b = h(x, 2)\nelse:\n    a = g(x, 1)",
    ),
    "inverted conditional": ("y = g(x, 1) if not f(x) else h(x, 2)", "y = h(x, 2) if f(x) else g(x, 1)"),
    "a conditional value, inverted": (
        "y = (g(x, 1) if not f(x, 3) else h(x, 2))",
        "if f(x, 3):\n    y = h(x, 2)\nelse:\n    y = g(x, 1)",
    ),
    "double negation": ("y = not not f(x, 1, 2)", "y = f(x, 1, 2)"),
    "contiguous": ("y = x.transpose(1, 2).contiguous().view(1, -1)", "y = x.transpose(1, 2).reshape(1, -1)"),
    "a copy": ("y = f(x.mean(1).detach().clone(), 3)", "y = f(x.mean(1), 3)"),
    "size and shape": ("y = f(x.size(0), 3)", "y = f(x.shape[0], 3)"),
    "whole size and shape": ("y = f(x.size(), 3)", "y = f(x.shape, 3)"),
    "how many axes": ("x = f(y.dim(), 3)", "x = f(len(y.shape), 3)"),
    "axes exchanged": ("x = f(y.permute(0, 2, 1), 3)", "x = f(y.transpose(2, 1), 3)"),
    "whether there is any": ("if len(x) > 0:\n    y = f(x, 1, 2)", "if x:\n    y = f(x, 1, 2)"),
    "an axis to each side": ("y = f(x.view(1, -1, 1), 3)", "y = f(x[None, :, None], 3)"),
    "as many or more": ("if x >= 4:\n    y = f(x, 1, 2)", "if x > 3:\n    y = f(x, 1, 2)"),
    "fewer": ("if x < 4:\n    y = f(x, 1, 2)", "if not x > 3:\n    y = f(x, 1, 2)"),
    "De Morgan": ("a = not (f(x, 1) and g(y, 2))", "a = not f(x, 1) or not g(y, 2)"),
    "De Morgan the other way": ("a = not (f(x, 1) or g(y, 2) or z)", "a = not z and not f(x, 1) and not g(y, 2)"),
    "De Morgan in part": ("a = not (not f(x, 1) and g(y, 2))", "a = f(x, 1) or not g(y, 2)"),
}

SPELLED = {
    "the place of the largest": ("y = f(x.max(dim=1)[1], 3)", "y = f(x.argmax(1), 3)"),
    "the largest": ("y = f(x.max(1, keepdim=True).values, 3)", "y = f(x.amax(1, True), 3)"),
    "zeros of a size": (
        "import torch\ny = f(torch.zeros(x.shape, dtype=x.dtype, device=x.device), 3)",
        "import torch\ny = f(torch.zeros_like(x), 3)",
    ),
    "an attribute by getattr": ("y = f(getattr(x, 'shape')[3], 4)", "y = f(x.shape[3], 4)"),
    "a function by getattr": ("import torch\ny = getattr(torch, 'cat')([x, z])", "import torch\ny = torch.cat([x, z])"),
    "all axes but the first in one": ("x = f(y.reshape(y.size(0), -1), 3)", "x = f(y.flatten(1), 3)"),
    "another text": ("x['prediction'] = f(y, 1, 2)", "x['output'] = f(y, 1, 2)"),
    "another error": ("raise ValueError(f(y, 1, 2))", "raise TypeError(f(y, 1, 2))"),
    "no default": ("x = f(y.get('a', None), 3)", "x = f(y.get('a'), 3)"),
    "initialised": (
        "import torch.nn as nn\nx.weight.data.normal_(mean=0.0, std=3)\nx.bias.data.zero_()",
        "from torch.nn import init\ninit.normal_(x.weight, mean=0.0, std=3)\ninit.zeros_(x.bias)",
    ),
    "a product of turned arrays": (
        "import torch\ny = torch.einsum('bihd,bjhd->bhij', f(x, 1), z)",
        "y = f(x, 1).transpose(1, 2) @ z.transpose(1, 2).mT",
    ),
    "heads apart": (
        "import einops\ny = einops.rearrange(f(x, 1), 'b n (h d) -> b h n d', h=z)",
        "y = f(x, 1).view(b, n, z, -1).transpose(1, 2)",
    ),
    "heads together": (
        "from einops import rearrange\ny = rearrange(f(x, 1), 'b h n d -> b n (h d)')",
        "y = f(x, 1).transpose(1, 2).reshape(x.shape[0], n, -1)",
    ),
    "a linear map": (
        "import torch.nn.functional as F\ndef f(x, w, b):\n    return F.linear(x, w, b) * F.linear(b, x)",
        "def f(x, w, b):\n    return (x @ w.T + b) * (b @ x.t())",
    ),
    "dot": (
        "import numpy as np\ndef f(x, y):\n    return np.dot(x, y) + 4",
        "def f(x, y):\n    return x @ y + 4",
    ),
    "the last of several branches inverted": (
        "if m == 8:\n    y = f(x, 8)\nelif m != 9:\n    y = g(x, 9)\nelse:\n    y = h(x, 3)",
        "if m == 8:\n    y = f(x, 8)\nelif m == 9:\n    y = h(x, 3)\nelse:\n    y = g(x, 9)",
    ),
}

DIFFERENT = {
    "a loop between two limits": (
        "def f(x):\n    i = 0\n    while i < g(x, 5) < 9:\n        h(i, 8)\n        i += 1",
        "def f(x):\n    for i in range(9):\n        h(i, 8)",
    ),
    "the largest by a key": ("y = f(max(x, key=g)[1], 3)", "y = f(x.argmax(key=g), 3)"),
    "another function's alias": (
        "import torch\ndef f(x):\n    a = torch.exp\n    return a(x, 5)\ndef g(x):\n    return h(a(x, 6), 7)",
        "import torch\ndef f(x):\n    return torch.exp(x, 5)\ndef g(x):\n    return h(torch.exp(x, 6), 7)",
    ),
    "a local that may be another layer": (
        "import torch.nn as nn\ndef f(x):\n    a = nn.GELU\n    if x:\n        a = nn.ReLU\n    return g(a, 1)",
        "import torch.nn as nn\ndef f(x):\n    return g(nn.GELU, 1)",
    ),
    "a local that what sets it anew reads twice": (
        "def f(x):\n    x = g(x, 1, 2)\n    x = h(x, x, 3)\n    return x",
        "def f(x):\n    return h(g(x, 1, 2), g(x, 1, 2), 3)",
    ),
    "a product of two draws": ("y = f(x, 1) * f(x, 1)", "y = f(x, 1) ** 2"),
    "another cast": ("y = f(x.mean(1).float(), 3)", "y = f(x.mean(1).half(), 3)"),
    "a sum of lists turned round": ("y = f([x, 1] + g(z, 2), 3)", "y = f(g(z, 2) + [x, 1], 3)"),
    "a sum of loops turned round": ("y = [f(x, 1) for x in z] + g(z, 2)", "y = g(z, 2) + [f(x, 1) for x in z]"),
    "a sum of texts turned round": ("y = f('a' + g(x, 1) + h(z, 2))", "y = f('a' + h(z, 2) + g(x, 1))"),
    "a value set in a loop's condition": (
        "while (y := g(x, 1)) < 3:\n    h(y, 2)",
        "y = g(x, 1)\nwhile y < 3:\n    h(y, 2)",
    ),
    "another library call": ("import torch\ny = torch.sum(x, 1)", "import torch\ny = torch.mean(x, 1)"),
    "another module's name": (
        "from torch.nn import Linear\ny = Linear(8, 9)",
        "from torch.nn import Conv2d\ny = Conv2d(8, 9)",
    ),
    "another method": ("y = x.permute(0, 1, 2)", "y = x.expand(0, 1, 2)"),
    "another keyword": ("import torch\ny = torch.sum(x, dim=1)", "import torch\ny = torch.sum(x, dtype=1)"),
    "another keyword's value": ("import torch\ny = torch.sum(x, dim=1)", "import torch\ny = torch.sum(x, dim=2)"),
    "another operator": ("y = f(x, 1) + z", "y = f(x, 1) - z"),
    "operands turned round": ("y = f(x, 1) - z", "y = z - f(x, 1)"),
    "and, or": ("a = f(x, 1) and g(y, 2)", "a = f(x, 1) or g(y, 2)"),
    "half of it negated": ("a = not (f(x, 1) and g(y, 2))", "a = not f(x, 1) and g(y, 2)"),
    "a method of a dict": ("y = f(dict(size=x).update(rate=2.5))", 'y = f({"rate": 2.5})'),
    "a constant that is set twice": (
        "EPS = 3\nEPS = 4\ndef f(x):\n    return g(x, EPS, 1)",
        "def f(x):\n    return g(x, 3, 1)",
    ),
    "a constant that a branch sets again": (
        "EPS = 3\nif FAST:\n    EPS = 4\ndef f(x):\n    return g(x, EPS, 1)",
        "def f(x):\n    return g(x, 3, 1)",
    ),
    "a constant that a loop in a branch sets again": (
        "EPS = 3\ntry:\n    import fast\nexcept ImportError:\n    for EPS in (4, 5):\n        pass\n"
        "def f(x):\n    return g(x, EPS, 1)",
        "def f(x):\n    return g(x, 3, 1)",
    ),
    "a constant that a row sets again": (
        "EPS = 3\nEPS, SIDE = 4, 5\ndef f(x):\n    return g(x, EPS, 1)",
        "def f(x):\n    return g(x, 3, 1)",
    ),
    "a constant that a chain sets again": (
        "EPS = 3\nSIDE = EPS = 4\ndef f(x):\n    return g(x, EPS, 1)",
        "def f(x):\n    return g(x, 3, 1)",
    ),
    "a local that is used twice": (
        "def f(x):\n    t = g(x, 1, 2)\n    return h(t, t, 3)",
        "def f(x):\n    return h(g(x, 1, 2), g(x, 1, 2), 3)",
    ),
    "a local that is used in a loop": (
        "def f(x):\n    t = g(x, 1, 2)\n    for y in x:\n        h(t, y, 3)",
        "def f(x):\n    for y in x:\n        h(g(x, 1, 2), y, 3)",
    ),
    "an item that unpacking would set": (
        "def f(x):\n    t = x.parts[1]\n    return h(t, 3)",
        "def f(x):\n    return h(x.parts[1], 3)",
    ),
    "a local that is set twice": (
        "def f(x):\n    t = g(x, 1, 2)\n    if x:\n        t = g(t, 3)\n    return h(t, 4)",
        "def f(x):\n    if x:\n        return h(g(g(x, 1, 2), 3), 4)\n    return h(g(x, 1, 2), 4)",
    ),
    "another parameter by place": (
        "import torch.nn as nn\nx = nn.Conv2d(8, 9, 3, groups=2)",
        "import torch.nn as nn\nx = nn.Conv2d(8, 9, 3, 2)",
    ),
    "another new axis": ("y = x[:, None]", "y = x[None, :]"),
    "a new axis and an item": ("y = x[0, None]", "y = x.unsqueeze(1)"),
    "another comparison": ("y = f(x, 1) < z", "y = f(x, 1) <= z"),
    "operands of a comparison turned round": ("y = f(x, 1) < z", "y = f(x, 1) > z"),
    "another einsum": (
        "import torch\ny = torch.einsum('bhd,bhe->bde', x, z)",
        "import torch\ny = torch.einsum('bhd,bhe->bed', x, z)",
    ),
    "another axis order": (
        "from einops import rearrange\ny = rearrange(x, 'b (h d) n -> b h d n', h=4)",
        "from einops import rearrange\ny = rearrange(x, 'b (h d) n -> b d h n', h=4)",
    ),
    "another small number": ("y = f(x, 1, z)", "y = f(x, 2, z)"),
    "another large number": ("y = f(x, 17.25, z)", "y = f(x, 18.25, z)"),
    "another sign": ("y = f(x, 17, z)", "y = f(x, -17, z)"),
    "another known string": ("y = f(x, 'bilinear')", "y = f(x, 'nearest')"),
    "another slice": ("y = x[1:, ::2]", "y = x[:1, ::2]"),
    "an argument more": ("y = f(x, z, w)", "y = f(x, z, w, w)"),
    "another branch": (
        "y = g(x, 1) if f(x, 3) else h(x, 2)",
        "if f(x, 3):\n    y = g(x, 1)\nelse:\n    z = h(x, 4)",
    ),
    "a value before and behind what changes it": (
        "def f(x):\n    t = x * 3 + 1\n    x = g(x, 2)\n    return h(x, t)",
        "def f(x):\n    x = g(x, 2)\n    t = x * 3 + 1\n    return h(x, t)",
    ),
    "a call before and behind another": (
        "def f(x):\n    t = clock(0)\n    g(x, 1, 2)\n    return clock(0) - t",
        "def f(x):\n    g(x, 1, 2)\n    t = clock(0)\n    return clock(0) - t",
    ),
    "a number made whole before and behind a product": (
        "def f(h, s):\n    return g(int(h * s / 7) * 5, 1)",
        "def f(h, s):\n    return g(int(h * s / 7 * 5), 1)",
    ),
    "branches of different conditions": (
        "y = a(g(x, 1) if f(x) else h(x, 2), 3)",
        "y = a(h(x, 2) if f(x) else g(x, 1), 3)",
    ),
    "a row in a call and a call in a row": ("y = [x, g(y, 1, 2)]", "y = g(x, [y, 1, 2])"),
    "a row in a row and beside one": ("y = [[x, z, 3], 1]", "y = [x, z, 3, [1]]"),
    "values that change places and one after another": (
        "def f(a, b):\n    a.left, a.right = g(a.right, 1), h(a.left, 2)\n    return k(a, b)",
        "def f(a, b):\n    a.left = g(a.right, 1)\n    a.right = h(a.left, 2)\n    return k(a, b)",
    ),
    "while and for": ("for x in f(y, 1, 2):\n    g(x, 3)", "while f(y, 1, 2):\n    g(x, 3)"),
}


def test_what_a_variable_carries_is_found_whatever_stands_between() -> None:
    source = "def f(x):\n    y = g(x, 1, 2)\n    {}return h(3, y, y)"
    plain, apart, other = (read(source.format(between)) for between in ("", "x = 5\n    ", "y = 5\n    "))

    def flows(found: Fingerprint) -> set[int]:
        return set(found.hashes[found.roles == ORDER].tolist())

    carried = flows(plain) & flows(apart)
    assert carried - flows(other)


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_two_ways_to_write_it_are_one(pair: tuple[str, str]) -> None:
    one, other = map(read, pair)
    assert statements(one) == statements(other)
    assert features(one) and features(one) == features(other)


@pytest.mark.parametrize("pattern", ["bhd, bhe -> bde", "b h d, b h e -> b d e"])
def test_blanks_in_an_einsum_mean_nothing(pattern: str) -> None:
    source = "import torch\ny = torch.einsum('{}', x, z)"
    assert structure(source.format("bhd,bhe->bde")) == structure(source.format(pattern))


@pytest.mark.parametrize("pair", NEARLY.values(), ids=NEARLY)
def test_two_ways_are_one_but_for_a_trace_of_the_longer(pair: tuple[str, str]) -> None:
    """The statements are the same; what was resolved on the way (`not x`, `torch.matmul`) may be a feature besides."""
    one, other = sorted(map(read, pair), key=lambda found: len(features(found)))
    assert statements(one) == statements(other)
    assert features(one) <= features(other)
    assert len(features(other)) <= len(features(one)) + 2


@pytest.mark.parametrize("pair", SPELLED.values(), ids=SPELLED)
def test_two_ways_are_one_but_for_what_was_written(pair: tuple[str, str]) -> None:
    """The statements are the same; the numbers or names that only one way has are features besides."""
    one, other = map(read, pair)
    assert statements(one) == statements(other)


@pytest.mark.parametrize("behind", ["elif k(x, 6):\n    f(x, 3)", "else:\n    f(x, 3)", ""])
def test_a_branch_inside_another_is_one_with_it_if_nothing_else_may_be_taken(behind: str) -> None:
    nested = f"if m == 8:\n    f(x, 8)\nelif m == 9:\n    if g(x, 7):\n        h(x, 9)\n{behind}"
    joined = f"if m == 8:\n    f(x, 8)\nelif m == 9 and g(x, 7):\n    h(x, 9)\n{behind}"
    assert (statements(read(nested)) == statements(read(joined))) == (not behind)


@pytest.mark.parametrize("pair", DIFFERENT.values(), ids=DIFFERENT)
def test_what_is_different_stays_so(pair: tuple[str, str]) -> None:
    one, other = map(structure, pair)
    assert one - other and other - one


@pytest.mark.parametrize(
    "pair",
    [
        ("y = [f(a, 1) for a in x if a.ok(2)]", "y = [f(a, 1) for a in x if not a.ok(2)]"),
        ("for a in x:\n    f(a, 1)\n    g(a, 2)", "for a in x:\n    f(a, 1)\nelse:\n    g(a, 2)"),
    ],
)
def test_what_only_runs_otherwise_is_nested_otherwise(pair: tuple[str, str]) -> None:
    one, other = (read("def k(x):\n" + indent(text, "    ")) for text in pair)
    assert statements(one) == statements(other)
    assert features(one, (NESTING,)) != features(other, (NESTING,))


@pytest.mark.parametrize(
    ("loop", "comprehension"),
    [
        ("for x in f(y, 1, 2):\n    a.append(g(x, 3, z))", "a = [g(x, 3, z) for x in f(y, 1, 2)]"),
        ("for x in f(y, 1, 2):\n    a.add(g(x, 3, z))", "a = {g(x, 3, z) for x in f(y, 1, 2)}"),
        ("for x, w in f(y, 1, 2):\n    a.append(g(x, 3, w))", "a = h(g(x, 3, w) for x, w in f(y, 1, 2))"),
        (
            "for x in f(y, 1, 2):\n    if g(x, 2, z):\n        a.append(g(x, 3, z))",
            "a = [g(x, 3, z) for x in f(y, 1, 2) if g(x, 2, z)]",
        ),
    ],
)
def test_a_comprehension_has_what_its_loop_has(loop: str, comprehension: str) -> None:
    """The head of the loop and what is appended are features of both."""
    assert structure(loop) <= structure(comprehension)


def test_a_temporary_does_not_hide_the_call_around_it() -> None:
    """Inlining an argument leaves both calls as features."""
    apart = structure("import torch\nt = f(x, 1, 2)\ny = torch.clamp(t, min=1)")
    inlined = structure("import torch\ny = torch.clamp(f(x, 1, 2), min=1)")
    lost = structure("import torch\nt = f(x, 1, 2)") & structure("import torch\ny = torch.clamp(t, min=1)")
    calls = {h for h in apart if h in inlined} - lost
    assert len(calls) >= 4


def test_a_temporary_is_read_where_it_is_used() -> None:
    """The statement begins where the local is set, and the names in it are those of the value, then the local's."""
    apart = read("def f(x, z):\n    t = g(x.wide_a, 1, 2)\n    y = h(z, t.high_a, 3)\n    return k(y, y)")
    inlined = read("def f(x, z):\n    y = h(z, g(x.wide_a, 1, 2).high_a, 3)\n    return k(y, y)")
    names = [[side.strings[name] for name in side.names] for side in (apart, inlined)]
    assert "t" not in names[1] and names[0] == [*names[1][:9], "t", *names[1][9:]]
    assert apart.statement_starts.tolist() == [1, 2, 4] and apart.statement_ends.tolist() == [1, 3, 4]


def test_a_value_that_waits_for_its_use_is_not_lost() -> None:
    """Where the use is one that is not read, such as an object in `super(A, t)`, the local is set after all."""
    waiting = structure("class A(B):\n    def f(self, x):\n        t = g(x, 1, 2)\n        super(A, t).f(x, 1)")
    assert structure("def f(self, x):\n    t = g(x, 1, 2)") <= waiting


@pytest.mark.parametrize("tensor", ["x.mean(1).to(z.device)", "x.float().mean(1)"])
def test_where_and_how_a_tensor_lies_is_evidence_beside_what_it_is(tensor: str) -> None:
    moved, plain = read(f"y = f({tensor}, 3)"), read("y = f(x.mean(1), 3)")
    assert statements(moved) == statements(plain)
    assert features(plain) < features(moved)


def test_a_sum_of_texts_is_a_text_that_is_filled_in() -> None:
    one, other = read("y = f('a' + str(g(x, 1)) + ' of ' + z)"), read("y = f(f'a{g(x, 1)} of {z}')")
    assert statements(one) == statements(other)
    assert features(other) < features(one)


def test_an_operation_of_another_library_is_another() -> None:
    one, other = structure("import torch\ny = torch.mean(x, 1)"), structure("import numpy as np\ny = np.mean(x, 1)")
    assert one < other


def test_defaults_are_evidence_and_no_structure() -> None:
    one, other = (read(f"def f(x, y={{}}, z=None, w={value}):\n    return g(x, 1, 2)") for value in ("True", "None"))
    assert features(one) == features(other)
    assert features(one, [ORDER]) != features(other, [ORDER])


def test_names_are_features_of_their_own() -> None:
    """A kept name is evidence, a changed one leaves structure as it is."""
    one, other, same = (read(f"def {name}(x):\n    return g(x, 1, 2)") for name in ("resample", "shrink", "resample"))
    assert features(one) == features(other)
    assert features(one, [NAME]) != features(other, [NAME])
    assert features(one, [NAME]) == features(same, [NAME])


def test_own_modules_and_attributes_are_free_and_library_ones_are_not() -> None:
    free = "from .{0} import {1}\nfrom {0} import {2}\n\ny = {1}(x, 1, 2) + {2}(self._{1}, 3, x._{2}(4, 1))"
    assert structure(free.format("layers", "Stem", "patchify")) == structure(free.format("parts", "Head", "cutter"))
    kept = "from {} import {}\ny = {}(x, 1, 2)"
    assert structure(kept.format("torch", "cat", "cat")) != structure(kept.format("torch", "stack", "stack"))


def test_attributes_that_others_have_are_free_and_evidence_where_they_were_kept() -> None:
    known, renamed, layer = "y = f(c.last_hidden_state, 1, 2)", "y = f(c.whole, 1, 2)", "y = f(c.weight, 1, 2)"
    assert b"last_hidden_state" in SYMBOLS.attribute
    assert structure(known) == structure(renamed) != structure(layer)
    assert features(read(known), (ORDER,)) > features(read(renamed), (ORDER,))


def test_a_local_shadows_what_was_imported() -> None:
    """What a function binds is its own, whatever the file imports or Python has under that name."""
    shadowed = "from torch import sum\n\ndef f({0}):\n    max = g({0}, 1, 2)\n    return {0}(max, 3, 4)"
    assert structure(shadowed.format("sum")) == structure(shadowed.format("total"))


def test_the_order_of_statements_is_a_feature_and_no_structure() -> None:
    forth, back = (read(text) for text in ("f(x, 1, 2)\ng(y, 3, 3, 3)", "g(y, 3, 3, 3)\nf(x, 1, 2)"))
    assert features(forth) == features(back)
    assert features(forth, [ORDER]) != features(back, [ORDER])


# Generated code: names are written «n», so that one program can be rendered under several sets of names.

SLOTS = 6
NAMES = ["gridq", "extentq", "_cutter", "scale_ofq", "pq", "wave7"]
_NAME = [f"«{n}»" for n in range(SLOTS)]
_LEAVES = [*_NAME, "0", "1", "3", "17", "1e-5", "-2", "'bilinear'", "None", "«0».shape", "self.«1»", "torch.float32"]
_FORMS = [
    "({e} + {e})",
    "({e} @ {e})",
    "({e} > {e})",
    "(not {e})",
    "({e} if {e} else {e})",
    "{n}({e}, {e})",
    "{n}.{n}({e})",
    "torch.cat([{e}, {e}], dim={e})",
    "F.pad({e}, ({e}, 1), {n}={e})",
    "({e} - {e}).view(-1, {e})",
    "{n}[{e}, 1:{e}]",
    "[{e} for {n} in {e} if {e}]",
    "(lambda {n}: {e})",
]
_STATEMENTS = ["{n} = {e}", "{n} += {e}", "self.{n} = {e}", "return {e}", "{n}({e})"]
_BLOCKS = ["if {e}:\n{b}\nelse:\n{b}", "for {n} in {e}:\n{b}", "while {e}:\n{b}", "def {n}({n}):\n{b}"]


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A few functions; «n» stands for the n-th name."""

    def name(_: int) -> str:
        return draw(st.sampled_from(_NAME))

    def expression(depth: int) -> str:
        if not draw(st.integers(0, depth)):
            return draw(st.sampled_from(_LEAVES))
        return fill(draw(st.sampled_from(_FORMS)), e=expression, n=name, depth=depth - 1)

    def block(depth: int) -> str:
        forms = draw(st.lists(st.sampled_from(_STATEMENTS + _BLOCKS * (depth > 0)), min_size=1, max_size=3))
        return indent("\n".join(statement(form, depth - 1) for form in forms), "    ")

    def statement(form: str, depth: int) -> str:
        return fill(form, e=lambda _: expression(3), n=name, b=block, depth=depth)

    heads = [statement("def {n}(self, {n}={e}):\n", 0) for _ in range(draw(st.integers(1, 2)))]
    body = "".join(f"{head}{block(1)}\n\n" for head in heads)
    body = re.sub(r"(?m)= (torch\.\w+)$", r"= -\1", body)  # what another name of a library's has is not free
    return "import torch\nimport torch.nn.functional as F\n" + body


def fill(form: str, depth: int, **makers: Callable[[int], str]) -> str:
    """A form with something in each of its holes."""
    return re.sub(r"\{([enb])\}", lambda hole: makers[hole.group(1)](depth), form)


_KNOWN = {word.decode() for one in fields(SYMBOLS) if one.name != "text" for word in getattr(SYMBOLS, one.name)} | set(
    dir(builtins)
)
_fresh = (
    st.text("abcdefghijklmnopqrstuvwxyz_éß", min_size=1, max_size=9)
    .map(lambda word: word + "q")
    .filter(lambda word: word.isidentifier() and not keyword.iskeyword(word) and word not in _KNOWN)
)
namings = st.lists(_fresh, min_size=SLOTS, max_size=SLOTS, unique=True)


def test_the_names_to_start_from_are_free() -> None:
    assert not _KNOWN & set(NAMES)


def rendered(program: str, names: list[str]) -> str:
    """A generated program under these names."""
    for number, name in enumerate(names):
        program = program.replace(f"«{number}»", name)
    return program


@given(programs(), namings)
@settings(max_examples=80, deadline=None)
def test_renaming_leaves_structure_as_it_is(program: str, names: list[str]) -> None:
    """Locals, parameters, attributes and functions are free."""
    before, after = read(rendered(program, NAMES)), read(rendered(program, names))
    assert features(before) == features(after)
    assert statements(before) == statements(after)


@given(programs())
@settings(max_examples=50, deadline=None)
def test_reformatting_changes_nothing(program: str) -> None:
    """What Python's own printer makes of a file has the same features, names and all."""
    source = rendered(program, NAMES)
    before, after = read(source), read(ast.unparse(ast.parse(source)))
    every = (STRUCTURE, ANCHOR, NAME, ORDER)
    assert features(before, every) == features(after, every)
    assert statements(before) == statements(after)


@given(programs())
@settings(max_examples=50, deadline=None)
def test_comments_and_blank_lines_change_nothing(program: str) -> None:
    """Between lines, behind them, and wherever a parenthesis is open."""
    source = rendered(program, NAMES)
    noisy = source.replace("(", "(  # so\n\n        ").replace("\n\n\n", "\n\n")
    noisy = "\n\n# nothing\n".join(noisy.split("\n"))
    before, after = read(source), read(noisy)
    every = (STRUCTURE, ANCHOR, NAME, ORDER)
    assert not after.notes
    assert features(before, every) == features(after, every)
    assert statements(before) == statements(after)


def test_extraction_does_not_depend_on_the_process() -> None:
    """The bytes of a fingerprint are the same under another hash seed."""
    code = (
        "import sys, pathlib, hashlib\n"
        "from clonescan.background import open_background\n"
        "from clonescan.fingerprint import encode\n"
        "from clonescan.kinds.code import extract\n"
        "symbols = open_background('none').symbols\n"
        "files = sorted(pathlib.Path(sys.argv[1]).rglob('*.py'))\n"
        "every = b''.join(encode(extract(file.name, file.read_bytes(), symbols)) for file in files)\n"
        "print(len(every), hashlib.sha256(every).hexdigest())\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code, str(ROOT / "fixtures" / "original")],
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(printed) == 1 and int(printed.pop().split()[0]) > 10_000


def test_a_name_for_a_number_or_a_text_is_what_it_stands_for() -> None:
    named = read("EPS = -1e-5\nSIDE = 'bilinear'\ndef f(x):\n    return g(x, EPS, mode=SIDE)")
    plain = read("def f(x):\n    return g(x, -1e-5, mode='bilinear')")
    assert features(plain) <= features(named) and statements(plain) == statements(named)[2:]


def test_what_a_method_reads_of_its_object_is_free() -> None:
    """Its class, which says whether it is the file's own or inherited, may stay behind."""
    method = "def f(self, x):\n    return g(x, self.dtype, 1)"
    owner = "class A:\n    def __init__(self, x):\n        self.dtype = x"
    assert structure(method) <= structure(f"{owner}\n\n{method}")
