"""How releases are made: wheels for every platform from one machine, and the source distribution.

`python -m domo_async._release` makes them; the extra `release` installs what that takes. Wheels leave this package out.
"""
