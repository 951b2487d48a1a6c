"""Reports: one page of HTML that stands alone.

`report` of `run.py` returns the page of the folder of a `lacathode-run`, that of `study.py` the page of a study. The others make a
part of the page each.
"""
