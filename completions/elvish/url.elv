
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
            cand -f 'Take URLs from a file, one a line; - is standard input'
            cand --url-file 'Take URLs from a file, one a line; - is standard input'
            cand -g 'Print a line a URL by a template: {component} stands for a component'
            cand --get 'Print a line a URL by a template: {component} stands for a component'
            cand --fields 'The columns of --csv'
            cand --model 'By which standard: both in the table, whatwg in JSON unless told'
            cand --base 'Resolve each URL, which may be a relative reference, against this one first'
            cand -s 'Set a component: := takes the value as encoded already, ?= only where there is none'
            cand --set 'Set a component: := takes the value as encoded already, ?= only where there is none'
            cand -a 'Append a segment to the path, or a pair to the query'
            cand --append 'Append a segment to the path, or a pair to the query'
            cand --trim 'Take away the pairs of the query of this name; * at its end stands for anything'
            cand --qtrim 'The same without query='
            cand --replace 'Give the first pair of this name a value, and take away the others'
            cand --replace-append 'The same, and append the pair where there is none'
            cand --redirect 'Go where this reference leads to from the URL'
            cand --iterate 'Set a component to one value after the other: a URL each'
            cand --query-separator 'What stands between the pairs of the query, in place of &'
            cand --url 'A URL, as if it stood alone'
            cand --color 'Use colour: on a terminal, always or never'
            cand --csv 'Print comma-separated values, a line a URL'
            cand --resolve 'Ask getaddrinfo(3) for the addresses of each host'
            cand --sort-query 'Sort the pairs of the query'
            cand --default-port 'Show the scheme''s port where the URL has none'
            cand --keep-port 'Keep a port that is the scheme''s own'
            cand --punycode 'Show hosts in ASCII'
            cand --as-idn 'Show hosts in Unicode'
            cand --urlencode 'Show components percent-encoded'
            cand --accept-space 'Take blanks in URLs, and encode them'
            cand --curl 'Refuse schemes that libcurl does not know'
            cand --no-guess-scheme 'Guess no scheme: url never does'
            cand --verify 'Stop at the first malformed URL'
            cand --quiet 'Print no notes: url never does'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand same 'Say whether two URLs are the same, and by which rule'
            cand diff 'Show where two URLs differ, component by component'
            cand connect 'Show what an HTTP client would ask, connect to and send'
            cand encode 'Percent-encode a text by a chosen set'
            cand decode 'Undo percent-encoding'
        }
        &'url;same'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'url;diff'= {
            cand --model 'By which standard they are read and normalised: whatwg or rfc3986'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'url;connect'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --no-resolve 'Ask no resolver: only what the URL says'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'url;encode'= {
            cand -s 'Which octets are encoded'
            cand --set 'Which octets are encoded'
            cand -k 'Characters of ASCII to leave as they are all the same'
            cand --keep 'Characters of ASCII to leave as they are all the same'
            cand --color 'Use colour: on a terminal, always or never'
            cand -p 'Instead, a host or the host of a URL in Punycode'
            cand --punycode 'Instead, a host or the host of a URL in Punycode'
            cand -l 'Each line of standard input by itself'
            cand --lines 'Each line of standard input by itself'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'url;decode'= {
            cand -s 'Leave what this set encodes; in a form, + is a blank too'
            cand --set 'Leave what this set encodes; in a form, + is a blank too'
            cand -k 'Characters of ASCII to leave encoded'
            cand --keep 'Characters of ASCII to leave encoded'
            cand --color 'Use colour: on a terminal, always or never'
            cand -u 'Instead, a host or the host of a URL in Unicode'
            cand --unicode 'Instead, a host or the host of a URL in Unicode'
            cand -l 'Each line of standard input by itself'
            cand --lines 'Each line of standard input by itself'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
