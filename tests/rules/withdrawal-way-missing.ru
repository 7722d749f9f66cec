DELETE WHERE { GRAPH notice:hillested { hil:contact-withdrawal ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:contact-withdrawal } }
