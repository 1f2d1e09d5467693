
use builtin;
use str;

set edit:completion:arg-completer[netsum] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'netsum'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'netsum'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand udp 'Work out the checksum of a UDP datagram, by hand and on paper'
            cand verify 'Judge every checksum of a capture'
        }
        &'netsum;udp'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;verify'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand -a 'List every checksum, however many there are'
            cand --all 'List every checksum, however many there are'
            cand -s 'List no checksum, only the table of counts'
            cand --summary 'List no checksum, only the table of counts'
            cand --tsv 'Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -, verdict, with tabs between them'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
