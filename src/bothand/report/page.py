"""The report: one HTML file that needs no network, no script and no other file."""

from __future__ import annotations

from bothand.report import doubts, evidence, groups, map, picture, sheet
from bothand.report.audits import page as audits
from bothand.report.audits import prices
from bothand.report.deciding import found, moves
from bothand.report.delivery import page as delivery
from bothand.report.lookup import Index, soft
from bothand.report.paper import environment, squeezed, styled
from bothand.report.questions import disputes, lives, minds, people
from bothand.report.stakes import ledgers, positions, values
from bothand.report.summary import Summary
from bothand.words import unparted

TEMPLATE = "report.html.j2"


def render(summary: Summary) -> str:
    """Return the whole report as HTML.

    Args:
        summary: every number that the page shows; nothing else is read.

    Returns:
        One self-contained document: styles and drawings inside, no script, no request, links only within the page.
    """
    pages = environment()
    pages.filters["soft"], pages.filters["unparted"] = soft, unparted
    index, study = Index(summary), summary.study
    margins = f"{study.place} · data: {study.data_as_of}", f"run {study.run} · "
    html = pages.get_template(TEMPLATE).render(
        s=summary,
        index=index,
        style=styled(pages, *margins),
        picture=picture.view(index),
        one=sheet.side_one(index),
        two=doubts.side_two(index),
        map=map.view(index),
        read=values.view(index),
        beside=ledgers.view(index),
        both=found.view(index),
        people=groups.view(index),
        known=evidence.view(index),
        audits=audits.view(index),
        prices=prices.view(index),
        each=people.view(index),
        minds=minds.view(index),
        register=disputes.view(index),
        one_by_one=lives.view(index),
        way=delivery.view(index),
        positions=positions.view(index),
        moves=moves.view(index),
    )
    return squeezed(html)
