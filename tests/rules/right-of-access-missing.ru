DELETE WHERE { GRAPH notice:hillested { hil:right-access ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:right-access } }
