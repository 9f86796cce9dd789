"""The results of `python -m benchmarks.run`, compared with the targets, as Markdown."""
