# The types that follow from those that the register gives, and from how a law can be looked up (view.py).
INSERT { ?node a ?type } WHERE {
  { ?node a ?kind . ?kind rdfs:subClassOf ?type }
  UNION {
    { SELECT DISTINCT ?kind WHERE { ?any a ?kind FILTER(STRSTARTS(STR(?kind), STR(eu-gdpr:))) } }
    VALUES (?stem ?type) {
      ("A6-1-" reg:Article6Basis) ("A9-2-" reg:Article9Basis)
      ("A45-" reg:TransferBasis) ("A46-" reg:TransferBasis) ("A49-" reg:TransferBasis)
    }
    FILTER(STRSTARTS(STRAFTER(STR(?kind), STR(eu-gdpr:)), ?stem))
    ?node a ?kind
  }
  UNION { ?node eli:is_part_of|reg:enactedAs|reg:consolidatedAs ?act . BIND(reg:NamedLaw AS ?type) }
  UNION {
    # A register's own: »hittegodslovens § 1«, »sundhedsloven«, but not »overenskomsten« nor »reglerne om aktindsigt«.
    # A law that is called by its place among others (»særloven«) is none that can be looked up.
    ?node a reg:Provision ; skos:prefLabel ?label FILTER(REGEX(?label, "§|^(?:[Ll]ov om |[\\p{L}-]{3,}lov(?:en|ens)?(?: kapitel .*)?$)"))
    FILTER(!REGEX(?label, "^(?:sær|special|hoved|ramme|tillægs|ændrings)lov(?:en|ens)?$", "i"))
    BIND(reg:NamedLaw AS ?type)
  }
}
