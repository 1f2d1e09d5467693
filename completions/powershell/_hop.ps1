
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'hop' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'hop'
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
        'hop' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Use IPv4')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Use IPv6')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'Show the names of addresses too, which asks the resolver')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('ping', 'ping', [CompletionResultType]::ParameterValue, 'Send probes to a host again and again, and count what comes back')
            [CompletionResult]::new('trace', 'trace', [CompletionResultType]::ParameterValue, 'Find the routers on the way to a host')
            break
        }
        'hop;ping' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'End after this many probes')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'End after this many probes')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Seconds between probes: 1 if nothing is said; less than 0.002 is for root, and 0 is as fast as -f')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'Seconds between probes: 1 if nothing is said; less than 0.002 is for root, and 0 is as fast as -f')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Send this many probes at once at first; more than 3 is for root')
            [CompletionResult]::new('--preload', '--preload', [CompletionResultType]::ParameterName, 'Send this many probes at once at first; more than 3 is for root')
            [CompletionResult]::new('-W', '-W ', [CompletionResultType]::ParameterName, 'Seconds to wait for the last answers')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Seconds to wait for the last answers')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'End after this many seconds; with -c, wait for that many answers')
            [CompletionResult]::new('--deadline', '--deadline', [CompletionResultType]::ParameterName, 'End after this many seconds; with -c, wait for that many answers')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Octets of data behind the ICMP or UDP header: 56 if nothing is said')
            [CompletionResult]::new('--payload', '--payload', [CompletionResultType]::ParameterName, 'Octets of data behind the ICMP or UDP header: 56 if nothing is said')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TTL of IPv4, hop limit of IPv6')
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'TTL of IPv4, hop limit of IPv6')
            [CompletionResult]::new('-M', '-M ', [CompletionResultType]::ParameterName, 'What becomes of probes that are longer than a link carries')
            [CompletionResult]::new('--fragment', '--fragment', [CompletionResultType]::ParameterName, 'What becomes of probes that are longer than a link carries')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'Send from this address, or by this interface')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Send from this address, or by this interface')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP')
            [CompletionResult]::new('--sport', '--sport', [CompletionResultType]::ParameterName, 'Source port of UDP and TCP probes')
            [CompletionResult]::new('--flow', '--flow', [CompletionResultType]::ParameterName, 'Whether routers that balance load see one flow or many')
            [CompletionResult]::new('--tos', '--tos', [CompletionResultType]::ParameterName, 'Type of service of IPv4, traffic class of IPv6')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--icmp', '--icmp', [CompletionResultType]::ParameterName, 'Send ICMP echo requests, and nothing else if the system refuses')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'Send UDP datagrams; an ICMP port unreachable of the host counts as an answer')
            [CompletionResult]::new('--udp', '--udp', [CompletionResultType]::ParameterName, 'Send UDP datagrams; an ICMP port unreachable of the host counts as an answer')
            [CompletionResult]::new('-T', '-T ', [CompletionResultType]::ParameterName, 'Open TCP connections; a refusal counts as an answer')
            [CompletionResult]::new('--tcp', '--tcp', [CompletionResultType]::ParameterName, 'Open TCP connections; a refusal counts as an answer')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Send the next probe as soon as the one before is answered, or after 10 ms, and show the summary only; for root')
            [CompletionResult]::new('--flood', '--flood', [CompletionResultType]::ParameterName, 'Send the next probe as soon as the one before is answered, or after 10 ms, and show the summary only; for root')
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'Let probes go to a broadcast address, from where many may answer')
            [CompletionResult]::new('--broadcast', '--broadcast', [CompletionResultType]::ParameterName, 'Let probes go to a broadcast address, from where many may answer')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show the summary only')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show the summary only')
            [CompletionResult]::new('-D', '-D ', [CompletionResultType]::ParameterName, 'Begin each line with the time, in seconds since 1970')
            [CompletionResult]::new('--timestamps', '--timestamps', [CompletionResultType]::ParameterName, 'Begin each line with the time, in seconds since 1970')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Use IPv4')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Use IPv6')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show addresses only, which is what happens anyhow')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'Show the names of addresses too, which asks the resolver')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'hop;trace' {
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Probes a hop')
            [CompletionResult]::new('--queries', '--queries', [CompletionResultType]::ParameterName, 'Probes a hop')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'The last hop to ask, 255 at most')
            [CompletionResult]::new('--max', '--max', [CompletionResultType]::ParameterName, 'The last hop to ask, 255 at most')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'The first hop to ask')
            [CompletionResult]::new('--first', '--first', [CompletionResultType]::ParameterName, 'The first hop to ask')
            [CompletionResult]::new('-N', '-N ', [CompletionResultType]::ParameterName, 'Probes under way at the same time, 16 at most')
            [CompletionResult]::new('--parallel', '--parallel', [CompletionResultType]::ParameterName, 'Probes under way at the same time, 16 at most')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer; HERE times the round trip of the same hop and NEAR times that of a later one at most')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Seconds to wait for an answer; HERE times the round trip of the same hop and NEAR times that of a later one at most')
            [CompletionResult]::new('--size', '--size', [CompletionResultType]::ParameterName, 'Octets of a whole packet: 60, and 80 over IPv6')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Send from this address')
            [CompletionResult]::new('--source', '--source', [CompletionResultType]::ParameterName, 'Send from this address')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Send by this interface')
            [CompletionResult]::new('--interface', '--interface', [CompletionResultType]::ParameterName, 'Send by this interface')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP')
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP')
            [CompletionResult]::new('--sport', '--sport', [CompletionResultType]::ParameterName, 'Source port of UDP and TCP probes')
            [CompletionResult]::new('--flow', '--flow', [CompletionResultType]::ParameterName, 'Whether routers that balance load see one flow or many')
            [CompletionResult]::new('--tos', '--tos', [CompletionResultType]::ParameterName, 'Type of service of IPv4, traffic class of IPv6')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-I', '-I ', [CompletionResultType]::ParameterName, 'Send ICMP echo requests')
            [CompletionResult]::new('--icmp', '--icmp', [CompletionResultType]::ParameterName, 'Send ICMP echo requests')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'Send UDP datagrams, which is what happens if nothing is said')
            [CompletionResult]::new('--udp', '--udp', [CompletionResultType]::ParameterName, 'Send UDP datagrams, which is what happens if nothing is said')
            [CompletionResult]::new('-T', '-T ', [CompletionResultType]::ParameterName, 'Open TCP connections')
            [CompletionResult]::new('--tcp', '--tcp', [CompletionResultType]::ParameterName, 'Open TCP connections')
            [CompletionResult]::new('--mtu', '--mtu', [CompletionResultType]::ParameterName, 'Find the path MTU: the longest packets, never fragmented, one after the other')
            [CompletionResult]::new('-F', '-F ', [CompletionResultType]::ParameterName, 'Never fragment probes')
            [CompletionResult]::new('--dont-fragment', '--dont-fragment', [CompletionResultType]::ParameterName, 'Never fragment probes')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Use IPv4')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Use IPv6')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show addresses only, which is what happens anyhow')
            [CompletionResult]::new('--names', '--names', [CompletionResultType]::ParameterName, 'Show the names of addresses too, which asks the resolver')
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
