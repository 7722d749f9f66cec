DELETE WHERE { GRAPH notice:hillested { hil:storage-applications reg:startsAt ?o } } ;
DELETE WHERE { GRAPH notice:hillested { hil:storage-applications reg:criteria ?o } } ;
INSERT DATA { GRAPH notice:hillested { hil:storage-applications reg:criteria "6 måneder"@da, "6 months"@en } }
