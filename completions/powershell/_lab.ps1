
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'lab' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'lab'
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
        'lab' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('tour', 'tour', [CompletionResultType]::ParameterValue, 'See the suite at work: a datagram from its URL to the wire, and a TCP connection')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the experiments')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what an experiment is: its network, what is typed, its question')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check that a lab file is well written, without running it')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run an experiment, and check what is seen')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Run experiments, each in a process of its own, and say which showed what theory says')
            [CompletionResult]::new('shell', 'shell', [CompletionResultType]::ParameterValue, 'Open a shell on a host of an experiment, to do it by hand')
            [CompletionResult]::new('clean', 'clean', [CompletionResultType]::ParameterValue, 'Remove what a lab that was killed has left: processes and working folders')
            [CompletionResult]::new('probe', 'probe', [CompletionResultType]::ParameterValue, 'Try whether hosts can be made here; if not, say why and what helps')
            [CompletionResult]::new('calls', 'calls', [CompletionResultType]::ParameterValue, 'Perform socket calls as typed, and show each with what it returned')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Be a server that an experiment needs')
            [CompletionResult]::new('client', 'client', [CompletionResultType]::ParameterValue, 'Be a client that an experiment needs')
            break
        }
        'lab;tour' {
            [CompletionResult]::new('--pcap', '--pcap', [CompletionResultType]::ParameterName, 'Keep the capture of what was sent')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--loopback', '--loopback', [CompletionResultType]::ParameterName, 'Stay on the loopback interface, even where two hosts could be made')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;list' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;show' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--answer', '--answer', [CompletionResultType]::ParameterName, 'Show the answer too, and what must be seen in each step')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;check' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;run' {
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'The chances of the wires: the same number, the same losses')
            [CompletionResult]::new('--pcap', '--pcap', [CompletionResultType]::ParameterName, 'Keep what was sent: a capture of each link in this folder')
            [CompletionResult]::new('--html', '--html', [CompletionResultType]::ParameterName, 'Write all of it as a page that needs nothing else: to be printed, or handed in')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--fast', '--fast', [CompletionResultType]::ParameterName, 'Take less time, where the experiment allows it')
            [CompletionResult]::new('--answer', '--answer', [CompletionResultType]::ParameterName, 'Put the answer to the question on the page')
            [CompletionResult]::new('--keep-going', '--keep-going', [CompletionResultType]::ParameterName, 'Go on after a step that could not be done')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;verify' {
            [CompletionResult]::new('--jobs', '--jobs', [CompletionResultType]::ParameterName, 'How many at a time')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'The chances of the wires: the same number, the same losses')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--skip-impossible', '--skip-impossible', [CompletionResultType]::ParameterName, 'Pass even if this machine cannot do some of them')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;shell' {
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'The chances of the wires: the same number, the same losses')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;clean' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be removed')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;probe' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;calls' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--stop', '--stop', [CompletionResultType]::ParameterName, 'End with the first call that fails, with status 1')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;serve' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('http', 'http', [CompletionResultType]::ParameterValue, 'A web server with one page, over HTTP/1.0, one client after another')
            [CompletionResult]::new('dns', 'dns', [CompletionResultType]::ParameterValue, 'A name server for zones of files, or a resolver that asks its way from the root')
            [CompletionResult]::new('upper-lossy', 'upper-lossy', [CompletionResultType]::ParameterValue, 'A server that answers datagrams in capitals, and loses some of them')
            [CompletionResult]::new('echo', 'echo', [CompletionResultType]::ParameterValue, 'A server that gives each client a process, and learns in one of several ways that one has ended, or never')
            break
        }
        'lab;serve;http' {
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'The page; without, one that says that it works')
            [CompletionResult]::new('--tls', '--tls', [CompletionResultType]::ParameterName, 'Over TLS, with a certificate that is like this')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Whose certificate it is')
            [CompletionResult]::new('--issuer', '--issuer', [CompletionResultType]::ParameterName, 'What the authority calls itself')
            [CompletionResult]::new('--authority', '--authority', [CompletionResultType]::ParameterName, 'Where the certificate of the authority is written, as PEM, for those who shall trust it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;serve;dns' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where it waits: ADDR:PORT or PORT')
            [CompletionResult]::new('--hints', '--hints', [CompletionResultType]::ParameterName, 'Resolve names: ask the root servers of this file, and those to whom they refer, and remember the answers')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;serve;upper-lossy' {
            [CompletionResult]::new('--loss', '--loss', [CompletionResultType]::ParameterName, 'How many of a hundred it loses')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'The same number, the same losses')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;serve;echo' {
            [CompletionResult]::new('--model', '--model', [CompletionResultType]::ParameterName, 'Who waits for the processes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing of clients and processes')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;client' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('knock-knock', 'knock-knock', [CompletionResultType]::ParameterValue, 'Hear a joke to its end')
            [CompletionResult]::new('udp-ping', 'udp-ping', [CompletionResultType]::ParameterValue, 'Ask over UDP, wait for each answer as long as it may, and measure the round-trip times')
            [CompletionResult]::new('census', 'census', [CompletionResultType]::ParameterValue, 'Say what a server of this host and its children take: processes, threads, zombies, memory')
            [CompletionResult]::new('load', 'load', [CompletionResultType]::ParameterValue, 'Be many clients of an echo server at once, and say what that took')
            break
        }
        'lab;client;knock-knock' {
            [CompletionResult]::new('--jokes', '--jokes', [CompletionResultType]::ParameterName, 'How many jokes')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;client;udp-ping' {
            [CompletionResult]::new('--count', '--count', [CompletionResultType]::ParameterName, 'How many questions')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long an answer may take, in seconds')
            [CompletionResult]::new('--interval', '--interval', [CompletionResultType]::ParameterName, 'How long to wait between two questions, in seconds')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;client;census' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'Use colour: on a terminal, always or never')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'Show the working, step by step')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print JSON Lines: one object a line, with "schema", "type" and "data"')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'lab;client;load' {
            [CompletionResult]::new('--clients', '--clients', [CompletionResultType]::ParameterName, 'How many clients; several numbers, as in 1,10,100, come one after another')
            [CompletionResult]::new('--hold', '--hold', [CompletionResultType]::ParameterName, 'How long each that was served stays at least, in seconds')
            [CompletionResult]::new('--stay', '--stay', [CompletionResultType]::ParameterName, 'How long each that was served waits for the others at most, in seconds')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'When those that were not served are given up, in seconds')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Make one line of a table for each number of clients, which begins with this')
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
