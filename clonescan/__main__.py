"""Runs the command line for `python -m clonescan`."""

from clonescan.cli import main

main()
