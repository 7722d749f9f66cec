DELETE WHERE { GRAPH graph:attested { att:hillested-necessity ?p ?o } }
