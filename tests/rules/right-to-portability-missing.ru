DELETE WHERE { GRAPH notice:hillested { hil:right-portability ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:right-portability } }
