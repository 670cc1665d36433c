"""What is measured: one module a part of the benchmark, and what only that part needs."""
