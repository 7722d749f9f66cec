INSERT DATA { GRAPH notice:hillested {
  hil:newsletter dpv:hasLegalBasis hil:basis-6-1-f . hil:basis-6-1-f a dpv:LegalBasis, eu-gdpr:A6-1-f ; reg:lawReference eu-gdpr:A6-1-f ; skos:prefLabel "legitim interesse"@da, "legitimate interest"@en ; reg:interest "at kende læserne"@da, "to know the readers"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
