DELETE WHERE { GRAPH notice:hillested { hil:right-erasure ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:right-erasure } }
