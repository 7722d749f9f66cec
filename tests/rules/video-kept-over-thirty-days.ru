DELETE WHERE { GRAPH notice:hillested { hil:duration-video reg:days ?days ; rdf:value ?value } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:duration-video reg:days 60 ; rdf:value "P60D"^^xsd:duration
} }
