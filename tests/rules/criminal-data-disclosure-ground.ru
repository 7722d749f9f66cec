DELETE WHERE { GRAPH notice:hillested { hil:flow-criminal dpv:hasLegalBasis ?o } }
