"""Pictures of a run: one module a picture, each with draw(run) -> figure or None."""
