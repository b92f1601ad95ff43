from collections.abc import Mapping

class HookInfo:
    hook_class_name: str

class ProvidersManager:
    @property
    def providers(self) -> Mapping[str, object]: ...
    @property
    def hooks(self) -> Mapping[str, HookInfo]: ...
