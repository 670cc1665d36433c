"""What is measured: clonescan, whole and with a part of it left out, and the tools that a user would pick instead."""
