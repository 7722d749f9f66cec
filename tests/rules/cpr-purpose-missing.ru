DELETE WHERE { GRAPH notice:hillested { hil:use-cpr dpv:hasPurpose ?o } }
