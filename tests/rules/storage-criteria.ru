DELETE WHERE { GRAPH notice:hillested { hil:storage-personnel reg:criteria ?text } }
