"""The platforms that releases have wheels for."""

from __future__ import annotations

from attrs import frozen

__all__ = ["TARGETS", "Target"]


@frozen
class Target:
    """A platform.

    Attributes:
        platforms: Its names in the file names of wheels; if there are two, the older one comes last.
        triple: Its name in Zig, with the oldest version of the C library or of the system that will do.
        suffix: How names of extension modules for the limited API end there.
        options: The options that the linker needs there; ``{name}`` stands for the file's name.
    """

    platforms: tuple[str, ...]
    triple: str
    suffix: str = ".abi3.so"
    options: tuple[str, ...] = ()

    @property
    def is_windows(self) -> bool:
        """Whether extension modules import from a DLL of Python."""
        return self.suffix == ".pyd"


# Python's symbols are found when a module is loaded, as elsewhere by default. The module's own name must not be a path
# of this machine.
_MACOS = ("-Wl,-undefined,dynamic_lookup", "-Wl,-install_name,@rpath/{name}")

TARGETS: tuple[Target, ...] = (
    Target(("manylinux_2_17_x86_64", "manylinux2014_x86_64"), "x86_64-linux-gnu.2.17"),
    Target(("manylinux_2_17_aarch64", "manylinux2014_aarch64"), "aarch64-linux-gnu.2.17"),
    Target(("musllinux_1_2_x86_64",), "x86_64-linux-musl"),
    Target(("musllinux_1_2_aarch64",), "aarch64-linux-musl"),
    Target(("macosx_11_0_x86_64",), "x86_64-macos.11.0", options=_MACOS),
    Target(("macosx_11_0_arm64",), "aarch64-macos.11.0", options=_MACOS),
    Target(("win_amd64",), "x86_64-windows-gnu", ".pyd"),
    Target(("win_arm64",), "aarch64-windows-gnu", ".pyd"),
)
