"""RESULTS.md and its pictures, from what the parts measured."""
