"""What `make bench` measures: one module a subject, each with `run(report)`."""
