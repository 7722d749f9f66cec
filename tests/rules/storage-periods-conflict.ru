INSERT DATA { GRAPH notice:hillested {
  hil:use-applications dpv:hasStorageCondition hil:storage-two . hil:storage-two a reg:StorageRule, dpv:StorageCondition, dpv:StorageDuration ; dpv:hasDuration hil:duration-two ; reg:limit reg:AtMost ; reg:startsAt reg:RecruitmentConcluded ; reg:criteria "gemmes i et år"@da, "kept for a year"@en ; skos:prefLabel "gemmes i et år"@da, "gemmes i et år"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90> . hil:duration-two a dpv:Duration, dpv:TemporalDuration ; rdf:value "P1Y"^^xsd:duration ; reg:days 365
} }
