DELETE WHERE { GRAPH notice:vandloeb { vand:contact-dpo-mail reg:value ?o } } ;
DELETE WHERE { GRAPH notice:vandloeb { vand:contact-dpo-post reg:value ?o } } ;
INSERT DATA { GRAPH notice:vandloeb {
  vand:contact-dpo-mail reg:value "dpo@hillested.example" . vand:contact-dpo-post reg:value "Rådhustorvet 1, 9999 Hillested"
} }
