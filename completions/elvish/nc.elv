
use builtin;
use str;

set edit:completion:arg-completer[nc] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'nc'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'nc'= {
            cand -p 'The local port; with -l, the port to listen on'
            cand -q 'Leave this long after the input has ended, and shut down the sending direction then; a negative time is never'
            cand -s 'The local address to send from; with -l and -p, the address to listen on'
            cand -w 'Give up a connection that is not made in this time, or on which nothing moves for this time'
            cand --color 'Use colour: on a terminal, always or never'
            cand -4 'Use IPv4 only'
            cand -6 'Use IPv6 only'
            cand -h 'Print a summary of the options on standard error'
            cand -k 'With -l: when a peer has left, wait for the next'
            cand -l 'Listen for a connection instead of making one'
            cand -N 'When the input ends, shut down the sending direction of the connection'
            cand -n 'Resolve nothing: addresses and ports in numbers only'
            cand -u 'Use UDP instead of TCP'
            cand -v 'Say on standard error what happens'
            cand --help 'Print this help'
            cand --version 'Print name and version'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
        }
    ]
    $completions[$command]
}
