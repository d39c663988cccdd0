"""Why an oracle differs from the reference.

A reason is proven where it can be: the reference, with the expression rewritten or one rule exchanged, then says what
the oracle says. What is left are differences at changes of the clock, which have no rule to exchange, and one rule of
croniter's that is not worth repeating.
"""

import re
from itertools import combinations

from edges import edges
from reference import ALIASES, RANGES, WILD, Reference, in_month_day, in_weekday, number, values


ENDS = [*RANGES[:5], (0, 6)]


class OnBothDays(Reference):
    """Where both day fields are restricted, a day has to be right for both."""

    def day_matches(self, day):
        month_day, weekday = self.fields[3], self.fields[5]
        return (
            day.month in self.values[4]
            and (month_day in WILD or in_month_day(month_day, day, self.values[3]))
            and (weekday in WILD or in_weekday(weekday, day, self.values[5]))
        )


def equal_range(fields):
    """croniter reads 5-5 as the whole field."""
    return [re.sub(r"\b(\w+)-\1\b", "{}-{}".format(*ENDS[n]), text) for n, text in enumerate(fields)]


def range_of_one(fields):
    """cronsim reads 5-5/2 as 5/2."""
    return [re.sub(r"\b(\w+)-\1/", r"\1/", text) for text in fields]


def step_to_seven(fields):
    """croniter ends 1/2 of the day of week at 6."""
    return [*fields[:5], re.sub(r"(?<![-\w])(\w+)/", lambda found: f"{number(found[1], 5) % 7}-6/", fields[5])]


def is_full(field, text):
    return len(values(text, field)) == ENDS[field][1] - ENDS[field][0] + 1


def full_range(fields):
    """croniter takes a day field for unrestricted when it has every value."""
    return [*fields[:3], *("*" if is_full(n, text) else text for n, text in enumerate(fields[3:], 3))]


def special_and_day(fields):
    """croniter drops the other day field beside #, L of the day of week, and W."""
    if fields[3] in WILD or fields[5] in WILD:
        return fields
    if re.search(r"#|\wL", fields[5]):
        return [*fields[:3], "*", *fields[4:]]
    return [*fields[:5], "*"] if re.search(r"\dW", fields[3]) else fields


REWRITES = {
    "croniter": [equal_range, step_to_seven, full_range, special_and_day],
    "cronsim": [range_of_one],
}


def turning_step(fields):
    """Whether steps go over the turn of a range, where croniter counts in its own way."""
    for field, text in enumerate(fields):
        for found in re.finditer(r"(\w+)-(\w+)/", text):
            if number(found[1], field) > number(found[2], field):
                return True
    return False


def turn_at(zone, answer, expected):
    """Whether the first difference is at a gap or at a repeated hour."""
    first = next(pair for pair in zip(answer, expected) if pair[0] != pair[1])
    near = edges(zone, min(first) - 2 * 86400, max(first) + 2 * 86400)
    return ("gap" if near[0][2] > near[0][1] else "overlap") if near else None


def proofs(oracle, fields, is_six):
    """The ways to make the reference differ as the oracle does: pairs of a name and a reference."""
    steps = {step.__name__.replace("_", "-"): step for step in REWRITES[oracle]}
    for count in (0, 1, 2):
        for names in combinations(steps, count):
            changed = fields
            for name in names:
                changed = steps[name](changed)
            if names and changed == fields:
                continue
            if names:
                yield names, Reference(" ".join(changed))
            if oracle == "cronsim":
                yield from cronsims(names, changed, is_six)


def cronsims(names, fields, is_six):
    """cronsim knows fixed times in five fields only, and joins the day fields by *and* when one begins with `*`."""
    stars = fields[3][0] == "*" or fields[5][0] == "*"
    for rule, kind in (((), Reference), (("star-step",), OnBothDays)):
        if rule and not stars:
            continue
        variant = kind(" ".join(fields))
        if rule:
            yield (*names, *rule), variant
        if is_six and variant.is_fixed:
            shown = kind(" ".join(fields))
            shown.is_fixed = False
            yield (*names, *rule, "six"), shown


def reason(oracle, expression, zone, instant, answer, expected):
    """The reason in words that docs/decisions/0008-cron.md explains, or None."""
    is_six = len(expression.split()) == 6
    fields = ALIASES.get(expression, expression).upper().split()
    fields = fields if len(fields) == 6 else ["0", *fields]
    turn = turn_at(zone, answer, expected)
    for names, variant in proofs(oracle, fields, is_six):
        if variant.next(zone, instant) == answer:
            names = [f"six-{turn}" if name == "six" else name for name in names]
            if names:
                return "+".join(names)
    if turning_step(fields):
        return "turning-step"
    if turn and oracle == "cronsim" and zone == "Australia/Lord_Howe":
        return "half-hour"
    return turn
