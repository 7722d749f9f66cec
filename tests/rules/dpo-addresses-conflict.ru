DELETE WHERE { GRAPH notice:vandloeb { vand:contact-dpo-mail reg:value ?o } } ;
DELETE WHERE { GRAPH notice:vandloeb { vand:contact-dpo-phone reg:value ?o } } ;
INSERT DATA { GRAPH notice:vandloeb {
  vand:contact-dpo-mail reg:value "dpo@hillested.example" . vand:contact-dpo-phone reg:value "+45 70102031"
} }
