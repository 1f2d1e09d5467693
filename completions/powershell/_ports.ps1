
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
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
