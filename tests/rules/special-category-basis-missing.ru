DELETE DATA { GRAPH notice:hillested {
  hil:use-sickness dpv:hasLegalBasis hil:basis-9-2-b, hil:basis-section-12 . hil:personnel dpv:hasLegalBasis hil:basis-9-2-b, hil:basis-section-12 } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-wide a reg:DataUse, dpv:Process ; dpv:hasDataSubject hil:employees ; dpv:hasPersonalData hil:data-sickness ; dpv:hasPurpose hil:purpose-personnel ; dpv:hasStorageCondition hil:storage-personnel ; dpv:hasLegalBasis hil:basis-9-2-b, hil:basis-section-12 ; skos:prefLabel "følsomme oplysninger i øvrigt"@da, "special category data in general"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90> . notice:hillested dpv:hasProcess hil:use-wide
} }
