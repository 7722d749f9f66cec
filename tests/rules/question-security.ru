DELETE WHERE { GRAPH graph:attested { att:hillested-security ?p ?o } }
