DELETE WHERE { GRAPH notice:hillested { hil:duration-personnel rdf:value ?o } }
