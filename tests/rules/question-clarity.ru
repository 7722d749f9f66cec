DELETE WHERE { GRAPH graph:attested { att:hillested-clarity ?p ?o } }
