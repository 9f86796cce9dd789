"""The row number of an item, which hidden rows make unknown, since the site does not send them.

    row      0 ...  98   99  100 ...  198
             |-- window 1 --|
                        |-- window 2 --|       both sent item 57: it is row 99

If two windows overlap by one row, and both sent the same item, that item is this row. If 97 items
are before it, two rows before it are hidden. This number does not change when items are added or
removed, so it can be kept with a stored object, and later shows what moved.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

MOST_KEPT = 16


@dataclass
class Places:
    """How many hidden rows are before some items, in order of id; the text of it is kept.

    Items between two of them that have the same number have it as well.
    """

    known: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> "Places":
        """Return what a text says; no places where it is not one of `Places`."""
        pairs = [pair.split(":") for pair in text.split()]
        try:
            return cls([(int(item_id), int(hidden)) for item_id, hidden in pairs])
        except ValueError:
            return cls()

    @property
    def text(self) -> str:
        """At most `MOST_KEPT` pairs `id:hidden`."""
        kept = self.known
        while len(kept) > MOST_KEPT:
            kept = [*kept[:-1:2], kept[-1]]
        return " ".join(f"{item_id}:{hidden}" for item_id, hidden in kept)

    def add(self, item_id: int, hidden: int) -> None:
        """Add an item behind all others. Of those with the same number, first and last are kept."""
        if len(self.known) > 1 and self.known[-2][1] == self.known[-1][1] == hidden:
            self.known.pop()
        self.known.append((item_id, hidden))

    def hidden_before(self, item_id: int) -> int | None:
        """Return how many hidden rows are before an item; None if that is not known."""
        place = bisect_right(self.known, item_id, key=lambda known: known[0])
        before = self.known[place - 1] if place else (-1, 0)
        if before[0] == item_id:
            return before[1]
        after = self.known[place] if place < len(self.known) else (0, None)
        return before[1] if before[1] == after[1] else None
