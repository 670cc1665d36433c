"""A language that nobody wrote code for: a grammar as grammars/README.md tells how to write it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonescan.fingerprint import Fingerprint
from clonescan.kinds.code.extract import fingerprint
from clonescan.kinds.code.grammar import Grammar, load
from clonescan.kinds.code.source import parts
from kinds.snippets import SYMBOLS, features, statements, units

JAVASCRIPT = """
name = "JavaScript"
parser = "tree_sitter_javascript"
suffixes = [".js", ".mjs"]
receivers = ["this"]
builtins = ["Array", "JSON", "Map", "Math", "Object", "Promise", "Set", "console"]

[roles]
identifier = ["identifier", "this", "property_identifier", "shorthand_property_identifier"]
attribute = ["member_expression"]
call = ["call_expression", "new_expression"]
arguments = ["arguments"]
string = ["string"]
number = ["number"]
operator = ["binary_expression", "assignment_expression", "augmented_assignment_expression"]
group = ["parenthesized_expression"]
sequence = ["array", "array_pattern", "sequence_expression"]
noise = ["comment", "empty_statement"]
block = ["program", "statement_block", "class_body", "export_statement", "ERROR"]
function = ["function_declaration", "method_definition"]
class = ["class_declaration"]
compound = ["if_statement", "else_clause", "for_statement", "for_in_statement", "while_statement"]
"""

ORIGINAL = """\
// Chooses the next token.
export class Sampler {
  constructor(model, windowSize = 512) {
    this.model = model;
    this.windowSize = windowSize;
  }

  /** The likeliest token, never the one before. */
  pickNext(tokens, temperature) {
    const recent = tokens.slice(-this.windowSize);
    const scores = this.model.scoreAll(recent).map((score) => score / Math.max(temperature, 1e-5));
    let best = 0;
    for (let i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best] && i !== recent[0]) {
        best = i;
      }
    }
    this.seen += 0.75 * scores[best];
    return { token: best, weight: Math.exp(scores[best]) };
  }
}
"""

RENAMED = """\
export class Chooser {
  constructor(net, reachLimit = 512) { this.net = net; this.reachLimit = reachLimit }
  advance(input, heat) {
    const list = input.slice(-(this.reachLimit))
    const filter = this.net.rateEach(list).map((entry) =>
      entry / Math.max(heat, 0.00001))
    let top = 0
    for (let at = 1; at < filter.length; at++) {
      if (filter[at] > filter[top] && at !== list[0]) { top = at } // may be a tie
    }
    this.visited += filter[top] * 0.75
    return { chosen: top, mass: Math.exp(filter[top]) }
  }
}
"""

DIFFERENT = """\
export function mergePairs(words, ranks) {
  const merged = [];
  while (words.length > 1) {
    const pair = words.shift() + words[0];
    merged.push(ranks.has(pair) ? ranks.get(pair) : Math.min(pair.length, 17));
  }
  return merged.join("");
}
"""


@pytest.fixture
def javascript(tmp_path: Path) -> Grammar:
    """The grammar, read from a file."""
    path = tmp_path / "javascript.toml"
    path.write_text(JAVASCRIPT, encoding="utf-8")
    return load(path)


def read(grammar: Grammar, source: str) -> Fingerprint:
    """The fingerprint of a file in that language."""
    return fingerprint(parts("sample.js", source.encode()), grammar, SYMBOLS)


def test_functions_and_methods_are_units(javascript: Grammar) -> None:
    """Units are named with the class around them, and know their lines."""
    found = read(javascript, ORIGINAL)
    assert units(found) == ["Sampler.constructor", "Sampler.pickNext"]
    assert list(zip(found.unit_starts.tolist(), found.unit_ends.tolist(), strict=True)) == [(3, 6), (9, 20)]
    assert found.notes == ()


def test_a_renamed_function_has_the_same_features(javascript: Grammar) -> None:
    """Names, comments, layout, parentheses, the notation of numbers and the order of factors change nothing."""
    original, renamed = read(javascript, ORIGINAL), read(javascript, RENAMED)
    assert len(features(original)) >= 20
    assert features(renamed) == features(original)
    assert statements(renamed) == statements(original)


def test_a_different_function_has_others(javascript: Grammar) -> None:
    """Two functions share what every file holds, if anything."""
    original, different = features(read(javascript, ORIGINAL)), features(read(javascript, DIFFERENT))
    assert len(different) >= 10
    assert len(original & different) <= len(different) // 5


def test_what_a_library_offers_stays(javascript: Grammar) -> None:
    """Another call of a known name is another feature: known names are what a copier cannot change."""
    other = read(javascript, ORIGINAL.replace("Math.exp(", "Math.max("))
    assert features(other) != features(read(javascript, ORIGINAL))


def test_syntax_errors_leave_the_rest(javascript: Grammar) -> None:
    """A broken file is read around the break, and says so."""
    broken = read(javascript, ORIGINAL + "\nfunction ( {{{\n")
    assert "Sampler.pickNext" in units(broken)
    assert broken.notes
