"""Terms: how a service is run, as named choices with two readings, a cost, a grade of coercion and an effect.

catalogue: the terms as data, and their loader
changes: what a change of terms does to a service
coercion: how coercive a service is as it is run
plans: plans beside the terms: what is refused, and what is shown only
programme: the terms of a programme, which a run takes in for every plan that pays for its services
"""

from bothand.world.terms.catalogue import (
    COST_NOT_KNOWN,
    Change,
    Term,
    TermChoice,
    catalogue_faults,
    load_terms,
    read_term,
    term_faults,
)
from bothand.world.terms.changes import (
    NOT_HERE,
    NOT_KNOWN,
    OWN,
    AsRun,
    Deviation,
    as_run,
    changes_of,
    deviations,
    effect_of,
    effect_told,
    quantities_of,
)
from bothand.world.terms.coercion import Coercion, Way, coercion_of
from bothand.world.terms.plans import load_plan_on_terms, refused, shown
from bothand.world.terms.programme import (
    Programme,
    ProgrammeTerms,
    RunOtherwise,
    load_programme,
    run_by,
    said_for_nothing,
)

__all__ = [
    "COST_NOT_KNOWN",
    "NOT_HERE",
    "NOT_KNOWN",
    "OWN",
    "AsRun",
    "Change",
    "Coercion",
    "Deviation",
    "Programme",
    "ProgrammeTerms",
    "RunOtherwise",
    "Term",
    "TermChoice",
    "Way",
    "as_run",
    "catalogue_faults",
    "changes_of",
    "coercion_of",
    "deviations",
    "effect_of",
    "effect_told",
    "load_plan_on_terms",
    "load_programme",
    "load_terms",
    "quantities_of",
    "read_term",
    "refused",
    "run_by",
    "said_for_nothing",
    "shown",
    "term_faults",
]
