INSERT DATA { GRAPH notice:hillested {
  hil:contact-extra a reg:ContactPoint ; reg:contactOf party:hillested ; reg:channel reg:Phone ; reg:value "70 10 20 32" ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=90,91>
} }
