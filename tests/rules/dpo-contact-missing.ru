DELETE WHERE { GRAPH notice:hillested { hil:contact-dpo-mail reg:contactFor ?o } } ;
DELETE WHERE { GRAPH notice:hillested { hil:contact-dpo-phone reg:contactFor ?o } } ;
DELETE WHERE { GRAPH notice:hillested { hil:contact-dpo-post reg:contactFor ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:contact-dpo-mail reg:contactFor dpv:DataSubjectRight . hil:contact-dpo-phone reg:contactFor dpv:DataSubjectRight . hil:contact-dpo-post reg:contactFor dpv:DataSubjectRight
} } ;
INSERT DATA { GRAPH graph:attested {
  att:contact a reg:ContactPoint ; reg:contactOf party:hillested ; reg:contactFor dpv:DataProtectionOfficer ; reg:value "70 10 20 31" ; reg:assertion reg:Attested ; prov:wasAttributedTo party:hillested ; prov:generatedAtTime "2025-03-01T12:00:00Z"^^xsd:dateTime ; reg:reason "oplyst af kommunen"@da, "told by the municipality"@en
} }
