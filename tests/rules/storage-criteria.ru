DELETE DATA { GRAPH notice:hillested { hil:storage-personnel reg:criteria "slettes 5 år efter fratræden"@da } }
