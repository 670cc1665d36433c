"""Tests of the benchmark, and a small part of it that guards accuracy."""
