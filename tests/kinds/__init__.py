"""Tests of the kinds of artifact: what is read of a file, and what is kept of it."""
