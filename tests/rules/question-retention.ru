DELETE WHERE { GRAPH graph:attested { att:hillested-retention ?p ?o } }
