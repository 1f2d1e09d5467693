
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'nc' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'nc'
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
        'nc' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'The local port; with -l, the port to listen on')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Leave this long after the input has ended, and shut down the sending direction then; a negative time is never')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'The local address to send from; with -l and -p, the address to listen on')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Give up a connection that is not made in this time, or on which nothing moves for this time')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6 only')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print a summary of the options on standard error')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'With -l: when a peer has left, wait for the next')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Listen for a connection instead of making one')
            [CompletionResult]::new('-N', '-N ', [CompletionResultType]::ParameterName, 'When the input ends, shut down the sending direction of the connection')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Resolve nothing: addresses and ports in numbers only')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Use UDP instead of TCP')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say on standard error what happens')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print this help')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print name and version')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
