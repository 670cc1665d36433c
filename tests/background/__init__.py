"""Tests of the ecosystem's background."""
