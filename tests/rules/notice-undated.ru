DELETE WHERE { GRAPH notice:hillested { notice:hillested dct:modified ?o } }
