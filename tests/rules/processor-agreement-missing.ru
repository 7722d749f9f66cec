DELETE WHERE { GRAPH notice:hillested { hil:engagement-itdrift dpv:hasLegalMeasure ?o } }
