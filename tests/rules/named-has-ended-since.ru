DELETE WHERE { GRAPH notice:hillested { notice:hillested dct:modified ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  notice:hillested dct:modified "2022-01-01"^^xsd:date . hil:use-loans dpv:isImplementedUsingTechnology system:nemid
} }
