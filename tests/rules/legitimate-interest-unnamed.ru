INSERT DATA { GRAPH notice:hillested {
  hil:newsletter dpv:hasLegalBasis hil:basis-6-1-f . hil:basis-6-1-f a dpv:LegalBasis, eu-gdpr:A6-1-f ; reg:lawReference eu-gdpr:A6-1-f ; skos:prefLabel "legitim interesse"@da, "legitimate interest"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} } ;
INSERT DATA { GRAPH graph:attested {
  att:legitimate-interests-of-an-authority a reg:Attestation ; reg:rule rule:legitimate-interests-of-an-authority ; reg:focus hil:basis-6-1-f ; prov:wasAttributedTo party:hillested ; prov:generatedAtTime "2025-03-01T12:00:00Z"^^xsd:dateTime ; reg:expires "2099-12-31"^^xsd:date ; reg:reason "vurderet"@da, "assessed"@en
} }
