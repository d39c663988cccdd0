"""The rules of docs/decisions/0008-cron.md in their plainest form: slow, and without any cleverness to get wrong.

It walks hour by hour over what the clock on the wall shows. It judges where the oracles differ, and no line of it comes
from the Swift implementation.
"""

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

from edges import UTC, local, zone

ALIASES = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
}
RANGES = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
WILD = ("*", "?")
SPECIAL = {3: r"L|LW|\d+W", 5: r"\w+L|\w+#\d"}
NAMES = {
    4: {name: index + 1 for index, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split())},
    5: {name: index for index, name in enumerate("SUN MON TUE WED THU FRI SAT".split())},
}


def number(text, field):
    value = NAMES.get(field, {}).get(text)
    value = int(text) if value is None else value
    if not RANGES[field][0] <= value <= RANGES[field][1]:
        raise ValueError(text)
    return value


def values(text, field):
    """The plain values of one field; what is special to the day fields is left to `day_matches`."""
    low, high = RANGES[field]
    cycle = 7 if field == 5 else high - low + 1
    found = set()
    for item in text.split(","):
        if re.fullmatch(SPECIAL.get(field, "$^"), item):
            continue
        body, _, step = item.partition("/")
        if body in WILD:
            first, last = low, low + cycle - 1
        elif "-" in body:
            first, last = (number(end, field) for end in body.split("-"))
        else:
            first = number(body, field)
            last = high if step else first
        if last < first:
            last += cycle
        for value in range(first, last + 1, int(step or 1)):
            found.add((value - low) % cycle + low)
    return found


def nearest(day, year, month):
    length = monthrange(year, month)[1]
    day = min(day, length)
    candidates = [d for d in range(1, length + 1) if date(year, month, d).weekday() < 5]
    return min(candidates, key=lambda candidate: abs(candidate - day))


def in_month_day(text, day, plain):
    length = monthrange(day.year, day.month)[1]
    for item in text.split(","):
        if item == "L" and day.day == length:
            return True
        if item == "LW" and day.day == nearest(length, day.year, day.month):
            return True
        if re.fullmatch(r"\d+W", item) and day.day == nearest(int(item[:-1]), day.year, day.month):
            return True
    return day.day in plain


def in_weekday(text, day, plain):
    weekday = day.isoweekday() % 7
    for item in text.split(","):
        if "#" in item:
            wanted, nth = item.split("#")
            if number(wanted, 5) % 7 == weekday and (day.day + 6) // 7 == int(nth):
                return True
        elif re.fullmatch(r".+L", item) and number(item[:-1], 5) % 7 == weekday:
            if (day + timedelta(days=7)).month != day.month:
                return True
    return weekday in plain


class Reference:
    def __init__(self, expression):
        fields = ALIASES.get(expression, expression).upper().split()
        self.fields = fields if len(fields) == 6 else ["0", *fields]
        self.values = [values(text, field) for field, text in enumerate(self.fields)]
        self.is_fixed = not any(self.fields[field][0] in WILD for field in (1, 2))

    def day_matches(self, day):
        month_day, weekday = self.fields[3], self.fields[5]
        if day.month not in self.values[4]:
            return False
        rules = []
        if month_day not in WILD:
            rules.append(in_month_day(month_day, day, self.values[3]))
        if weekday not in WILD:
            rules.append(in_weekday(weekday, day, self.values[5]))
        return any(rules) or not rules

    def next(self, name, after, count=5):
        hour = local(after, name).replace(tzinfo=None, minute=0, second=0) - timedelta(hours=5)
        limit = hour + timedelta(days=366 * 41)
        found, full = set(), None
        while hour < (limit if full is None else full):
            if not self.day_matches(hour.date()):
                hour = datetime(hour.year, hour.month, hour.day) + timedelta(days=1)
                continue
            if hour.hour in self.values[2]:
                due = {i for shown in self.times(hour) for i in self.instants(shown, name) if i > after}
                if due - found:
                    limit = hour + timedelta(days=366 * 41)
                found |= due
            hour += timedelta(hours=1)
            if full is None and len(found) >= count:
                # A repeated hour may still bring earlier ones.
                full = hour + timedelta(hours=5)
        return sorted(found)[:count]

    def times(self, hour):
        for minute in self.values[1]:
            for second in self.values[0]:
                yield hour.replace(minute=minute, second=second)

    def instants(self, shown, name):
        """When a local time is due: once if it is fixed, otherwise as often as the clock shows it."""
        moments = sorted({
            int(shown.replace(tzinfo=zone(name), fold=fold).timestamp()) for fold in (0, 1)
        })
        real = [moment for moment in moments if local(moment, name).replace(tzinfo=None) == shown]
        if not self.is_fixed:
            return real
        return real[:1] or [self.end_of_gap(shown, name)]

    @staticmethod
    def end_of_gap(shown, name):
        while not datetime_exists(shown, name):
            shown += timedelta(seconds=1)
        return int(shown.replace(tzinfo=zone(name)).timestamp())


def datetime_exists(shown, name):
    moment = shown.replace(tzinfo=zone(name)).astimezone(UTC)
    return moment.astimezone(zone(name)).replace(tzinfo=None) == shown


def reference(expression, name, after):
    """The next five instants."""
    return Reference(expression).next(name, after)
