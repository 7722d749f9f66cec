DELETE WHERE { GRAPH notice:vandloeb { vand:denial-transfer ?p ?o } } ;
DELETE WHERE { GRAPH notice:vandloeb { ?s ?q vand:denial-transfer } }
