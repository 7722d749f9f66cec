DELETE WHERE { GRAPH notice:hillested { hil:use-cpr dpv:hasStorageCondition ?o } }
