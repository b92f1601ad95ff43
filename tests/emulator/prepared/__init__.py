"""What has to be there for the contract's requests to find what they name, a module for each table of the contract.

A module has ``prepare(instance)``, and may have

- ``BODIES``: by row, the media type and the bytes of a body that the contract only judges;
- ``FREE``: by row, the paths of what the documents show otherwise than the instance, for a reason that stands there.
"""
