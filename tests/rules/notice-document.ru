DELETE WHERE { GRAPH notice:hillested { notice:hillested reg:document ?o } }
