"""Answers questions about recurrence rules with python-dateutil: a line in, a line out.

A question is `rule TAB start TAB zone TAB horizon TAB take`: the start as the zone's wall clock,
the horizon in UTC. The answer is the first `take` instants that lie before the horizon, in seconds
since 1970. Nothing is adjusted here towards whoever asks: what the engine says is the answer.
"""

import datetime
import sys
import types
from datetime import timezone
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule

# The engine looks for days that never come up to the year 9999, even of a rule that ends before.
# So each question gets a calendar that ends with the year after its horizon.
CALENDAR = types.SimpleNamespace(**vars(datetime))
rrule.datetime = CALENDAR


def answer(question):
    rule, start, zone, horizon, take = question.rstrip("\n").split("\t")
    wall_clock = datetime.datetime.strptime(start, "%Y%m%dT%H%M%S")
    until = datetime.datetime.strptime(horizon, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    CALENDAR.MAXYEAR = until.year + 1
    series = rrule.rrulestr(rule, dtstart=wall_clock.replace(tzinfo=ZoneInfo(zone)))
    if "UNTIL=" not in rule:
        series = series.replace(until=until)
    return " ".join(str(int(at.timestamp())) for at in islice(series, int(take)))


if __name__ == "__main__":
    for line in sys.stdin:
        print(answer(line))
