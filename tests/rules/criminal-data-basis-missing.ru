DELETE WHERE { GRAPH notice:hillested { hil:use-criminal dpv:hasLegalBasis ?o } } ;
DELETE DATA { GRAPH notice:hillested { hil:personnel dpv:hasLegalBasis hil:basis-section-12 } } ;
DELETE DATA { GRAPH notice:hillested { hil:personnel dpv:hasLegalBasis hil:basis-9-2-b } }
