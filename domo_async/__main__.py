"""`python -m domo_async` is `domo-async`."""

from __future__ import annotations

from domo_async._cli import main

if __name__ == "__main__":
    main()
