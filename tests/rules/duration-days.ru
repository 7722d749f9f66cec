DELETE WHERE { GRAPH notice:hillested { hil:duration-personnel reg:days ?o } }
