"""Ends what the readers' role has been running for too long in PostgreSQL.

The role has a time-out, which no page of ours changes. But PostgreSQL lets every role set its own: whoever got hold of
the readers' process could lift it, and hold the database for hours.
"""

from datetime import timedelta

from django.db import connection

LONGEST = timedelta(seconds=15)  # a page takes less than one; the role's own time-outs are 5 and 10
# Of other roles' sessions PostgreSQL tells, and lets end, only to members of the role: see deploy/reader_role.sql.
END = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = 'newsroom_reader' AND pid <> pg_backend_pid()
      AND clock_timestamp() - make_interval(secs => %(longest)s)
          > CASE WHEN state = 'active' THEN query_start WHEN state LIKE 'idle in transaction%%' THEN state_change END
"""


def end_overlong(longest: timedelta = LONGEST) -> int:
    """End each session of the readers' role that holds the database for longer, and return how many there were."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(END, {"longest": longest.total_seconds()})
        return sum(ended for (ended,) in cursor.fetchall())
