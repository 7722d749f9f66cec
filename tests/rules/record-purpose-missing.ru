DELETE WHERE { GRAPH notice:hillested { hil:newsletter dpv:hasPurpose ?o } }
