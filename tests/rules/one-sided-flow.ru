DELETE WHERE { GRAPH notice:vandloeb { vand:flow-hillested reg:sender ?o } } ;
INSERT DATA { GRAPH notice:vandloeb {
  vand:flow-hillested reg:sender party:skat
} } ;
DELETE WHERE { GRAPH notice:hillested { hil:flow-criminal ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:flow-criminal } } ;
DELETE WHERE { GRAPH notice:vandloeb { notice:vandloeb dct:modified ?o } } ;
INSERT DATA { GRAPH notice:vandloeb {
  notice:vandloeb dct:modified "2018-06-30"^^xsd:date
} }
