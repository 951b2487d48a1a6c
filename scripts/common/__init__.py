"""What all scripts share: how they end, and how they write."""
