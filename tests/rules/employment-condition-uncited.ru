DELETE DATA { GRAPH notice:hillested { hil:use-sickness dpv:hasLegalBasis hil:basis-9-2-b . hil:personnel dpv:hasLegalBasis hil:basis-9-2-b } } ;
DELETE WHERE { GRAPH notice:hillested { hil:basis-9-2-b ?p ?o } }
