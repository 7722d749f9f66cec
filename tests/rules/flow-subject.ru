DELETE WHERE { GRAPH notice:hillested { hil:flow-vandloeb dpv:hasDataSubject ?o } }
