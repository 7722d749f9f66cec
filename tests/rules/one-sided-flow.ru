DELETE WHERE { GRAPH notice:vandloeb { vand:flow-hillested reg:sender ?o } } ;
INSERT DATA { GRAPH notice:vandloeb {
  vand:flow-hillested reg:sender party:datatilsynet
} } ;
DELETE WHERE { GRAPH notice:hillested { hil:flow-criminal ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:flow-criminal } }
