DELETE WHERE { GRAPH notice:hillested { hil:storage-applications reg:startsAt ?o } }
