DELETE WHERE { GRAPH notice:hillested { doc:hillested dct:language ?o } }
