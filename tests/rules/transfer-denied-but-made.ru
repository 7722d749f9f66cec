INSERT DATA { GRAPH notice:hillested {
  hil:denial-transfer a reg:Denial ; reg:denies reg:ThirdCountryTransfer ; skos:prefLabel "ingen overførsel"@da, "ingen overførsel"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
