DELETE DATA { GRAPH notice:hillested {
  hil:use-sickness dpv:hasLegalBasis hil:basis-section-12 . hil:personnel dpv:hasLegalBasis hil:basis-section-12 } } ;
DELETE WHERE { GRAPH notice:hillested { hil:basis-section-12 ?p ?o } }
