"""The content of one answer: JSON, items and their ids, members, volatile parts."""
