DELETE WHERE { GRAPH notice:hillested { ?s ?p hil:contact-safeguards } } ;
DELETE WHERE { GRAPH notice:hillested { hil:contact-safeguards ?p ?o } }
