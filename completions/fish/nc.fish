complete -c nc -l compat -d 'Speak as openbsd, ncat or traditional do, whatever the name; only as the first option. NC_COMPAT does the same' -r -f -a "openbsd\t''
ncat\t''
traditional\t''"
complete -c nc -s p -l source-port -d 'The local port; with -l, the port to listen on' -r
complete -c nc -s s -l source -d 'The local address to send from; with -l and -p, the address to listen on' -r
complete -c nc -l nsock-engine -d 'Taken as ncat takes it, and without effect: how nsock waits' -r
complete -c nc -s q -l quit -d 'Leave this long after the input has ended, and shut down the sending direction then; a negative time is never' -r
complete -c nc -s w -l timeout -d 'Give up a connection that is not made in this time, or on which nothing moves for this time' -r
complete -c nc -l wait -d 'Give up a connection that is not made in this time' -r
complete -c nc -l idle-timeout -d 'Give up a connection on which nothing moves for this time' -r
complete -c nc -s i -l interval -d 'Wait this long between lines that are sent, and between ports that are scanned' -r
complete -c nc -l delay -d 'Wait this long between reads and writes' -r
complete -c nc -s W -l receive-limit -d 'Leave when this many reads from the peer have brought something' -r
complete -c nc -l datagram -d 'What one datagram is: a read of the input, a line, so many octets, or the whole file' -r
complete -c nc -l read-size -d 'Read at most this many octets at once from the peer; what is left of a longer datagram is lost, and told' -r
complete -c nc -l generate -d 'Send messages AA.., BB.., CC.. of this size instead of standard input' -r
complete -c nc -s o -l output -d 'Write a copy of everything that moves to this file' -r
complete -c nc -l hex-dump -d 'Copy everything that moves to a file as a hex dump' -r
complete -c nc -l max-conns -d 'Serve at most this many clients at the same time' -r
complete -c nc -l max-clients -d 'Leave when this many clients have been served' -r
complete -c nc -l allow -d 'Serve only these hosts: addresses, networks (CIDR), ranges, names; separated by commas' -r
complete -c nc -l allowfile -d 'Serve only the hosts in a file, separated by blanks or lines' -r
complete -c nc -l deny -d 'Serve all hosts but these' -r
complete -c nc -l denyfile -d 'Serve all but the hosts in a file' -r
complete -c nc -s e -l exec -d 'Run a program for the connection; its words are separated by spaces' -r
complete -c nc -s c -l sh-exec -d 'Run a line of /bin/sh for the connection' -r
complete -c nc -l lua-exec -d 'Refused: no Lua in here' -r
complete -c nc -l app -d 'A built-in service: echo, discard, daytime, chargen, upper, knock-knock or lossy-echo=PROBABILITY' -r
complete -c nc -l serve -d 'How several clients are served: iterative, fork, thread or event' -r -f -a "iterative\t''
fork\t''
thread\t''
event\t''"
complete -c nc -l reply -d 'Who gets the input of a UDP listener with -k: last, each, or one ADDRESS:PORT' -r
complete -c nc -l backlog -d 'How many connections may wait for accept(2)' -r
complete -c nc -l delay-listen -d 'Wait between bind(2) and listen(2)' -r
complete -c nc -l delay-accept -d 'Wait between listen(2) and accept(2)' -r
complete -c nc -s I -l receive-buffer -d 'Size of the receive buffer in octets' -r
complete -c nc -s O -l send-buffer -d 'Size of the send buffer in octets' -r
complete -c nc -s T -l tos -d 'Type of service or traffic class: lowcost, lowdelay, throughput, reliability, ef, af11 to af43, cs0 to cs7, or a number' -r
complete -c nc -s M -l ttl -d 'Time to live, or hop limit, of what goes out' -r
complete -c nc -s m -l min-ttl -d 'Drop what comes with a lower time to live' -r
complete -c nc -s V -l routing-table -d 'Refused: Linux has no alternate routing tables for a socket' -r
complete -c nc -l linger -d 'Set SO_LINGER: what close(2) does with octets that are not sent yet; 0 sends a RST' -r
complete -c nc -l multicast -d 'Join a multicast group, on one interface if it is named' -r
complete -c nc -s g -l source-route -d 'Hops of a loose source route of IPv4, separated by commas, at most 8' -r
complete -c nc -s G -l source-route-pointer -d 'Where in it the packet is: 4, its start, is what Linux accepts' -r
complete -c nc -s x -l proxy-address -d 'Connect through the proxy at this address (SOCKS 5 unless --proxy-protocol says something else)' -r
complete -c nc -s X -l proxy-protocol -d 'What that proxy speaks: 4, 5 or connect' -r
complete -c nc -s P -l proxy-user -d 'The user name for that proxy; the password is asked for on the terminal' -r
complete -c nc -l proxy -d 'Connect through the proxy at this address (HTTP unless --proxy-type says something else)' -r
complete -c nc -l proxy-type -d 'What the proxy speaks: http, socks4 or socks5; with -l http makes this a proxy' -r
complete -c nc -l proxy-auth -d 'User and password for the proxy; with -l those that clients must give' -r
complete -c nc -l proxy-dns -d 'Who looks up the destination: local, remote, both or none' -r
complete -c nc -l ssl-cert -d 'The certificate to show: a file in PEM' -r
complete -c nc -l ssl-key -d 'Its private key: a file in PEM' -r
complete -c nc -l ssl-trustfile -d 'Trust the certificates in this file (PEM) and no others' -r
complete -c nc -l ssl-ciphers -d 'Cipher suites to use' -r
complete -c nc -l ssl-servername -d 'The name to ask for (SNI) and to check' -r
complete -c nc -l ssl-alpn -d 'Application protocols (ALPN), separated by commas, the best first' -r
complete -c nc -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c nc -s 4 -l ipv4 -d 'Use IPv4 only'
complete -c nc -s 6 -l ipv6 -d 'Use IPv6 only'
complete -c nc -s h -l summary -d 'Print a summary of the options on standard error'
complete -c nc -s l -l listen -d 'Listen for a connection instead of making one'
complete -c nc -s n -l nodns -d 'Resolve nothing: addresses and ports in numbers only'
complete -c nc -s v -l verbose -d 'Say on standard error what happens; -vv is the same'
complete -c nc -s z -l scan -d 'Only find out who is there: connect to each port and send nothing'
complete -c nc -s r -l shuffle -d 'Take the ports in random order'
complete -c nc -l errors -d 'Tell failed connections although there is no -v'
complete -c nc -l status -d 'With -u: exit 0 answered, 3 closed, 5 silent'
complete -c nc -l what -d 'Say what the rest of the line means here and in the other netcats, and do nothing'
complete -c nc -s u -l udp -d 'Use UDP instead of TCP'
complete -c nc -s U -l unixsock -d 'Use Unix-domain sockets: a path, or @NAME in the abstract namespace; with -u datagrams'
complete -c nc -l vsock -d 'Use vsock(7): a CID and a port'
complete -c nc -l sctp -d 'Use SCTP instead of TCP'
complete -c nc -s Z -l dccp -d 'Refused: Linux has no DCCP any more'
complete -c nc -s N -l shutdown -d 'When the input ends, shut down the sending direction of the connection'
complete -c nc -l no-shutdown -d 'When the input ends, leave the sending direction open'
complete -c nc -s d -l no-stdin -d 'Do not read standard input'
complete -c nc -l send-only -d 'Only send: what comes is dropped, and the end of the input ends all'
complete -c nc -l recv-only -d 'Only receive: nothing is sent'
complete -c nc -s C -l crlf -d 'Send a line feed as carriage return and line feed'
complete -c nc -s t -l telnet -d 'Answer Telnet negotiations with a refusal'
complete -c nc -l expect -d 'Judge what comes as messages of --generate: received, lost, duplicated, reordered, cut'
complete -c nc -l segments -d 'Show each read and each datagram on a line of its own, with time, length and a preview'
complete -c nc -l escape -d 'Make control octets visible when standard output is a terminal'
complete -c nc -l append-output -d 'Add to these files instead of replacing them'
complete -c nc -s k -l keep-open -d 'With -l: when a peer has left, wait for the next'
complete -c nc -l broker -d 'Send what one client says to all others'
complete -c nc -l chat -d 'Send what one client says to all others, with a name in front of each line'
complete -c nc -l no-reap -d 'With --serve fork: do not wait for children that have ended, so that they stay as zombies'
complete -c nc -l host-order-port -d 'Forget htons(3): give the port to bind(2) in host order, and say which one that is'
complete -c nc -s b -l broadcast -d 'Let a socket send to broadcast addresses'
complete -c nc -s D -l debug-socket -d 'Set SO_DEBUG'
complete -c nc -l keepalive -d 'Set SO_KEEPALIVE'
complete -c nc -s S -l tcp-md5 -d 'Sign segments with TCP MD5 (RFC 2385)'
complete -c nc -l no-reuseaddr -d 'Do not set SO_REUSEADDR'
complete -c nc -s F -l pass-socket -d 'Pass the first connected socket over standard output, a Unix-domain socket, and end (ssh\'s ProxyUseFdpass)'
complete -c nc -l ssl -d 'Use TLS'
complete -c nc -l ssl-verify -d 'Check the certificate and the name of the peer; a client does so unless --no-ssl-verify, but not as ncat'
complete -c nc -l no-ssl-verify -d 'Do not check the certificate of the peer'
complete -c nc -l help -d 'Print this help'
complete -c nc -l version -d 'Print name and version'
complete -c nc -l explain -d 'Show the working, step by step'
complete -c nc -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
