
use builtin;
use str;

set edit:completion:arg-completer[dig] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'dig'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'dig'= {
            cand -b 'Send from this address and port'
            cand -c 'Ask in this class: IN, CH, HS, CLASS300'
            cand -f 'Look up what each line of the file says; - is standard input'
            cand -k 'Sign queries with the key of this file'
            cand -p 'Ask at this port, not at 53'
            cand -q 'Ask for this name, even if it looks like something else'
            cand -t 'Ask for this type: A, MX, TYPE65280'
            cand -x 'Ask for the name of this address, or of part of it'
            cand -y 'Sign queries with this key'
            cand --color 'Use colour: on a terminal, always or never'
            cand -4 'Use IPv4 only'
            cand -6 'Use IPv6 only'
            cand -i 'Do nothing: ip6.int is gone'
            cand -m 'Do nothing: there is no memory to report on'
            cand -n 'Do nothing: bit-string labels are gone'
            cand -r 'Do not read ~/.digrc'
            cand -u 'Tell times in microseconds'
            cand -v 'Print the version on standard error, as dig does'
            cand -h 'Print this help'
            cand --help 'Print this help'
            cand --version 'Print the version'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
        }
    ]
    $completions[$command]
}
