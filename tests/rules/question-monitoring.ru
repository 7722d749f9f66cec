DELETE WHERE { GRAPH graph:attested { att:monitoring ?p ?o } }
