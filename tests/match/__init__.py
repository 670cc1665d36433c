"""Tests of matching: weights, assignment, renames, clone types, overlap, common origin."""
