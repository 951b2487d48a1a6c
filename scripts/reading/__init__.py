"""Reading what the programs wrote (docs/formats.md), upon python/lacathode.py: of a run, of a study, and what their numbers are worth."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))  # where lacathode is
