DELETE WHERE { GRAPH notice:hillested { hil:use-news ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:use-news } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:newsletter dpv:hasStorageCondition hil:storage-news
} }
