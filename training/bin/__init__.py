"""BIN: deblurs and adds frames at once (training recipes)."""
