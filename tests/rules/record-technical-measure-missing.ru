DELETE WHERE { GRAPH notice:hillested { hil:newsletter dpv:hasTechnicalMeasure ?o } }
