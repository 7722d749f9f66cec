INSERT DATA { GRAPH notice:hillested {
  hil:engagement-supplier a reg:Engagement ; reg:party party:bank ; reg:role dpv:DataProcessor ; reg:onBehalfOf party:hillested ; reg:inNotice notice:hillested ; reg:assertion reg:Inferred ; reg:inferenceNote "kaldt leverandør"@da, "called supplier"@en ; skos:prefLabel "banken som leverandør"@da, "banken som leverandør"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
