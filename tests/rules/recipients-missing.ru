DELETE WHERE { GRAPH notice:vandloeb { vand:flow-to-hillested reg:receiver ?o } } ;
INSERT DATA { GRAPH notice:vandloeb {
  vand:flow-to-hillested reg:receiver vand:archive . vand:archive a reg:InternalParty, dpv:OrganisationalUnit ; skos:prefLabel "arkivet"@da, "the archive"@en ; dpv:isOrganisationalUnitOf party:vandloeb
} }
