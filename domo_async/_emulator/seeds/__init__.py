"""The demo world: what each area puts into it."""
