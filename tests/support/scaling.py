"""How the time of an answer grows: processor time, and for each question the shortest join that its rows need.

Processor time is less moved by what else the machine does than the clock is, and ratios less than times.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: Question → the join behind its rows: no labels, no reserves, no reasons, no lines.
BARE = {
    "activities": "?a a reg:Activity ; dpv:hasPurpose ?purpose ; dpv:hasProcess/dpv:hasDataSubject ?people",
    "consent": "?kind rdfs:subClassOf dpv:Consent . ?basis a ?kind . ?use dpv:hasLegalBasis ?basis",
    "data-about": "?process dpv:hasDataSubject ?people ; dpv:hasPersonalData ?data ; prov:wasDerivedFrom ?source",
    "legal-bases": "?use dpv:hasLegalBasis ?basis ; dpv:hasPersonalData ?data . ?basis reg:lawReference ?law",
    "processors": "?role a reg:Engagement ; reg:role dpv:DataProcessor ; reg:party ?party ; prov:wasDerivedFrom ?source",
    "purposes": "?use dpv:hasPersonalData ?data ; dpv:hasDataSubject ?people . ?a dpv:hasProcess ?use ; dpv:hasPurpose ?aim",
    "recipients": "?kind rdfs:subClassOf dk:CPRNumber . ?data a ?kind . ?flow dpv:hasPersonalData ?data ; reg:receiver ?end",
    "retention": "?rule a reg:StorageRule ; dpv:hasDuration/reg:days ?days . ?use dpv:hasStorageCondition ?rule",
    "sources": "?flow reg:receiptKind reg:ToTheAuthority ; reg:sender ?sender ; dpv:hasPersonalData ?data",
    "transfers": "?flow dpv:hasThirdCountry ?country ; dpv:hasPersonalData ?data ; reg:receiver ?receiver",
    "who-names": "?party a reg:Party . ?flow reg:sender|reg:receiver ?party ; dpv:hasPersonalData ?data",
}


def processor(action: Callable[[], object], rounds: int = 1) -> float:
    """Seconds of processor time that `action` takes, on average: some machines count them by ticks of some milliseconds."""
    start = time.process_time()
    for _ in range(rounds):
        action()
    return (time.process_time() - start) / rounds
