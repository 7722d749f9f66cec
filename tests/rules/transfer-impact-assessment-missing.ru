DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer dpv:hasImpactAssessment ?o } }
