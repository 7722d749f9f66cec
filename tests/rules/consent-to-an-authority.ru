DELETE WHERE { GRAPH graph:attested { att:consent ?p ?o } }
