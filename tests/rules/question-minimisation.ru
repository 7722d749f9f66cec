DELETE WHERE { GRAPH graph:attested { att:hillested-minimisation ?p ?o } }
