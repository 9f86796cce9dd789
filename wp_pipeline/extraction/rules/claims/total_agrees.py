"""The rows are as many as the site announced, but for a few that it counts and hides.

WordPress counts in X-WP-Total what it does not show to this reader: comments of private posts, or
posts in a status that the user may not read. Many of those mean that credentials are missing.
"""

from wp_pipeline.extraction.rules.rule import Found, Rule, Subject, known_kinds

LARGEST_SHARE = 0.1  # of the announced rows; a site also changes while it is read


def disagreement(subject: Subject) -> Found:
    """Return the two numbers, if they differ by more than hidden rows and changes explain.

    Without one of the numbers nothing is known.
    """
    total, rows = subject.total, subject.rows
    if total is None or rows is None:
        return Found()
    hidden = max(0, total - rows)
    share = abs(total - rows) / max(total, rows, 1)
    figures = {"announced": total, "stored": rows, "hidden": hidden, "share": round(share, 4)}
    if share <= LARGEST_SHARE:
        return Found(figures=figures)
    return Found([f"{total:,} rows, and {rows:,} are stored"], abs(total - rows), figures)


RULE = Rule(
    "total_agrees",
    "The rows are as many as the site announced; up to a tenth may be hidden from this reader.",
    disagreement,
    "The site announced {}: check whether the others are hidden from this user.",
    is_warning=True,
    applies=known_kinds,
)
