"""Figures of a study (lacathode-study): panels of several chains, as papers have them."""
