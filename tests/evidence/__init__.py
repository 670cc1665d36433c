"""Tests of what stands beside the matches."""
