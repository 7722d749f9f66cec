DELETE WHERE { GRAPH notice:hillested { hil:use-applications dpv:hasAlgorithmicLogic ?o } }
