INSERT DATA { GRAPH notice:hillested {
  hil:engagement-representative a reg:Engagement ; reg:party party:bank ; reg:role eu-gdpr:Representative ; reg:onBehalfOf party:hillested ; reg:inNotice notice:hillested ; skos:prefLabel "repræsentant"@da, "repræsentant"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
