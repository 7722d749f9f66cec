DELETE WHERE { GRAPH graph:attested { att:hillested-proportionality ?p ?o } }
