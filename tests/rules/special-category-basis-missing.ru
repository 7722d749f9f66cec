DELETE DATA { GRAPH notice:hillested {
  hil:use-sickness dpv:hasLegalBasis hil:basis-9-2-b . hil:personnel dpv:hasLegalBasis hil:basis-9-2-b } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-wide a reg:DataUse, dpv:Process ; dpv:hasDataSubject hil:employees ; dpv:hasPersonalData hil:data-sickness ; dpv:hasStorageCondition hil:storage-personnel ; dpv:hasLegalBasis hil:basis-9-2-b, hil:basis-section-12 ; skos:prefLabel "følsomme oplysninger i øvrigt"@da, "følsomme oplysninger i øvrigt"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90> . notice:hillested dpv:hasProcess hil:use-wide
} }
