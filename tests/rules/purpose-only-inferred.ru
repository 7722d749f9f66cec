INSERT DATA { GRAPH notice:hillested {
  hil:purpose-news reg:assertion reg:Inferred ; reg:inferenceNote "kun en læsning"@da, "a reading only"@en
} } ;
INSERT DATA { GRAPH graph:attested {
  hil:newsletter dpv:hasPurpose att:purpose . att:purpose a dpv:Purpose, dpv:CommunicationManagement ; skos:prefLabel "nyheder"@da, "news"@en ; reg:assertion reg:Attested ; prov:wasAttributedTo party:hillested ; prov:generatedAtTime "2025-03-01T12:00:00Z"^^xsd:dateTime ; reg:reason "oplyst af kommunen"@da, "told by the municipality"@en
} }
