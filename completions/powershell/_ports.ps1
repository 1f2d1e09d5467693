
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'ports' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'ports'
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
        'ports' {
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Kinds by name, with commas: tcp, udp, raw, inet, unix, packet, netlink, vsock, all')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'Kinds by name, with commas: tcp, udp, raw, inet, unix, packet, netlink, vsock, all')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'A family: inet, inet6, unix, link, netlink, vsock')
            [CompletionResult]::new('--family', '--family', [CompletionResultType]::ParameterName, 'A family: inet, inet6, unix, link, netlink, vsock')
            [CompletionResult]::new('-N', '-N ', [CompletionResultType]::ParameterName, 'Look into another network namespace: its name, a process in it, its file, or all; may be given again')
            [CompletionResult]::new('--netns', '--netns', [CompletionResultType]::ParameterName, 'Look into another network namespace: its name, a process in it, its file, or all; may be given again')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Timers; with a list such as local,peer,state these columns, with +timer,rtt these too (-o help lists them)')
            [CompletionResult]::new('--columns', '--columns', [CompletionResultType]::ParameterName, 'Columns, as -o; without a list, say which there are')
            [CompletionResult]::new('--sort', '--sort', [CompletionResultType]::ParameterName, 'Order by columns, such as state,-recvq; - puts the greatest first')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TCP sockets (without any kind: TCP and UDP)')
            [CompletionResult]::new('--tcp', '--tcp', [CompletionResultType]::ParameterName, 'TCP sockets (without any kind: TCP and UDP)')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'UDP sockets')
            [CompletionResult]::new('--udp', '--udp', [CompletionResultType]::ParameterName, 'UDP sockets')
            [CompletionResult]::new('-U', '-U ', [CompletionResultType]::ParameterName, 'UDP-Lite sockets')
            [CompletionResult]::new('--udplite', '--udplite', [CompletionResultType]::ParameterName, 'UDP-Lite sockets')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Raw sockets')
            [CompletionResult]::new('--raw', '--raw', [CompletionResultType]::ParameterName, 'Raw sockets')
            [CompletionResult]::new('--ping', '--ping', [CompletionResultType]::ParameterName, 'Ping sockets: ICMP echo without privilege')
            [CompletionResult]::new('-M', '-M ', [CompletionResultType]::ParameterName, 'Multipath TCP connections')
            [CompletionResult]::new('--mptcp', '--mptcp', [CompletionResultType]::ParameterName, 'Multipath TCP connections')
            [CompletionResult]::new('-S', '-S ', [CompletionResultType]::ParameterName, 'SCTP endpoints and associations')
            [CompletionResult]::new('--sctp', '--sctp', [CompletionResultType]::ParameterName, 'SCTP endpoints and associations')
            [CompletionResult]::new('-d', '-d', [CompletionResultType]::ParameterName, 'DCCP sockets')
            [CompletionResult]::new('--dccp', '--dccp', [CompletionResultType]::ParameterName, 'DCCP sockets')
            [CompletionResult]::new('-x', '-x', [CompletionResultType]::ParameterName, 'Unix-domain sockets')
            [CompletionResult]::new('--unix', '--unix', [CompletionResultType]::ParameterName, 'Unix-domain sockets')
            [CompletionResult]::new('-0', '-0', [CompletionResultType]::ParameterName, 'Packet sockets: frames of an interface')
            [CompletionResult]::new('--packet', '--packet', [CompletionResultType]::ParameterName, 'Packet sockets: frames of an interface')
            [CompletionResult]::new('--netlink', '--netlink', [CompletionResultType]::ParameterName, 'Netlink sockets')
            [CompletionResult]::new('--vsock', '--vsock', [CompletionResultType]::ParameterName, 'Sockets between a virtual machine and its host')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Sockets of the IPv4 family (without -4 and -6: both)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Sockets of the IPv4 family (without -4 and -6: both)')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Sockets of the IPv6 family, those that carry IPv4 included')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Sockets of the IPv6 family, those that carry IPv4 included')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Those that wait for peers: LISTEN, and sockets without states that are not connected')
            [CompletionResult]::new('--listening', '--listening', [CompletionResultType]::ParameterName, 'Those that wait for peers: LISTEN, and sockets without states that are not connected')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l')
            [CompletionResult]::new('-B', '-B ', [CompletionResultType]::ParameterName, 'TCP sockets that have a port and neither listen nor connect')
            [CompletionResult]::new('--bound', '--bound', [CompletionResultType]::ParameterName, 'TCP sockets that have a port and neither listen nor connect')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Ports as numbers, not as the names of services(5). Addresses are always numbers')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'Ports as numbers, not as the names of services(5). Addresses are always numbers')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Ask for the names of the peers'' hosts: this may send questions to name servers')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Ask for the names of the peers'' hosts: this may send questions to name servers')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Every process and descriptor that holds the socket')
            [CompletionResult]::new('--processes', '--processes', [CompletionResultType]::ParameterName, 'Every process and descriptor that holds the socket')
            [CompletionResult]::new('--first-owner', '--first-owner', [CompletionResultType]::ParameterName, 'One owner a socket, and no further search once each has one; implies -p')
            [CompletionResult]::new('--timers', '--timers', [CompletionResultType]::ParameterName, 'Timers, as -o alone')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'User, inode and cookie')
            [CompletionResult]::new('--extended', '--extended', [CompletionResultType]::ParameterName, 'User, inode and cookie')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Memory in use, its limits, and drops')
            [CompletionResult]::new('--memory', '--memory', [CompletionResultType]::ParameterName, 'Memory in use, its limits, and drops')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'What TCP knows of the connection: times, windows, what was sent and received')
            [CompletionResult]::new('--info', '--info', [CompletionResultType]::ParameterName, 'What TCP knows of the connection: times, windows, what was sent and received')
            [CompletionResult]::new('-O', '-O ', [CompletionResultType]::ParameterName, 'One line a socket on a terminal too, however long')
            [CompletionResult]::new('--one-line', '--one-line', [CompletionResultType]::ParameterName, 'One line a socket on a terminal too, however long')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Leave out the line of headings')
            [CompletionResult]::new('--no-header', '--no-header', [CompletionResultType]::ParameterName, 'Leave out the line of headings')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'How many sockets there are of each kind, family and state, instead of a list')
            [CompletionResult]::new('--summary', '--summary', [CompletionResultType]::ParameterName, 'How many sockets there are of each kind, family and state, instead of a list')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Print comma-separated values')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Say why a port is not to be had, and what helps')
            [CompletionResult]::new('free', 'free', [CompletionResultType]::ParameterValue, 'Destroy what keeps a port: TIME-WAIT and orphans, after asking')
            [CompletionResult]::new('wait', 'wait', [CompletionResultType]::ParameterValue, 'Wait until a port is in a state')
            [CompletionResult]::new('reach', 'reach', [CompletionResultType]::ParameterValue, 'Say from where each listener can be reached')
            [CompletionResult]::new('options', 'options', [CompletionResultType]::ParameterValue, 'Show the socket options of another process')
            [CompletionResult]::new('watch', 'watch', [CompletionResultType]::ParameterValue, 'Show each change of state as it happens')
            [CompletionResult]::new('log', 'log', [CompletionResultType]::ParameterValue, 'Show each connection as it closes')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a state, or the sockets of a process or port')
            [CompletionResult]::new('backlog', 'backlog', [CompletionResultType]::ParameterValue, 'Show how full the accept queues are')
            break
        }
        'ports;why' {
            [CompletionResult]::new('--device', '--device', [CompletionResultType]::ParameterName, 'As if SO_BINDTODEVICE were set to this interface before bind')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'How many sockets are shown; those that differ in the peer alone count as one. JSON has all')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TCP: the default')
            [CompletionResult]::new('--tcp', '--tcp', [CompletionResultType]::ParameterName, 'TCP: the default')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'UDP')
            [CompletionResult]::new('--udp', '--udp', [CompletionResultType]::ParameterName, 'UDP')
            [CompletionResult]::new('--reuseaddr', '--reuseaddr', [CompletionResultType]::ParameterName, 'As if SO_REUSEADDR were set before bind')
            [CompletionResult]::new('--reuseport', '--reuseport', [CompletionResultType]::ParameterName, 'As if SO_REUSEPORT were set before bind')
            [CompletionResult]::new('--v6only', '--v6only', [CompletionResultType]::ParameterName, 'As if IPV6_V6ONLY were set before bind')
            [CompletionResult]::new('--no-trial', '--no-trial', [CompletionResultType]::ParameterName, 'Judge by the list of sockets alone, and bind nothing')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;free' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Do not ask')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be destroyed, and destroy nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be destroyed, and destroy nothing')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;wait' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after so many seconds, which may have a fraction')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TCP: the default')
            [CompletionResult]::new('--tcp', '--tcp', [CompletionResultType]::ParameterName, 'TCP: the default')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'UDP')
            [CompletionResult]::new('--udp', '--udp', [CompletionResultType]::ParameterName, 'UDP')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;reach' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TCP listeners (without -t and -u: both)')
            [CompletionResult]::new('--tcp', '--tcp', [CompletionResultType]::ParameterName, 'TCP listeners (without -t and -u: both)')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'UDP sockets that take datagrams from anybody')
            [CompletionResult]::new('--udp', '--udp', [CompletionResultType]::ParameterName, 'UDP sockets that take datagrams from anybody')
            [CompletionResult]::new('-e', '-e', [CompletionResultType]::ParameterName, 'Only what others can reach: status 1 if there is nothing')
            [CompletionResult]::new('--exposed', '--exposed', [CompletionResultType]::ParameterName, 'Only what others can reach: status 1 if there is nothing')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;options' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Only what differs from a new socket of the same kind')
            [CompletionResult]::new('--changed', '--changed', [CompletionResultType]::ParameterName, 'Only what differs from a new socket of the same kind')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;watch' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'End after so many lines')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'End after so many lines')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'End after so many seconds, which may have a fraction')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'List the sockets so often, whatever it costs; without it every 0.05 s, and less often where that takes much of a processor')
            [CompletionResult]::new('--countdown', '--countdown', [CompletionResultType]::ParameterName, 'Say every so many seconds how long each TIME-WAIT goes on')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TCP sockets (without -t and -u: both)')
            [CompletionResult]::new('--tcp', '--tcp', [CompletionResultType]::ParameterName, 'TCP sockets (without -t and -u: both)')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'UDP sockets')
            [CompletionResult]::new('--udp', '--udp', [CompletionResultType]::ParameterName, 'UDP sockets')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Sockets of the IPv4 family (without -4 and -6: both)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Sockets of the IPv4 family (without -4 and -6: both)')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Sockets of the IPv6 family')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Sockets of the IPv6 family')
            [CompletionResult]::new('--no-trace', '--no-trace', [CompletionResultType]::ParameterName, 'Use no trace events, even as root')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;log' {
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'End after so many lines')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'End after so many lines')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'End after so many seconds, which may have a fraction')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TCP sockets (without -t and -u: both)')
            [CompletionResult]::new('--tcp', '--tcp', [CompletionResultType]::ParameterName, 'TCP sockets (without -t and -u: both)')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'UDP sockets')
            [CompletionResult]::new('--udp', '--udp', [CompletionResultType]::ParameterName, 'UDP sockets')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Sockets of the IPv4 family (without -4 and -6: both)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Sockets of the IPv4 family (without -4 and -6: both)')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Sockets of the IPv6 family')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Sockets of the IPv6 family')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;explain' {
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'How many sockets of a port or process are explained')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--no-drawing', '--no-drawing', [CompletionResultType]::ParameterName, 'Leave out the drawing of the state machine')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;backlog' {
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'Look every so many seconds, which may have a fraction')
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'End after so many changes')
            [CompletionResult]::new('--duration', '--duration', [CompletionResultType]::ParameterName, 'End after so many seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Go on, and show each change as it is seen')
            [CompletionResult]::new('--follow', '--follow', [CompletionResultType]::ParameterName, 'Go on, and show each change as it is seen')
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
