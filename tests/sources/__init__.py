"""Tests of the places that repositories come from."""
