INSERT DATA { GRAPH notice:hillested {
  hil:engagement-bank a reg:Engagement ; reg:party party:bank ; reg:role dpv:Recipient ; reg:inNotice notice:hillested ; skos:prefLabel "banken som modtager"@da, "banken som modtager"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
