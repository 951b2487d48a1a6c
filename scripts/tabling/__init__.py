"""Tables of results, as CSV and for HEPData."""
