INSERT DATA { GRAPH notice:hillested {
  hil:use-video dpv:hasLegalBasis hil:basis-9-2-f . hil:basis-9-2-f a dpv:LegalBasis, eu-gdpr:A9-2-f ; reg:lawReference eu-gdpr:A9-2-f ; skos:prefLabel "retskrav"@da, "legal claims"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
