DELETE DATA { GRAPH notice:hillested { hil:personnel dpv:hasLegalBasis hil:basis-6-1-b } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-sickness dpv:hasLegalBasis hil:basis-6-1-b
} }
