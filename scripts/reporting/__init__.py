"""Reports: one page of HTML that stands alone, and what a run says for it.

A source of reports is a module with `report(folder, known_pictures)`, which returns the page: `run.py`, of the folder of a
`lacathode-run`. The others make a part of the page each.
"""
