"""Code names that several rooms share: indicators, durations of remission, plans, and ways the money may come.

Their public words stand in ``bothand.words``, in the study's files and in the summary.
"""

from __future__ import annotations

from typing import Final

DEATHS: Final = "deaths_averted"
HEALTHY: Final = "healthy_life_years"
LIFE_YEARS: Final = "life_years"
REMISSION: Final = "remission_years"
WITHOUT_MEDICATION: Final = "remission_years_without_medication"
HOPE_WITHOUT: Final = "hope, without medication"  # beside the values: hope where recovery counts without medication

STATUS_QUO: Final = "status_quo"
AS_OTHERS_DO: Final = "as_others_do"
OTHERS_HALF: Final = "as_others_do_half"
"""No new money, and the two yardsticks: all the money spent as others do, and the part of it that could be tracked."""

NO_NEW_MONEY: Final = "no_new_money"
"""The reference that the status quo is: what exists runs on. The other reference is ``AS_OTHERS_DO``."""

THREE_YEARS: Final = "three_years"
ALL_YEARS: Final = "all_years"
"""Two ways the money may come: the first round alone, or every payment to the last year."""


def remission_key(duration: str, without_medication: bool) -> str:
    """Return the indicator of remission of one of ``words.DURATIONS``, by one of the two criteria of recovery."""
    return f"remission_{duration}{'_without_medication' if without_medication else ''}"


DEFAULT_STUDY = "washtenaw"
"""The study whose place and services stand where none is named."""
