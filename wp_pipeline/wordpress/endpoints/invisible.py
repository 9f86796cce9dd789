"""Characters that nobody sees, in what people paste into a parameter.

>>> visible("https://example.org/posts\\u200b")
'https://example.org/posts'
>>> invisible_in("https://example.org/posts\\u200b")
('U+200B',)
"""

import unicodedata

# Spaces and line ends have categories of their own: Zs, Zl and Zp.
PLAIN = frozenset(" \t\n\r")
LINE_ENDS = frozenset("\v\f\x85\u2028\u2029")
# Blank, though Unicode counts them as marks, letters or symbols.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def visible(text: str) -> str:
    """Return a text without invisible characters, and with plain spaces and line ends."""
    if is_printable_ascii(text):
        return text
    return "".join(map(shown, text))


def invisible_in(text: str) -> tuple[str, ...]:
    """Return the code points that `visible` drops or replaces, each once."""
    if is_printable_ascii(text):
        return ()
    found = dict.fromkeys(one for one in text if shown(one) != one)
    return tuple(f"U+{ord(one):04X}" for one in found)


def is_printable_ascii(text: str) -> bool:
    """Whether all characters are printable ASCII, as in nearly every URL: none is invisible."""
    return text.isascii() and text.isprintable()


def shown(character: str) -> str:
    """Return a character as `visible` returns it: itself, a space, a line end or nothing."""
    if character in PLAIN:
        return character
    if character in LINE_ENDS:
        return "\n"
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    is_selector = any(ord(character) in one for one in VARIATION_SELECTORS)
    is_blank = category in ("Cc", "Cf") or character in BLANK or is_selector
    return "" if is_blank else character
