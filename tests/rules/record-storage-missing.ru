DELETE WHERE { GRAPH notice:hillested { hil:use-cpr dpv:hasStorageCondition ?o } } ;
INSERT DATA { GRAPH graph:attested {
  att:storage-missing-for-use a reg:Waiver ; reg:rule rule:storage-missing-for-use ; reg:focus hil:lending ; prov:wasAttributedTo party:hillested ; prov:generatedAtTime "2025-03-01T12:00:00Z"^^xsd:dateTime ; reg:expires "2099-12-31"^^xsd:date ; reg:reason "vurderet"@da, "assessed"@en
} }
