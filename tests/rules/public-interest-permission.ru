DELETE WHERE { GRAPH graph:shared { party:vandloeb a dk:Agency } } ;
INSERT DATA { GRAPH graph:shared { party:vandloeb a dk:Supplier } } ;
INSERT DATA { GRAPH notice:vandloeb {
  vand:data-health a dpv:PersonalData, pd:Health ; skos:prefLabel "helbred"@da, "health"@en . vand:use-case dpv:hasPersonalData vand:data-health ; dpv:hasLegalBasis vand:basis-9-2-g, vand:basis-section-21 . vand:basis-9-2-g a dpv:LegalBasis, eu-gdpr:A9-2-g ; reg:lawReference eu-gdpr:A9-2-g ; skos:prefLabel "samfundsinteresser"@da, "samfundsinteresser"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/vandloeb#line=49,50>
} }
