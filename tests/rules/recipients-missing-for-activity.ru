DELETE WHERE { GRAPH notice:hillested { ?s ?p hil:denial-sharing } } ;
DELETE WHERE { GRAPH notice:hillested { hil:denial-sharing ?p ?o } }
