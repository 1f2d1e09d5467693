
use builtin;
use str;

set edit:completion:arg-completer[url] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'url'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'url'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --resolve 'Ask getaddrinfo(3) for the addresses of each host'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
        }
    ]
    $completions[$command]
}
