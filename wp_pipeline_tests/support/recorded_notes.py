"""An observer that keeps the notes of an extraction."""

from wp_pipeline.observer import Observer


class RecordedNotes(Observer):
    """An observer that collects notes, each with its endpoint's name."""

    def __init__(self) -> None:
        self.notes: list[tuple[str, str]] = []

    def noticed(self, endpoint: str, note: str) -> None:
        self.notes.append((endpoint, note))
