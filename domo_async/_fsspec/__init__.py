"""The file systems for fsspec; `domo_async.fsspec` is their public face."""
