"""Count by hand: what waits, everything anew, or whether the stored counts are right."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboards import asked, rollup
from dashboards.counting import Difference

SHOWN = 50


class Command(BaseCommand):
    help = "Counts the days that changed. --verify recounts and names every difference; --rebuild counts all anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        way = parser.add_mutually_exclusive_group()
        way.add_argument("--verify", action="store_true", help="recount; exit 1 where a stored count is not right")
        way.add_argument("--rebuild", action="store_true", help="count every day anew")
        parser.add_argument("--survey", type=int, help="only the survey with this id")

    def handle(self, *args: Any, **options: Any) -> None:
        surveys = rollup.surveys() if options["survey"] is None else [options["survey"]]
        if not set(surveys) <= set(rollup.surveys()):
            raise CommandError(f"There is no survey {options['survey']}.")
        if options["verify"]:
            self._verify(surveys)
        elif options["rebuild"]:
            rows = sum(rollup.rebuild(survey) for survey in surveys)
            asked.recount_all()
            self.stdout.write(f"Counted {len(surveys)} surveys anew: {rows} rows.")
        else:
            self.stdout.write(f"Counted {rollup.sweep()} days.")

    def _verify(self, surveys: list[int]) -> None:
        found = [difference for survey in surveys for difference in rollup.verify(survey)]
        for difference in found[:SHOWN]:
            self.stdout.write(_line(difference))
        if len(found) > SHOWN:
            self.stdout.write(f"… and {len(found) - SHOWN} more.")
        if found:
            raise CommandError(f"{len(found)} counts differ from the answers. Mend them by rollup --rebuild.")
        self.stdout.write(f"The counts of {len(surveys)} surveys are those of the answers.")


def _line(of: Difference) -> str:
    segment = f"{of.dimension}={of.value}" if of.dimension else "all"
    return f"question {of.question}, {of.day}, {segment}: stored {_cell(of.stored)}, answers say {_cell(of.expected)}"


def _cell(cell: tuple[list[int], int] | None) -> str:
    return "nothing" if cell is None else f"{cell[0]} of {cell[1]}"
