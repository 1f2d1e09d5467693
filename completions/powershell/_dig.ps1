
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'dig' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'dig'
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
        'dig' {
            [CompletionResult]::new('-b', '-b', [CompletionResultType]::ParameterName, 'Send from this address and port')
            [CompletionResult]::new('-c', '-c', [CompletionResultType]::ParameterName, 'Ask in this class: IN, CH, HS, CLASS300')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Look up what each line of the file says; - is standard input')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Sign queries with the key of this file')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Ask at this port, not at 53')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Ask for this name, even if it looks like something else')
            [CompletionResult]::new('-t', '-t', [CompletionResultType]::ParameterName, 'Ask for this type: A, MX, TYPE65280')
            [CompletionResult]::new('-x', '-x', [CompletionResultType]::ParameterName, 'Ask for the name of this address, or of part of it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Sign queries with this key')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-4', '-4', [CompletionResultType]::ParameterName, 'Use IPv4 only')
            [CompletionResult]::new('-6', '-6', [CompletionResultType]::ParameterName, 'Use IPv6 only')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Do nothing: ip6.int is gone')
            [CompletionResult]::new('-m', '-m', [CompletionResultType]::ParameterName, 'Do nothing: there is no memory to report on')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Do nothing: bit-string labels are gone')
            [CompletionResult]::new('-r', '-r', [CompletionResultType]::ParameterName, 'Do not read ~/.digrc')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Tell times in microseconds')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Print the version on standard error, as dig does')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print this help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print this help')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print the version')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
