DELETE WHERE { GRAPH notice:hillested { hil:engagement-hosting dpv:hasLegalMeasure ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:engagement-hosting dpv:hasLegalMeasure hil:agreement
} }
