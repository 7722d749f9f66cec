DELETE WHERE { GRAPH notice:hillested { notice:hillested dct:modified ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-loans dpv:isImplementedUsingTechnology system:nemid
} } ;
INSERT DATA { GRAPH graph:shared {
  att:waiver a reg:Waiver ; reg:rule rule:notice-undated ; reg:focus notice:hillested ; reg:reason "dateres ved næste rettelse"@da, "dated at the next revision"@en ; prov:wasAttributedTo party:hillested ; reg:expires "2099-12-31"^^xsd:date
} }
