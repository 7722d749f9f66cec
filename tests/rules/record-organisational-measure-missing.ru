DELETE WHERE { GRAPH notice:hillested { hil:newsletter dpv:hasOrganisationalMeasure ?o } }
