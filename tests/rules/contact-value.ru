DELETE WHERE { GRAPH notice:hillested { hil:contact-withdrawal reg:value ?o } }
