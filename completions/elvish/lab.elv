
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
            cand probe 'Try whether hosts can be made here; if not, say why and what helps'
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
        &'lab;probe'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
