"""The whole client against a server that misbehaves by script."""
