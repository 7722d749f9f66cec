DELETE WHERE { GRAPH notice:hillested { hil:right-rectification ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:right-rectification } }
