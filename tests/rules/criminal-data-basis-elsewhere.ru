DELETE DATA { GRAPH notice:hillested { hil:personnel dpv:hasLegalBasis hil:basis-section-12 } } ;
DELETE DATA { GRAPH notice:hillested { hil:personnel dpv:hasLegalBasis hil:basis-9-2-b } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-criminal-kept a reg:DataUse, dpv:Process ; dpv:hasDataSubject hil:employees ; dpv:hasPersonalData hil:data-criminal ; dpv:hasStorageCondition hil:storage-personnel ; skos:prefLabel "attester på personalesagen"@da, "certificates on the personnel file"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=51,52> . hil:personnel dpv:hasProcess hil:use-criminal-kept
} }
