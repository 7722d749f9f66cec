DELETE WHERE { GRAPH notice:hillested { hil:duration-applications reg:days ?days ; rdf:value ?value } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:duration-applications reg:days 1826 ; rdf:value "P5Y"^^xsd:duration
} }
