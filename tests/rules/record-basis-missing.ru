DELETE WHERE { GRAPH notice:hillested { hil:recruitment dpv:hasLegalBasis ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  notice:hillested dpv:hasLegalBasis hil:basis-6-1-b
} }
