module completions {

  def "nu-complete dig word" [] {
    [ "+short" "+tcp" "+tls" "+quic" "+keepopen" "+ignore" "+fail" "+search" "+showsearch" "+idnin" "+idnout" "+trace" "+tree" "+nssearch" "+dns64prefix" "+diff" "+recurse" "+aaflag" "+adflag" "+cdflag" "+raflag" "+tcflag" "+zflag" "+header-only" "+dnssec" "+coflag" "+ednsnegotiation" "+nsid" "+expire" "+keepalive" "+badcookie" "+showbadcookie" "+all" "+cmd" "+comments" "+question" "+answer" "+authority" "+additional" "+stats" "+identify" "+qr" "+besteffort" "+onesoa" "+ttlid" "+ttlunits" "+class" "+multiline" "+rrcomments" "+crypto" "+unknownformat" "+expandaaaa" "+yaml" "+compare" "+explain" "+json" "+wire" "+timing" "+status" "+bulk" "+edns" "+ednsflags" "+ednsopt" "+bufsize" "+cookie" "+subnet" "+padding" "+opcode" "+qid" "+timeout" "+tries" "+decode" "+frame" "+retry" "+ndots" "+domain" "+https" "+http-plain" "+https3" "+tls-ca" "+tls-hostname" "+tls-certfile" "+tls-keyfile" "+split" "+fuzztime" "+watch" "+validate" "+parallel" "+compat" "+gai" "+family" "+socktype" "+protocol" "+service" "A" "NS" "MD" "MF" "CNAME" "SOA" "MB" "MG" "MR" "NULL" "WKS" "PTR" "HINFO" "MINFO" "MX" "TXT" "RP" "AFSDB" "X25" "ISDN" "RT" "NSAP" "NSAP-PTR" "SIG" "KEY" "PX" "GPOS" "AAAA" "LOC" "NXT" "EID" "NIMLOC" "SRV" "ATMA" "NAPTR" "KX" "CERT" "A6" "DNAME" "SINK" "OPT" "APL" "DS" "SSHFP" "IPSECKEY" "RRSIG" "NSEC" "DNSKEY" "DHCID" "NSEC3" "NSEC3PARAM" "TLSA" "SMIMEA" "HIP" "NINFO" "RKEY" "TALINK" "CDS" "CDNSKEY" "OPENPGPKEY" "CSYNC" "ZONEMD" "SVCB" "HTTPS" "DSYNC" "HHIT" "BRID" "SPF" "UINFO" "UID" "GID" "UNSPEC" "NID" "L32" "L64" "LP" "EUI48" "EUI64" "TKEY" "TSIG" "IXFR" "AXFR" "MAILB" "MAILA" "ANY" "URI" "CAA" "AVC" "DOA" "AMTRELAY" "RESINFO" "WALLET" "TA" "DLV" ]
  }

  def "nu-complete dig color" [] {
    [ "auto" "always" "never" ]
  }

  # Ask name servers as dig does, or the C library
  export extern dig [
    -4                        # Use IPv4 only
    -6                        # Use IPv6 only
    -b: string                # Send from this address and port
    -c: string                # Ask in this class: IN, CH, HS, CLASS300
    -f: string                # Look up what each line of the file says; - is standard input
    -i                        # Do nothing: ip6.int is gone
    -k: string                # Sign queries with the key of this file
    -m                        # Do nothing: there is no memory to report on
    -n                        # Do nothing: bit-string labels are gone
    -p: string                # Ask at this port, not at 53
    -q: string                # Ask for this name, even if it looks like something else
    -r                        # Do not read ~/.digrc
    -t: string                # Ask for this type: A, MX, TYPE65280
    -u                        # Tell times in microseconds
    -v                        # Print the version on standard error, as dig does
    -x: string                # Ask for the name of this address, or of part of it
    -y: string                # Sign queries with this key
    --help(-h)                # Print this help
    --version                 # Print the version
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete dig color" # Use colour: on a terminal, always or never
    ...word: string@"nu-complete dig word" # @SERVER, a name, a type, a class, or a +OPTION, in any order; see QUERY OPTIONS in dig(1)
  ]

}

export use completions *
