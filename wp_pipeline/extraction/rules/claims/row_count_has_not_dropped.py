"""There are not far fewer rows than in the materialization before.

`extraction/storing/drop.py` refuses a payload that lost even more, before it is stored.
"""

from wp_pipeline.extraction.rules.rule import Found, Rule, Subject

ROWS = "dagster/row_count"


def lost_rows(subject: Subject) -> Found:
    """Return the two numbers of rows, if more were lost than the setting allows.

    Without a materialization before, or a number of rows in the object, nothing is known.
    """
    before = subject.history()[1:2]
    now = subject.rows
    if not before or not before[0].get(ROWS) or now is None:
        return Found()
    rows = before[0][ROWS]
    share = max(0.0, (rows - now) / rows)
    figures = {"rows": now, "rows_before": rows, "share": round(share, 4)}
    if share <= subject.settings.noticeable_drop:
        return Found(figures=figures)
    return Found([f"{now:,} rows, and {rows:,} before"], rows - now, figures)


RULE = Rule(
    "row_count_has_not_dropped",
    "There are not far fewer rows than in the materialization before.",
    lost_rows,
    "There are {}: check what was deleted or hidden on the site.",
    is_warning=True,
)
