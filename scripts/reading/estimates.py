"""The estimates of the background that hunts make, and what they are called."""
import numpy as np

WORDS = {"spectrum": "fit of the spectrum", "efficiency": "efficiency times all events"}
REFERENCE = "sampled background"  # efficiency of the cut times all events of the signal region, with the reference's counting error


def has_weights(hunt):
    return "weight_scale" in hunt and np.any(hunt["weight_scale"] != 1)


def weight_scale(hunt, cut):
    """c: after the cut a sum n of weights has the variance of c times itself; 1 of events that count one each."""
    return hunt["weight_scale"][cut] if "weight_scale" in hunt else 1
