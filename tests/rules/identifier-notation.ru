DELETE WHERE { GRAPH notice:hillested { hil:cvr skos:notation ?o } }
