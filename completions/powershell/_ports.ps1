
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
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'TCP sockets (without -t and -u: both)')
            [CompletionResult]::new('--tcp', '--tcp', [CompletionResultType]::ParameterName, 'TCP sockets (without -t and -u: both)')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'UDP sockets')
            [CompletionResult]::new('--udp', '--udp', [CompletionResultType]::ParameterName, 'UDP sockets')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Those that wait for peers: LISTEN, and UDP sockets that are not connected')
            [CompletionResult]::new('--listening', '--listening', [CompletionResultType]::ParameterName, 'Those that wait for peers: LISTEN, and UDP sockets that are not connected')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Sockets of the IPv4 family (without -4 and -6: both)')
            [CompletionResult]::new('--ipv4', '--ipv4', [CompletionResultType]::ParameterName, 'Sockets of the IPv4 family (without -4 and -6: both)')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Sockets of the IPv6 family, those that carry IPv4 included')
            [CompletionResult]::new('--ipv6', '--ipv6', [CompletionResultType]::ParameterName, 'Sockets of the IPv6 family, those that carry IPv4 included')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Ports as numbers, not as the names of services(5). Addresses are always numbers')
            [CompletionResult]::new('--numeric', '--numeric', [CompletionResultType]::ParameterName, 'Ports as numbers, not as the names of services(5). Addresses are always numbers')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Every process and descriptor that holds the socket')
            [CompletionResult]::new('--processes', '--processes', [CompletionResultType]::ParameterName, 'Every process and descriptor that holds the socket')
            [CompletionResult]::new('--first-owner', '--first-owner', [CompletionResultType]::ParameterName, 'One owner a socket, and no further search once each has one; implies -p')
            [CompletionResult]::new('-H', '-H ', [CompletionResultType]::ParameterName, 'Leave out the line of headings')
            [CompletionResult]::new('--no-header', '--no-header', [CompletionResultType]::ParameterName, 'Leave out the line of headings')
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
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;wait' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it')
            [CompletionResult]::new('--state', '--state', [CompletionResultType]::ParameterName, 'The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Give up after so many seconds')
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
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;options' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;watch' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;log' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;explain' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'ports;backlog' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
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
