DELETE WHERE { GRAPH notice:hillested { hil:right-complaint ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:right-complaint } }
