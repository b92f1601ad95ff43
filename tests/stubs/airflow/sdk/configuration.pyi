class _Configuration:
    def getboolean(self, section: str, key: str, *, fallback: bool = ...) -> bool: ...

conf: _Configuration
