DELETE WHERE { GRAPH notice:hillested { hil:newsletter dpv:hasImpactAssessment ?o } }
