INSERT DATA { GRAPH notice:hillested {
  hil:use-statistics dpv:hasPersonalData hil:data-ip . hil:data-ip a dpv:PersonalData, pd:IPAddress ; skos:prefLabel "IP-adresse"@da, "IP address"@en . hil:statistics reg:hasDenial hil:denial-identity . hil:denial-identity a reg:Denial ; reg:denies reg:IdentificationOfPerson ; skos:prefLabel "ingen kan genkendes"@da, "nobody can be recognised"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90>
} }
