# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_url_global_optspecs
    string join \n f/url-file= g/get= csv fields= resolve model= base= s/set= a/append= trim= qtrim= replace= replace-append= redirect= iterate= sort-query query-separator= default-port keep-port punycode as-idn urlencode accept-space curl no-guess-scheme verify quiet url= explain json color= h/help V/version
end

function __fish_url_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_url_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_url_global_optspecs) -- $cmd[1..-2] 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_url_using_subcommand
    set -l cmd (__fish_url_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c url -n "__fish_url_needs_command" -s f -l url-file -d 'Take URLs from a file, one a line; - is standard input' -r
complete -c url -n "__fish_url_needs_command" -s g -l get -d 'Print a line a URL by a template: {component} stands for a component' -r
complete -c url -n "__fish_url_needs_command" -l fields -d 'The columns of --csv' -r
complete -c url -n "__fish_url_needs_command" -l model -d 'By which standard: both in the table, whatwg in JSON unless told' -r -f -a "whatwg\t'WHATWG URL, as browsers do'
rfc3986\t'RFC 3986, strictly'
both\t'Both, side by side'"
complete -c url -n "__fish_url_needs_command" -l base -d 'Resolve each URL, which may be a relative reference, against this one first' -r
complete -c url -n "__fish_url_needs_command" -s s -l set -d 'Set a component: := takes the value as encoded already, ?= only where there is none' -r
complete -c url -n "__fish_url_needs_command" -s a -l append -d 'Append a segment to the path, or a pair to the query' -r
complete -c url -n "__fish_url_needs_command" -l trim -d 'Take away the pairs of the query of this name; * at its end stands for anything' -r
complete -c url -n "__fish_url_needs_command" -l qtrim -d 'The same without query=' -r
complete -c url -n "__fish_url_needs_command" -l replace -d 'Give the first pair of this name a value, and take away the others' -r
complete -c url -n "__fish_url_needs_command" -l replace-append -d 'The same, and append the pair where there is none' -r
complete -c url -n "__fish_url_needs_command" -l redirect -d 'Go where this reference leads to from the URL' -r
complete -c url -n "__fish_url_needs_command" -l iterate -d 'Set a component to one value after the other: a URL each' -r
complete -c url -n "__fish_url_needs_command" -l query-separator -d 'What stands between the pairs of the query, in place of &' -r
complete -c url -n "__fish_url_needs_command" -l url -d 'A URL, as if it stood alone' -r
complete -c url -n "__fish_url_needs_command" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c url -n "__fish_url_needs_command" -l csv -d 'Print comma-separated values, a line a URL'
complete -c url -n "__fish_url_needs_command" -l resolve -d 'Ask getaddrinfo(3) for the addresses of each host'
complete -c url -n "__fish_url_needs_command" -l sort-query -d 'Sort the pairs of the query'
complete -c url -n "__fish_url_needs_command" -l default-port -d 'Show the scheme\'s port where the URL has none'
complete -c url -n "__fish_url_needs_command" -l keep-port -d 'Keep a port that is the scheme\'s own'
complete -c url -n "__fish_url_needs_command" -l punycode -d 'Show hosts in ASCII'
complete -c url -n "__fish_url_needs_command" -l as-idn -d 'Show hosts in Unicode'
complete -c url -n "__fish_url_needs_command" -l urlencode -d 'Show components percent-encoded'
complete -c url -n "__fish_url_needs_command" -l accept-space -d 'Take blanks in URLs, and encode them'
complete -c url -n "__fish_url_needs_command" -l curl -d 'Refuse schemes that libcurl does not know'
complete -c url -n "__fish_url_needs_command" -l no-guess-scheme -d 'Guess no scheme: url never does'
complete -c url -n "__fish_url_needs_command" -l verify -d 'Stop at the first malformed URL'
complete -c url -n "__fish_url_needs_command" -l quiet -d 'Print no notes: url never does'
complete -c url -n "__fish_url_needs_command" -l explain -d 'Show the working, step by step'
complete -c url -n "__fish_url_needs_command" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c url -n "__fish_url_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c url -n "__fish_url_needs_command" -s V -l version -d 'Print version'
complete -c url -n "__fish_url_needs_command" -a "same" -d 'Say whether two URLs are the same, and by which rule'
complete -c url -n "__fish_url_needs_command" -a "diff" -d 'Show where two URLs differ, component by component'
complete -c url -n "__fish_url_needs_command" -a "connect" -d 'Show what an HTTP client would ask, connect to and send'
complete -c url -n "__fish_url_needs_command" -a "encode" -d 'Percent-encode a text by a chosen set'
complete -c url -n "__fish_url_needs_command" -a "decode" -d 'Undo percent-encoding'
complete -c url -n "__fish_url_using_subcommand same" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c url -n "__fish_url_using_subcommand same" -l explain -d 'Show the working, step by step'
complete -c url -n "__fish_url_using_subcommand same" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c url -n "__fish_url_using_subcommand same" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c url -n "__fish_url_using_subcommand diff" -l model -d 'By which standard they are read and normalised: whatwg or rfc3986' -r -f -a "whatwg\t'WHATWG URL, as browsers do'
rfc3986\t'RFC 3986, strictly'
both\t'Both, side by side'"
complete -c url -n "__fish_url_using_subcommand diff" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c url -n "__fish_url_using_subcommand diff" -l explain -d 'Show the working, step by step'
complete -c url -n "__fish_url_using_subcommand diff" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c url -n "__fish_url_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c url -n "__fish_url_using_subcommand connect" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c url -n "__fish_url_using_subcommand connect" -l no-resolve -d 'Ask no resolver: only what the URL says'
complete -c url -n "__fish_url_using_subcommand connect" -l explain -d 'Show the working, step by step'
complete -c url -n "__fish_url_using_subcommand connect" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c url -n "__fish_url_using_subcommand connect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c url -n "__fish_url_using_subcommand encode" -s s -l set -d 'Which octets are encoded' -r -f -a "c0-control\t'Controls, and all outside ASCII'
fragment\t'Also blank, quotation mark, < > and backquote'
query\t'C0-control and blank, quotation mark, # < >'
special-query\t'Query and apostrophe'
path\t'Query and ? ^ { } and backquote'
userinfo\t'Path and / : ; = @ [ ] | and backslash'
component\t'Userinfo and dollar, % & + and comma'
form\t'Component and ! ( ) ~ and apostrophe, and a blank is +'
unreserved\t'All but letters, digits and - . _ ~ (RFC 3986)'"
complete -c url -n "__fish_url_using_subcommand encode" -s k -l keep -d 'Characters of ASCII to leave as they are all the same' -r
complete -c url -n "__fish_url_using_subcommand encode" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c url -n "__fish_url_using_subcommand encode" -s p -l punycode -d 'Instead, a host or the host of a URL in Punycode'
complete -c url -n "__fish_url_using_subcommand encode" -s l -l lines -d 'Each line of standard input by itself'
complete -c url -n "__fish_url_using_subcommand encode" -l explain -d 'Show the working, step by step'
complete -c url -n "__fish_url_using_subcommand encode" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c url -n "__fish_url_using_subcommand encode" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c url -n "__fish_url_using_subcommand decode" -s s -l set -d 'Leave what this set encodes; in a form, + is a blank too' -r -f -a "c0-control\t'Controls, and all outside ASCII'
fragment\t'Also blank, quotation mark, < > and backquote'
query\t'C0-control and blank, quotation mark, # < >'
special-query\t'Query and apostrophe'
path\t'Query and ? ^ { } and backquote'
userinfo\t'Path and / : ; = @ [ ] | and backslash'
component\t'Userinfo and dollar, % & + and comma'
form\t'Component and ! ( ) ~ and apostrophe, and a blank is +'
unreserved\t'All but letters, digits and - . _ ~ (RFC 3986)'"
complete -c url -n "__fish_url_using_subcommand decode" -s k -l keep -d 'Characters of ASCII to leave encoded' -r
complete -c url -n "__fish_url_using_subcommand decode" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c url -n "__fish_url_using_subcommand decode" -s u -l unicode -d 'Instead, a host or the host of a URL in Unicode'
complete -c url -n "__fish_url_using_subcommand decode" -s l -l lines -d 'Each line of standard input by itself'
complete -c url -n "__fish_url_using_subcommand decode" -l explain -d 'Show the working, step by step'
complete -c url -n "__fish_url_using_subcommand decode" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c url -n "__fish_url_using_subcommand decode" -s h -l help -d 'Print help (see more with \'--help\')'
