
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'netsum' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'netsum'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'netsum' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('udp', 'udp', [CompletionResultType]::ParameterValue, 'Work out the checksum of a UDP datagram, by hand and on paper')
            [CompletionResult]::new('udplite', 'udplite', [CompletionResultType]::ParameterValue, 'The checksum of a UDP-Lite datagram, which may cover less than all of it')
            [CompletionResult]::new('tcp', 'tcp', [CompletionResultType]::ParameterValue, 'The checksum of a TCP segment')
            [CompletionResult]::new('icmp', 'icmp', [CompletionResultType]::ParameterValue, 'The checksum of an ICMP message, which knows no addresses')
            [CompletionResult]::new('icmpv6', 'icmpv6', [CompletionResultType]::ParameterValue, 'The checksum of an ICMPv6 message')
            [CompletionResult]::new('igmp', 'igmp', [CompletionResultType]::ParameterValue, 'The checksum of an IGMP message')
            [CompletionResult]::new('ip', 'ip', [CompletionResultType]::ParameterValue, 'The checksum of an IPv4 header')
            [CompletionResult]::new('sctp', 'sctp', [CompletionResultType]::ParameterValue, 'The CRC32c of an SCTP packet, octet by octet')
            [CompletionResult]::new('raw', 'raw', [CompletionResultType]::ParameterValue, 'The checksum of any octets')
            [CompletionResult]::new('packet', 'packet', [CompletionResultType]::ParameterValue, 'Every checksum of a packet that is given in hex')
            [CompletionResult]::new('frame', 'frame', [CompletionResultType]::ParameterValue, 'Every checksum of one frame of a capture')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Bring a checksum up to date after a few words changed')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Judge every checksum of a capture, or of several')
            [CompletionResult]::new('solve', 'solve', [CompletionResultType]::ParameterValue, 'Find what may be attached to DATA, or put into it, without changing its checksum')
            [CompletionResult]::new('same', 'same', [CompletionResultType]::ParameterValue, 'Say whether two payloads have one checksum, and why')
            [CompletionResult]::new('fix', 'fix', [CompletionResultType]::ParameterValue, 'Write a copy of a capture in which the bad checksums are right')
            break
        }
        'netsum;udp' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--jumbo', '--jumbo', [CompletionResultType]::ParameterName, 'Compute a jumbogram, whose Length is 0, where there is too much data for a datagram over IPv6')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;udplite' {
            [CompletionResult]::new('--coverage', '--coverage', [CompletionResultType]::ParameterName, 'How many octets are covered, the 8 of the header included; 0 is all of them')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;tcp' {
            [CompletionResult]::new('--seq', '--seq', [CompletionResultType]::ParameterName, 'Sequence Number')
            [CompletionResult]::new('--ack', '--ack', [CompletionResultType]::ParameterName, 'Acknowledgment Number')
            [CompletionResult]::new('--flags', '--flags', [CompletionResultType]::ParameterName, 'Control bits: names with commas (syn,ack), letters (SA), a number, or none')
            [CompletionResult]::new('--window', '--window', [CompletionResultType]::ParameterName, 'Window')
            [CompletionResult]::new('--urgent', '--urgent', [CompletionResultType]::ParameterName, 'Urgent Pointer')
            [CompletionResult]::new('--options', '--options', [CompletionResultType]::ParameterName, 'Options, in words of four octets: 020405b4 for a maximum segment size of 1460')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--jumbo', '--jumbo', [CompletionResultType]::ParameterName, 'Compute a segment that is larger than any packet but a jumbogram')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;icmp' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Type')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Code')
            [CompletionResult]::new('--rest', '--rest', [CompletionResultType]::ParameterName, 'The four octets behind the checksum: of an echo, identifier and sequence number')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;icmpv6' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Type')
            [CompletionResult]::new('--code', '--code', [CompletionResultType]::ParameterName, 'Code')
            [CompletionResult]::new('--rest', '--rest', [CompletionResultType]::ParameterName, 'The four octets behind the checksum: of an echo, identifier and sequence number')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;igmp' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Type: 0x11 query, 0x16 report, 0x17 leave')
            [CompletionResult]::new('--max-resp', '--max-resp', [CompletionResultType]::ParameterName, 'Max Resp Time, in tenths of a second')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;ip' {
            [CompletionResult]::new('--tos', '--tos', [CompletionResultType]::ParameterName, 'Type of Service: DSCP and ECN')
            [CompletionResult]::new('--length', '--length', [CompletionResultType]::ParameterName, 'Total Length, header included; without it, that of the header')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Identification')
            [CompletionResult]::new('--flags', '--flags', [CompletionResultType]::ParameterName, 'df, mf, both with a comma, or none')
            [CompletionResult]::new('--offset', '--offset', [CompletionResultType]::ParameterName, 'Fragment Offset in octets, a multiple of 8')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'Time to Live')
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'Protocol: a number, or udp, tcp, icmp and the like')
            [CompletionResult]::new('--options', '--options', [CompletionResultType]::ParameterName, 'Options, in words of four octets')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;sctp' {
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Verification Tag')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;raw' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--crc32c', '--crc32c', [CompletionResultType]::ParameterName, 'Compute SCTP''s CRC32c instead of the sum')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;packet' {
            [CompletionResult]::new('--link', '--link', [CompletionResultType]::ParameterName, 'What it begins with: ethernet, raw (IP), sll, sll2, null, loop, ppp, pppoe, or a LINKTYPE_ number. Without it, IP if it begins like IP, and Ethernet if not')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;frame' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;update' {
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'TTL')
            [CompletionResult]::new('--id', '--id', [CompletionResultType]::ParameterName, 'Identification of IPv4')
            [CompletionResult]::new('--src', '--src', [CompletionResultType]::ParameterName, 'Source address; those of IPv6 in brackets')
            [CompletionResult]::new('--dst', '--dst', [CompletionResultType]::ParameterName, 'Destination address')
            [CompletionResult]::new('--sport', '--sport', [CompletionResultType]::ParameterName, 'Source port')
            [CompletionResult]::new('--dport', '--dport', [CompletionResultType]::ParameterName, 'Destination port')
            [CompletionResult]::new('--word', '--word', [CompletionResultType]::ParameterName, 'A word of 16 bits in hex; may be given several times')
            [CompletionResult]::new('--hex', '--hex', [CompletionResultType]::ParameterName, 'An even number of octets in hex, from an even place on; may be given several times')
            [CompletionResult]::new('--packet', '--packet', [CompletionResultType]::ParameterName, 'The packet before the change, in hex, @FILE or -: its checksums are summed afresh as well')
            [CompletionResult]::new('--link', '--link', [CompletionResultType]::ParameterName, 'What the packet begins with, as for netsum packet')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the checksum and nothing else')
            [CompletionResult]::new('--table', '--table', [CompletionResultType]::ParameterName, 'Print the sum as a table')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;verify' {
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'List only checksums with these verdicts, of these protocols: bad,illegal, or bad,udp for what is both. The table and the exit status are of all')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'Judge the frames of an interface when they pass, instead of a file''s; any is all interfaces. Needs CAP_NET_RAW')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'End after so many frames')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'End after so many frames')
            [CompletionResult]::new('--seconds', '--seconds', [CompletionResultType]::ParameterName, 'End after so many seconds, which may have a fraction')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'List every checksum, however many there are')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'List every checksum, however many there are')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'List no checksum, only the table of counts')
            [CompletionResult]::new('--summary', '--summary', [CompletionResultType]::ParameterName, 'List no checksum, only the table of counts')
            [CompletionResult]::new('--tsv', '--tsv', [CompletionResultType]::ParameterName, 'Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -, verdict, with tabs between them')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'With --tsv, put the name of the file in front of each line')
            [CompletionResult]::new('--with-filename', '--with-filename', [CompletionResultType]::ParameterName, 'With --tsv, put the name of the file in front of each line')
            [CompletionResult]::new('--promiscuous', '--promiscuous', [CompletionResultType]::ParameterName, 'Also judge frames to other hosts that reach the interface')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;solve' {
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Suffixes of K octets, or of each length from one to another: 6, 1-8; up to 64')
            [CompletionResult]::new('--length', '--length', [CompletionResultType]::ParameterName, 'Suffixes of K octets, or of each length from one to another: 6, 1-8; up to 64')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Octets that a suffix may have: printable, upper, lower, alpha, alnum, digits, any, hex:2d2e, or characters, among which A-F is a range')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'List the first N suffixes of each length, in lexicographic order [default: 10 of one length, 1 of several]')
            [CompletionResult]::new('--number', '--number', [CompletionResultType]::ParameterName, 'List the first N suffixes of each length, in lexicographic order [default: 10 of one length, 1 of several]')
            [CompletionResult]::new('--sample', '--sample', [CompletionResultType]::ParameterName, 'Draw suffixes at random instead of listing the first, each as likely as the other; one seed draws the same ones')
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'What carries DATA: how often its length is summed depends on it')
            [CompletionResult]::new('--src', '--src', [CompletionResultType]::ParameterName, 'Source address and port of a UDP datagram, so that its checksum is known')
            [CompletionResult]::new('--dst', '--dst', [CompletionResultType]::ParameterName, 'Destination address and port')
            [CompletionResult]::new('--from', '--from', [CompletionResultType]::ParameterName, 'The checksum that the packet has now, in hex, where it is known from elsewhere')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Make this the checksum, in hex, instead of keeping the one that it has')
            [CompletionResult]::new('--at', '--at', [CompletionResultType]::ParameterName, 'Overwrite the two octets at this offset of DATA, from 0, instead of attaching a suffix')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'Only count')
            [CompletionResult]::new('--insert', '--insert', [CompletionResultType]::ParameterName, 'Insert two octets there instead of overwriting')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print the suffixes or words and nothing else, as DATA is written; with --count the numbers')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print the suffixes or words and nothing else, as DATA is written; with --count the numbers')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;same' {
            [CompletionResult]::new('--protocol', '--protocol', [CompletionResultType]::ParameterName, 'What carries them: how often their lengths are summed depends on it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing: the exit status tells')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing: the exit status tells')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'netsum;fix' {
            [CompletionResult]::new('--make-bad', '--make-bad', [CompletionResultType]::ParameterName, 'Damage good checksums instead, for an exercise: all, or about one in N. They are listed')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'What decides which ones, and how: the same number damages the same file in the same way')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--fill-partial', '--fill-partial', [CompletionResultType]::ParameterName, 'Complete partial checksums too, which a sender left to its network interface')
            [CompletionResult]::new('--quoted', '--quoted', [CompletionResultType]::ParameterName, 'Repair the packets too that ICMP errors quote')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'List each checksum that is rewritten')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'List each checksum that is rewritten')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
