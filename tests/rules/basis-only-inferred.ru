DELETE WHERE { GRAPH notice:hillested { hil:recruitment dpv:hasLegalBasis ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  notice:hillested dpv:hasLegalBasis hil:basis-wider . hil:basis-wider a dpv:LegalBasis, eu-gdpr:A6-1-b ; reg:lawReference eu-gdpr:A6-1-b ; reg:assertion reg:Inferred ; reg:inferenceNote "stedet er uklart"@da, "the place is unclear"@en ; skos:prefLabel "kontrakt for alt"@da, "kontrakt for alt"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} } ;
INSERT DATA { GRAPH graph:attested {
  hil:recruitment dpv:hasLegalBasis att:basis . att:basis a dpv:LegalBasis, eu-gdpr:A6-1-b ; reg:lawReference eu-gdpr:A6-1-b ; skos:prefLabel "kontrakt"@da, "contract"@en ; reg:assertion reg:Attested ; prov:wasAttributedTo party:hillested ; prov:generatedAtTime "2025-03-01T12:00:00Z"^^xsd:dateTime ; reg:reason "oplyst af kommunen"@da, "told by the municipality"@en
} }
