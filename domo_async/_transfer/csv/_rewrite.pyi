def rewrite(
    text: str,
    delimiter: int,
    returns: bool,
    width: int,
    least: int,
    constants: tuple[bytes, ...],
    order: bytes | None,
    nulls: tuple[tuple[bytes, ...], ...],
    /,
) -> tuple[bytes, str, int, int] | None: ...
