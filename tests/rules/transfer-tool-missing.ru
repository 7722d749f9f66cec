DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer dpv:hasLegalBasis ?o } } ;
DELETE WHERE { GRAPH notice:hillested { hil:basis-46-2-c ?p ?o } }
