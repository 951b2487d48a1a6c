"""Pictures of a run.

A module a picture. Each has functions that draw on Axes of one's own and return them, and `picture(run, names)`, which
says what `scripts/plot.py` makes of them for the folder of a run. In a notebook, with scripts/ on the path:

    import matplotlib, matplotlib.pyplot as plt
    from plotting import sic, style
    from reading import files
    matplotlib.rcParams.update(style.parameters())  # or a style of one's own
    run = files.Run("out/demo")
    figure, axis = plt.subplots()
    sic.draw_by_background(axis, run.metrics("sic")).legend()
"""
