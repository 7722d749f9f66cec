INSERT DATA { GRAPH notice:hillested {
  hil:annex a dpv:OrganisationalMeasure, dpv:Notice ; skos:prefLabel "bilag 1"@da, "bilag 1"@en ; prov:wasDerivedFrom <https://w3id.org/gdprgraph/id/document/hillested#line=89,90> . hil:data-annex a dpv:PersonalData ; reg:contentOf hil:annex ; skos:prefLabel "bilagets oplysninger"@da, "data in the annex"@en
} }
