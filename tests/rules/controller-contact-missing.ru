DELETE WHERE { GRAPH notice:hillested { hil:contact-post reg:contactFor ?o } } ;
DELETE WHERE { GRAPH notice:hillested { hil:contact-mail reg:contactFor ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:contact-post reg:contactFor dpv:DataSubjectRight . hil:contact-mail reg:contactFor dpv:DataSubjectRight
} } ;
INSERT DATA { GRAPH graph:attested {
  att:contact a reg:ContactPoint ; reg:contactOf party:hillested ; reg:contactFor dpv:DataController ; reg:value "70 10 20 30" ; reg:assertion reg:Attested ; prov:wasAttributedTo party:hillested ; prov:generatedAtTime "2025-03-01T12:00:00Z"^^xsd:dateTime ; reg:reason "oplyst af kommunen"@da, "told by the municipality"@en
} }
