"""Text from an instance, without characters that are not seen or that change how others are seen. Pure."""

from __future__ import annotations

import re

__all__ = ["spelled_out"]

# What Unicode says programs may show as nothing (Default_Ignorable_Code_Point), in which text can be hidden.
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# One alone belongs to how emoji, Persian and Indic scripts are written; several in a row do not.
_JOINERS = frozenset({"\u200c", "\u200d", "\ufe0e", "\ufe0f", "\ufe0f\u200d"})
_HARMFUL = re.compile(
    # Controls but tabs and ends of lines; line separators; halves of characters; private use; noncharacters.
    rf"[{_UNSEEN}]+|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef]"
    r"|[\ufffe\uffff\U000f0000-\U0010ffff]"
)


def spelled_out(text: str) -> str:
    r"""Return text whose control characters, bidirectional controls and unseen characters are spelled out.

    ``ESC`` becomes ``\u001b``, in six characters. Tabs and ends of lines stay, as JSON escapes them.
    """
    return _HARMFUL.sub(_spelled, text)


def _spelled(found: re.Match[str]) -> str:
    run = found[0]
    if run in _JOINERS and found.start() > 0:
        return run
    return "".join(
        f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}" for character in run
    )
