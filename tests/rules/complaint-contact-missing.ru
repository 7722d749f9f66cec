DELETE WHERE { GRAPH notice:hillested { hil:contact-datatilsynet ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:contact-datatilsynet } }
