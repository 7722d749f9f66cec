DELETE DATA { GRAPH notice:hillested {
  hil:lending dpv:hasLegalBasis hil:basis-section-11, hil:basis-section-21, hil:basis-6-1-e } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-loans dpv:hasLegalBasis hil:basis-6-1-e, hil:basis-section-21 . hil:use-cpr dpv:hasLegalBasis hil:basis-6-1-b
} } ;
DELETE WHERE { GRAPH notice:hillested { hil:basis-section-11 ?p ?o } }
