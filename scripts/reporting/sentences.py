"""What each method does, in a sentence (docs/method.md, sections 4 and 7)."""

SENTENCES = {
    "lacathode": "A flow, trained on the sidebands, maps the data of the signal region to a latent space in which background is "
                 "normally distributed at every mass; there a classifier tells them from draws of that distribution.",
    "cathode": "A flow, trained on the sidebands, is sampled in the signal region; a classifier tells data from these samples in the "
               "space of the features.",
    "cwola": "A classifier tells data of the signal region from data in two strips beside it, in the space of the features.",
    "anode": "Two flows, one of the sidebands and one of the signal region; the score is the logarithm of the ratio of their densities.",
    "idealised": "A classifier tells data of the signal region from true background, which nobody has of real data: a bound for "
                 "the methods that learn the background.",
    "supervised": "A classifier tells labelled signal from true background, which nobody has of real data.",
    "double_map": "As LaCATHODE, with all events mapped on from the latent space to one mass, in the middle of the signal region.",
    "curtains": "Sideband events, moved by a flow to masses of the signal region, stand for background; a classifier tells data from "
                "them in the space of the features."}


def of(method):
    return SENTENCES.get(method, "")
