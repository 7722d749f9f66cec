INSERT DATA { GRAPH graph:attested { att:fact reg:assertion reg:Attested } }
