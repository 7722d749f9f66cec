INSERT DATA { GRAPH notice:vandloeb {
  vand:contact-hillested a reg:ContactPoint ; reg:contactOf party:hillested ; reg:channel reg:Post ; reg:value "Gammelgade 7, 9999 Hillested" ; reg:contactFor dpv:DataController ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/vandloeb#line=50,51>
} }
