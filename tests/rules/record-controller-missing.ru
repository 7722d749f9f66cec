DELETE WHERE { GRAPH notice:hillested { hil:newsletter dpv:hasDataController ?o } }
