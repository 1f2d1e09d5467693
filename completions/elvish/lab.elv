
use builtin;
use str;

set edit:completion:arg-completer[lab] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'lab'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'lab'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand tour 'See the suite at work: a datagram from its URL to the wire, and a TCP connection'
            cand list 'List the experiments'
            cand show 'Show what an experiment is: its network, what is typed, its question'
            cand check 'Check that a lab file is well written, without running it'
            cand run 'Run an experiment, and check what is seen'
            cand verify 'Run experiments, each in a process of its own, and say which showed what theory says'
            cand shell 'Open a shell on a host of an experiment, to do it by hand'
            cand clean 'Remove what a lab that was killed has left: processes and working folders'
            cand probe 'Try whether hosts can be made here; if not, say why and what helps'
            cand calls 'Perform socket calls as typed, and show each with what it returned'
            cand serve 'Be a server that an experiment needs'
            cand client 'Be a client that an experiment needs'
        }
        &'lab;tour'= {
            cand --pcap 'Keep the capture of what was sent'
            cand --color 'Use colour: on a terminal, always or never'
            cand --loopback 'Stay on the loopback interface, even where two hosts could be made'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;list'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;show'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --answer 'Show the answer too, and what must be seen in each step'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;check'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;run'= {
            cand --seed 'The chances of the wires: the same number, the same losses'
            cand --pcap 'Keep what was sent: a capture of each link in this folder'
            cand --html 'Write all of it as a page that needs nothing else: to be printed, or handed in'
            cand --color 'Use colour: on a terminal, always or never'
            cand --fast 'Take less time, where the experiment allows it'
            cand --answer 'Put the answer to the question on the page'
            cand --keep-going 'Go on after a step that could not be done'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;verify'= {
            cand --jobs 'How many at a time'
            cand --seed 'The chances of the wires: the same number, the same losses'
            cand --color 'Use colour: on a terminal, always or never'
            cand --skip-impossible 'Pass even if this machine cannot do some of them'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;shell'= {
            cand --seed 'The chances of the wires: the same number, the same losses'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;clean'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --dry-run 'Only say what would be removed'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;probe'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;calls'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --stop 'End with the first call that fails, with status 1'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;serve'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand http 'A web server with one page, over HTTP/1.0, one client after another'
            cand dns 'A name server for zones of files, or a resolver that asks its way from the root'
            cand upper-lossy 'A server that answers datagrams in capitals, and loses some of them'
            cand echo 'A server that gives each client a process, and learns in one of several ways that one has ended, or never'
        }
        &'lab;serve;http'= {
            cand --page 'The page; without, one that says that it works'
            cand --tls 'Over TLS, with a certificate that is like this'
            cand --name 'Whose certificate it is'
            cand --issuer 'What the authority calls itself'
            cand --authority 'Where the certificate of the authority is written, as PEM, for those who shall trust it'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;serve;dns'= {
            cand --listen 'Where it waits: ADDR:PORT or PORT'
            cand --hints 'Resolve names: ask the root servers of this file, and those to whom they refer, and remember the answers'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;serve;upper-lossy'= {
            cand --loss 'How many of a hundred it loses'
            cand --seed 'The same number, the same losses'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;serve;echo'= {
            cand --model 'Who waits for the processes'
            cand --color 'Use colour: on a terminal, always or never'
            cand --quiet 'Say nothing of clients and processes'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;client'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand knock-knock 'Hear a joke to its end'
            cand udp-ping 'Ask over UDP, wait for each answer as long as it may, and measure the round-trip times'
            cand census 'Say what a server of this host and its children take: processes, threads, zombies, memory'
            cand load 'Be many clients of an echo server at once, and say what that took'
        }
        &'lab;client;knock-knock'= {
            cand --jokes 'How many jokes'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;client;udp-ping'= {
            cand --count 'How many questions'
            cand --timeout 'How long an answer may take, in seconds'
            cand --interval 'How long to wait between two questions, in seconds'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;client;census'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'lab;client;load'= {
            cand --clients 'How many clients; several numbers, as in 1,10,100, come one after another'
            cand --hold 'How long each that was served stays at least, in seconds'
            cand --stay 'How long each that was served waits for the others at most, in seconds'
            cand --limit 'When those that were not served are given up, in seconds'
            cand --name 'Make one line of a table for each number of clients, which begins with this'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
