DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer dpv:hasLegalBasis ?o } } ;
DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer dpv:hasThirdCountry ?o } } ;
DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer reg:receiver ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:flow-us a reg:DataFlow, dpv:Process ; reg:sender party:hillested ; reg:receiver hil:a-supplier ; dpv:hasProcessing dpv:Transfer ; dpv:hasDataSubject hil:employees ; dpv:hasPersonalData hil:data-name ; dpv:hasLegalBasis hil:basis-dpf ; skos:prefLabel "navn til leverandør i USA"@da, "navn til leverandør i USA"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90> . hil:personnel dpv:hasProcess hil:flow-us . hil:a-supplier a reg:PartyCategory, dk:Supplier, dpv:Entity ; skos:prefLabel "en leverandør"@da, "a supplier"@en . hil:flow-transfer reg:receiver party:cloud . hil:basis-dpf a dpv:LegalBasis, eu-gdpr:A45-3 ; reg:lawReference dk:Adequacy-EU-US-DPF ; skos:prefLabel "Data Privacy Framework"@da, "Data Privacy Framework"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} } ;
DELETE WHERE { GRAPH notice:hillested { hil:basis-46-2-c ?p ?o } }
