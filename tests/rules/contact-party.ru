DELETE WHERE { GRAPH notice:hillested { hil:contact-withdrawal reg:contactOf ?o } }
