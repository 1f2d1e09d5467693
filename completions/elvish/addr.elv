
use builtin;
use str;

set edit:completion:arg-completer[addr] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'addr'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'addr'= {
            cand -f 'Take them from a file, one a line; - is standard input'
            cand --file 'Take them from a file, one a line; - is standard input'
            cand -g 'Print one line each: text with fields in braces, as {text} or {network}'
            cand --get 'Print one line each: text with fields in braces, as {text} or {network}'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand port 'A port in network and host order, and what a forgotten htons makes of it'
            cand order 'A number in network and host order'
            cand split 'Cut a network into equal ones'
            cand vlsm 'Plan subnets of different sizes in a network, the largest first'
            cand supernet 'The smallest network around some, and what they are joined'
            cand range 'The fewest networks that are exactly a range of addresses'
            cand overlap 'Say which networks overlap'
            cand same 'Say whether two are one address, or two hosts on one network by the masks of both'
            cand lpm 'Longest prefix match: which route wins, and why the others lose'
            cand if 'The interfaces of this machine and their addresses'
            cand mac 'A MAC address or EUI-64: its bits, its notations, its IPv6 addresses'
            cand eui64 'The IPv6 address that a MAC address makes in a network of 64 bits'
            cand special 'The special-purpose registries of IANA, or what they say of a network'
        }
        &'addr;port'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand -u 'Services of UDP, where they differ from those of TCP'
            cand --udp 'Services of UDP, where they differ from those of TCP'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;order'= {
            cand -b 'How many bits it has: the fewest that hold it otherwise'
            cand --bits 'How many bits it has: the fewest that hold it otherwise'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;split'= {
            cand -n 'Into so many networks at least: the next power of two'
            cand --count 'Into so many networks at least: the next power of two'
            cand -p 'Into networks of this length'
            cand --prefix 'Into networks of this length'
            cand --limit 'List no more than so many'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;vlsm'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;supernet'= {
            cand -f 'Take networks from a file, one a line; - is standard input'
            cand --file 'Take networks from a file, one a line; - is standard input'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;range'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;overlap'= {
            cand -f 'Take networks from a file, one a line; - is standard input'
            cand --file 'Take networks from a file, one a line; - is standard input'
            cand --limit 'List no more pairs than so many'
            cand --color 'Use colour: on a terminal, always or never'
            cand -a 'Show pairs without an address in common too'
            cand --all 'Show pairs without an address in common too'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;same'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;lpm'= {
            cand -r 'A route, in place of a table'
            cand --route 'A route, in place of a table'
            cand -f 'Take addresses from a file, one a line; - is standard input'
            cand --file 'Take addresses from a file, one a line; - is standard input'
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;if'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;mac'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;eui64'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'addr;special'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
