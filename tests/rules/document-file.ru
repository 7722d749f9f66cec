DELETE WHERE { GRAPH notice:hillested { doc:hillested reg:fileName ?o } }
