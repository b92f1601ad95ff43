"""Makes releases: wheels for all platforms on one machine, and the source distribution.

Run `python -m domo_async._release`; the extra `release` installs its requirements. Wheels do not contain this package.
"""
