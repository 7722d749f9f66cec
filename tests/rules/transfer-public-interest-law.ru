DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer dpv:hasLegalBasis ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:flow-transfer dpv:hasLegalBasis hil:basis-transfer . hil:basis-transfer a dpv:LegalBasis, eu-gdpr:A49-1-d ; reg:lawReference eu-gdpr:A49-1-d ; skos:prefLabel "overførselsgrundlag"@da, "overførselsgrundlag"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} } ;
DELETE WHERE { GRAPH notice:hillested { hil:basis-46-2-c ?p ?o } }
