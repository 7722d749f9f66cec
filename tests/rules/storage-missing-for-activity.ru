DELETE WHERE { GRAPH notice:hillested { hil:use-applications dpv:hasStorageCondition ?o } } ;
INSERT DATA { GRAPH graph:attested {
  hil:use-applications dpv:hasStorageCondition att:storage . att:storage a reg:StorageRule ; dpv:hasDuration att:duration ; reg:criteria "et år"@da, "one year"@en ; skos:prefLabel "et år"@da, "one year"@en ; reg:assertion reg:Attested ; prov:wasAttributedTo party:hillested ; prov:generatedAtTime "2025-03-01T12:00:00Z"^^xsd:dateTime ; reg:reason "oplyst af kommunen"@da, "told by the municipality"@en . att:duration a dpv:Duration, dpv:TemporalDuration ; rdf:value "P1Y"^^xsd:duration ; reg:days 365
} } ;
DELETE WHERE { GRAPH notice:hillested { hil:storage-applications ?p ?o } }
