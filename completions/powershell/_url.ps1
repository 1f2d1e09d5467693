
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'url' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'url'
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
        'url' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Take URLs from a file, one a line; - is standard input')
            [CompletionResult]::new('--url-file', '--url-file', [CompletionResultType]::ParameterName, 'Take URLs from a file, one a line; - is standard input')
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Print a line a URL by a template: {component} stands for a component')
            [CompletionResult]::new('--get', '--get', [CompletionResultType]::ParameterName, 'Print a line a URL by a template: {component} stands for a component')
            [CompletionResult]::new('--fields', '--fields', [CompletionResultType]::ParameterName, 'The columns of --csv')
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'By which standard: both in the table, whatwg in JSON unless told')
            [CompletionResult]::new('--base', '--base', [CompletionResultType]::ParameterName, 'Resolve each URL, which may be a relative reference, against this one first')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Set a component: := takes the value as encoded already, ?= only where there is none')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Set a component: := takes the value as encoded already, ?= only where there is none')
            [CompletionResult]::new('-a', '-a', [CompletionResultType]::ParameterName, 'Append a segment to the path, or a pair to the query')
            [CompletionResult]::new('--append', '--append', [CompletionResultType]::ParameterName, 'Append a segment to the path, or a pair to the query')
            [CompletionResult]::new('--trim', '--trim', [CompletionResultType]::ParameterName, 'Take away the pairs of the query of this name; * at its end stands for anything')
            [CompletionResult]::new('--qtrim', '--qtrim', [CompletionResultType]::ParameterName, 'The same without query=')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Give the first pair of this name a value, and take away the others')
            [CompletionResult]::new('--replace-append', '--replace-append', [CompletionResultType]::ParameterName, 'The same, and append the pair where there is none')
            [CompletionResult]::new('--redirect', '--redirect', [CompletionResultType]::ParameterName, 'Go where this reference leads to from the URL')
            [CompletionResult]::new('--iterate', '--iterate', [CompletionResultType]::ParameterName, 'Set a component to one value after the other: a URL each')
            [CompletionResult]::new('--query-separator', '--query-separator', [CompletionResultType]::ParameterName, 'What stands between the pairs of the query, in place of &')
            [CompletionResult]::new('--url', '--url', [CompletionResultType]::ParameterName, 'A URL, as if it stood alone')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--csv', '--csv', [CompletionResultType]::ParameterName, 'Print comma-separated values, a line a URL')
            [CompletionResult]::new('--resolve', '--resolve', [CompletionResultType]::ParameterName, 'Ask getaddrinfo(3) for the addresses of each host')
            [CompletionResult]::new('--sort-query', '--sort-query', [CompletionResultType]::ParameterName, 'Sort the pairs of the query')
            [CompletionResult]::new('--default-port', '--default-port', [CompletionResultType]::ParameterName, 'Show the scheme''s port where the URL has none')
            [CompletionResult]::new('--keep-port', '--keep-port', [CompletionResultType]::ParameterName, 'Keep a port that is the scheme''s own')
            [CompletionResult]::new('--punycode', '--punycode', [CompletionResultType]::ParameterName, 'Show hosts in ASCII')
            [CompletionResult]::new('--as-idn', '--as-idn', [CompletionResultType]::ParameterName, 'Show hosts in Unicode')
            [CompletionResult]::new('--urlencode', '--urlencode', [CompletionResultType]::ParameterName, 'Show components percent-encoded')
            [CompletionResult]::new('--accept-space', '--accept-space', [CompletionResultType]::ParameterName, 'Take blanks in URLs, and encode them')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'Refuse schemes that libcurl does not know')
            [CompletionResult]::new('--no-guess-scheme', '--no-guess-scheme', [CompletionResultType]::ParameterName, 'Guess no scheme: url never does')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'Stop at the first malformed URL')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print no notes: url never does')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('same', 'same', [CompletionResultType]::ParameterValue, 'Say whether two URLs are the same, and by which rule')
            [CompletionResult]::new('diff', 'diff', [CompletionResultType]::ParameterValue, 'Show where two URLs differ, component by component')
            [CompletionResult]::new('connect', 'connect', [CompletionResultType]::ParameterValue, 'Show what an HTTP client would ask, connect to and send')
            [CompletionResult]::new('encode', 'encode', [CompletionResultType]::ParameterValue, 'Percent-encode a text by a chosen set')
            [CompletionResult]::new('decode', 'decode', [CompletionResultType]::ParameterValue, 'Undo percent-encoding')
            break
        }
        'url;same' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'url;diff' {
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'By which standard they are read and normalised: whatwg or rfc3986')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'url;connect' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--no-resolve', '--no-resolve', [CompletionResultType]::ParameterName, 'Ask no resolver: only what the URL says')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'url;encode' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Which octets are encoded')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Which octets are encoded')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Characters of ASCII to leave as they are all the same')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Characters of ASCII to leave as they are all the same')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Instead, a host or the host of a URL in Punycode')
            [CompletionResult]::new('--punycode', '--punycode', [CompletionResultType]::ParameterName, 'Instead, a host or the host of a URL in Punycode')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Each line of standard input by itself')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Each line of standard input by itself')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'url;decode' {
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Leave what this set encodes; in a form, + is a blank too')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Leave what this set encodes; in a form, + is a blank too')
            [CompletionResult]::new('-k', '-k', [CompletionResultType]::ParameterName, 'Characters of ASCII to leave encoded')
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Characters of ASCII to leave encoded')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('-u', '-u', [CompletionResultType]::ParameterName, 'Instead, a host or the host of a URL in Unicode')
            [CompletionResult]::new('--unicode', '--unicode', [CompletionResultType]::ParameterName, 'Instead, a host or the host of a URL in Unicode')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Each line of standard input by itself')
            [CompletionResult]::new('--lines', '--lines', [CompletionResultType]::ParameterName, 'Each line of standard input by itself')
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
