DELETE WHERE { GRAPH notice:hillested { notice:hillested dpv:hasDataController ?o } }
