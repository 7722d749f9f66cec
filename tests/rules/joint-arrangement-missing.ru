DELETE WHERE { GRAPH notice:hillested { hil:joint dpv:hasLegalMeasure ?o } }
