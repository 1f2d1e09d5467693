//! What the man page says beyond the options.

mod change;
mod connect;
mod many;

use sockeye_cli::Manual;
use sockeye_cli::manual::Example;

/// The man page of `url`.
pub const MANUAL: Manual = Manual {
    summary: "take a URL apart and show what a socket gets from it",
    synopsis: &[
        "[--model MODEL] [--base URL] [--resolve] [--explain] [--json] [--color WHEN] [-f FILE] [URL...]",
        "(--get TEMPLATE | --csv [--fields LIST]) [-f FILE] [URL...]",
        "[--set COMPONENT=VALUE] [--append COMPONENT=VALUE] [--trim query=NAME] [CHANGES...] [-f FILE] [URL...]",
        "connect [--no-resolve] [--explain] [--json] URL",
        "same A B",
        "diff [--model MODEL] A B",
        "encode [--set SET] [--keep CHARS] [--punycode] [--lines] TEXT|-",
        "decode [--set SET] [--keep CHARS] [--unicode] [--lines] TEXT|-",
    ],
    description: "`url` takes each URL apart as browsers do, by the WHATWG URL standard. It draws the URL with its \
components in colours and their names beneath, and prints one table of them: scheme, username, password, host, zone, port, path, query and fragment. For each it shows where it \
stands in the input, as octets from 0 with the end excluded; the text there; the value that the parser made of it; and \
what changed on the way.

The parameters of the query follow in a table of their own, in order and with duplicates, decoded as HTML forms encode \
them: `+` is a blank, `%XX` an octet.

Last comes what a socket needs: host, port and transport. Where the host is an address, its family, its special range \
in IANA's registries and the octets of its sockaddr are shown at once. Where it is a name, nothing is asked of any \
resolver unless `--resolve` says so.",
    sections: &[
        (
            "Reading the table",
            "A `-` stands for a component that the URL does not have. `(empty)` stands for one of which only the delimiter is there. A component without octets that has a value was added by the parser, or its place cannot be told.

The value is that of the normalised URL. The port is the exception: the port that a connection would go to is shown \
even where the normalised URL leaves it out, with who says so: the URL (explicit), or the scheme's default and where it \
is specified.

Of a text of more than 1,000 octets the beginning is shown; `--json`, `--get`, `--csv` and `url diff` have all of it.

On a terminal too narrow for the words of a table's headings (46 columns for the components) each row is a list.

Control characters are shown as `\\xNN`, `\\t` or `\\u{..}`, and a backslash as two.",
        ),
        (
            "Hosts",
            "A host in brackets is an IPv6 address. Any other is opaque, and means what the scheme says, unless that is \
http, https, ws, wss, ftp or file: with these it is a domain or an IPv4 address. A domain is shown in ASCII, as it would be resolved, and in \
Unicode. A host whose last label is a number is an IPv4 address, be it octal, hexadecimal or short: `010.0.0.1` is \
8.0.0.1.

The standard knows no zones. `http://[fe80::1%eth0]/`, or with `%25` as RFC 6874 had it, is taken apart nevertheless: \
the zone is taken off, shown, and handed to the socket. `%25` alone is the zone 25; behind `%25` percent-encoding is undone, and where a \
URL is written, what a zone has outside ASCII is encoded.",
        ),
        many::MANY,
        many::GET,
        many::CSV,
        connect::CONNECT,
        change::CHANGE,
        change::TRURL,
        (
            "Two standards",
            "Browsers follow WHATWG URL; RFC 3986 is what most other specifications mean by a URI. The table is WHATWG's. \
Below it stands what RFC 3986 has otherwise, by a strict parser of its own: `=` marks what is the same octet by octet, `~` what is the same once \
RFC 3986 has normalised it (its section 6.2), `≠` what differs, and why. `--model both` shows all components so, \
`--model whatwg` no comparison, and `--model rfc3986` RFC 3986 alone: each component, the rule of appendix A that it follows, and \
the steps of normalisation. For a text that it refuses it says at which octet and by which rule, and whether an IRI (RFC 3987) may have it.

Where the two, or curl, do not go to the same host, or one refuses the text for its authority and the other goes to a host, a warning comes first of all: \
a filter that reads a URL by one and a client that reads it by the other are a hole. A name outside ASCII alone, a zone, or a port \
that is too large is no such difference, and an address of mail or a telephone number (mailto, tel) is not held against curl. What curl does is what libcurl 8.14 has.",
        ),
        (
            "References and bases",
            "`--base URL` resolves each text against it first, as each standard does: RFC 3986 by its section 5.2, and where a parser before it would \
have come to another URL, that too. What comes out is taken apart. Where the hosts differ a warning comes first: `/\\evil.example` is \
a path of the base's host to RFC 3986, if it is anything, and another host to a browser.",
        ),
        (
            "Schemes with a syntax of their own",
            "For mailto (RFC 6068: addresses and headers, with `+` a plus), data (RFC 2397: media type, and the length of the content), \
urn (RFC 8141: namespace, r-, q- and f-component), file (RFC 8089: host and drive, and how Windows writes the path), blob (the inner URL and its origin) and \
tel (RFC 3966) a table of their parts follows, and what their specification does not allow. In JSON they are `specific`.",
        ),
        (
            "Same and different",
            "`url same A B` climbs the ladder of RFC 3986 section 6.2 and says at which rung the two become equal: the texts themselves, \
case, the text of an IPv6 address (RFC 5952), percent-encoding of unreserved characters, dot segments, what the scheme says of ports and empty paths, and \
last WHATWG's parser. Before that stand, for urn, what RFC 8141 section 3 calls equivalent (namespaces in capitals; the r-, q- and f-component do not count), and for mailto the addresses wherever RFC 6068 allows them, with hosts in capitals. A rung of a standard that refuses one of the two is skipped. The status is 0 if they are equal at any rung, be it WHATWG's alone; \
where a warning says that the host of one depends on who reads it, equal is what they are to that reader. Fragments are compared too. With `--explain` both texts are shown at every rung.

`url diff A B` lists the components that differ once normalised, and the parameters of the query, decoded, by name and by which of that name they are. \
`--model rfc3986` reads by RFC 3986, which takes relative references. WHATWG leaves `%7e` as it is: where `url same` takes the two for \
the same by another rung, a line says so (in JSON `same_by`). Both warn first, as the table does, if the host of one depends on who reads it \
(`host_warnings`).",
        ),
        (
            "Encode and decode",
            "`url encode TEXT` percent-encodes the octets of a set: WHATWG's `c0-control`, `fragment`, `query`, `special-query`, `path`, \
`userinfo`, `component` (the default, which is encodeURIComponent) and `form`, or `unreserved` for all that RFC 3986 does not call so. \
`--keep` names characters of ASCII that stay. The sets before `component` do not have the percent sign: what is encoded already stays so.

`url decode TEXT` undoes every `%XX`; with a set it leaves those that the set encodes, so that `--set unreserved` is the step of RFC 3986 section 6.2.2.2. \
In a form every `%XX` is undone, and a `+` is a blank. A `%` without two digits behind it stays.

`-` is standard input, octet by octet: a line feed at its end is encoded too, unless `--lines` takes each line by itself: then a line that is bad is told of with its number, the others go on, \
and the status is 1 in the end. What comes of standard input as a whole is written without a line feed behind it, but for what is encoded on a terminal. On a terminal control characters and those that turn the direction of text are shown as `\\xNN` and `\\u{..}`. `--punycode` and `--unicode` convert a host, or the host of a URL, and leave the rest.",
        ),
        (
            "JSON",
            "With `--json` each URL is one object, of the type \"result\", or \"error\" where it is refused. All fields are always there, null where \
there is nothing. An error stands on standard output in its place, and its sentence on standard error too: `message`, `hint`, \
`exit_status`, `input` (the URL), `file` and `line` if it came from one, `span` (what is wrong in it), and `purpose`, `models` and `resolution` as below.

`purpose` is `locates` for a URL, `names` for a URI that is none, and `reference` for what lacks a scheme. `scheme`, `authority`, `username`, `password`, `host`, \
`zone`, `port`, `path`, `query` and `fragment` are the components. Every component is an object with `span`, `text`, `value`, `decoded`, \
`decoded_octets` and `changes`, each null or empty where there is none; spans are `{\"start\":..,\"end\":..}` in octets.

`host_labels` are the labels of a domain in ASCII and in Unicode. `path_segments` are the pieces of the path between its slashes, each \
with its span in the input where that can be told. `file` is the last of them where the path does not end with a slash: `name`, `stem` and \
`extension`, which stands behind the last dot unless that begins the name; `extensions` has all of them, as `tar` and `gz`.

`effective_port` is the port that a connection would go to. `parameters` have their names and values decoded, with \
U+FFFD for what is not UTF-8. `socket` has the host, the port and, as far as they are known, the addresses, with the \
sockaddr as hexadecimal; it is null where there is nothing to connect to.

With `--json` the model is whatwg unless `--model` is given. With both there is `models` besides: `host_warning` (a sentence, or null), \
`hosts` (for each `reader`, `whatwg`, `rfc3986` and `curl`, the `host`, or why it is `refused` and the host `by_delimiters`), `guess` (what curl takes a text without a scheme for), `components` (each \
with `whatwg`, `rfc3986`, `agreement`, which is `same`, `normalised` or `different`, and `why`), and `rfc3986`: `valid`, `fault`, `zone_fault` (where the grammar refuses a zone, with which the text is taken nevertheless), `kind`, \
the components with `span`, `text` and `normalised`, `host_rule`, `path_rule`, `normalised` and its `steps`. \
With `--model rfc3986` the result is that with `input` and `model`.",
        ),
        (
            "Confinement",
            "Before it looks at the first URL, `url` (and `trurl`) gives up what it does not need: it runs no program, \
opens no file but those of `-f`, makes no socket, and has no capability, whoever started it, but with `-f` that by which root reads what is somebody else's \
(CAP_DAC_READ_SEARCH). With `--resolve` the C \
library still reads files and asks others.

The kernel holds `url` to it by `seccomp`(2) and Landlock; where all URLs are on the command line, by Landlock and `setrlimit`(2), \
which allows no new descriptor. There the kernel would need longer to make and to free a filter of system calls than `url` for its work: \
each call would take 0.06 ms more on an idle machine, where /bin/true takes 0.9 ms, and several times as long on a busy one. \
Where one of them is missing, on an old kernel or in a container, `url` goes on without it; `--explain` shows what took hold.",
        ),
    ],
    examples: &[
        Example {
            says: "Take a URL apart:",
            command: "url 'https://user:pw@example.com:8443/a%20b/../c?q=x+y&q=2#top'",
            shows: "would be resolved by getaddrinfo(\"example.com\", \"8443\")",
            status: 0,
        },
        Example {
            says: "See which host a browser goes to:",
            command: "url 'http://example.com\\@evil.example/'",
            shows: "\"example.com\", \"80\"",
            status: 0,
        },
        Example {
            says: "See both standards side by side:",
            command: "url --model both 'http://010.0.0.1/'",
            shows: "WARNING: the host depends on who reads this URL",
            status: 0,
        },
        Example {
            says: "Ask where a text leaves the grammar of RFC 3986:",
            command: "url --model rfc3986 'http://h/a b'",
            shows: "at octet 10 (segment, RFC 3986 section 3.3)",
            status: 1,
        },
        Example {
            says: "Resolve a reference as a browser and as RFC 3986 does:",
            command: "url --base 'http://a/b/c/d;p?q' ../g",
            shows: "RFC 3986:  the same",
            status: 0,
        },
        Example {
            says: "Read the headers of a mailto link:",
            command: "url 'mailto:a@example.com?subject=x+y%20z'",
            shows: "x+y z",
            status: 0,
        },
        Example {
            says: "Ask whether two URLs are the same, and why:",
            command: "url same HTTP://Example.com:80 http://example.com/",
            shows: "The same from \"scheme-based\" on: http://example.com/",
            status: 0,
        },
        Example {
            says: "See in which parameter two URLs differ:",
            command: "url diff 'http://h/?a=1&b=2' 'http://h/?a=1&b=3'",
            shows: "Query parameters:",
            status: 1,
        },
        Example {
            says: "Encode a text for a query, and decode one:",
            command: "url encode 'a b&c' && url decode a%20b%26c",
            shows: "a%20b%26c",
            status: 0,
        },
        Example {
            says: "Show each step, down to the octets that connect(2) gets:",
            command: "url --explain 'http://[::1]:8080/'",
            shows: "sin6_port",
            status: 0,
        },
        Example {
            says: "Print the addresses that a program would connect to:",
            command: "url --resolve http://127.0.0.1:8080/",
            shows: "gave 1 address",
            status: 0,
        },
        Example {
            says: "Make one JSON object a URL:",
            command: "url --json http://xn--bcher-kva.example/ mailto:a@example.com",
            shows: "\"host_unicode\":\"bücher.example\"",
            status: 0,
        },
        Example {
            says: "Print columns of many URLs:",
            command: "printf 'http://a.example/x\\nhttps://b.example:8443/\\n' | url -f - --get '{host} {default:port}'",
            shows: "b.example 8443",
            status: 0,
        },
        Example {
            says: "Make a table for a spreadsheet:",
            command: "url --csv --fields url,host_unicode,service http://xn--bcher-kva.example/",
            shows: "http://xn--bcher-kva.example/,bücher.example,http",
            status: 0,
        },
        Example {
            says: "See whom a client connects to and what it says first:",
            command: "url connect 'http://127.0.0.1:8080/a?b#c'",
            shows: "GET /a?b HTTP/1.1",
            status: 0,
        },
        Example {
            says: "Change a URL: a segment of its path, and its query without what tracks:",
            command: "url --set path:-1=b --trim 'query=utm_*' 'http://h/x/a?utm_source=m&q=1'",
            shows: "http://h/x/b?q=1",
            status: 0,
        },
        Example {
            says: "Do what trurl does:",
            command: "ln -s $(command -v url) trurl && ./trurl example.com:80/a/../b --get '{url} {port}'",
            shows: "http://example.com/b 80",
            status: 0,
        },
        Example {
            says: "What is not a URL is told on standard error:",
            command: "url example.com/x",
            shows: "it has no scheme; without protocol and resource name this is a URI, not a URL (try http://example.com/x)",
            status: 1,
        },
    ],
    exit_status: &[
        (0, "Every URL was taken apart, and its host, if it has one to connect to, resolved if that was asked for. The two are the same."),
        (1, "A URL is malformed, cannot be resolved against `--base` or changed as asked, or lacks what a template demands with `must:`; the other URLs are shown nevertheless. \
`connect`: there is nothing to connect to. `same`, `diff`: the two are not the same. `encode`, `decode`: with `--lines`, a line is bad."),
        (2, "The command line is wrong, or a file of URLs is not to be opened. `same`, `diff`: a URL is malformed. `encode`, `decode`: with `--punycode` or `--unicode`, the text is no host and no URL."),
        (3, "A host was not resolved."),
        (4, "This host failed: standard output cannot be written, a file of URLs cannot be read, or the resolver does not work."),
    ],
    caveats: "The `parameters` of JSON are decoded as forms encode them, whatever the scheme: what a `+` of a mailto URL is stands in `specific`.

Where the library departs from the standard at drive letters, its values are put right; where they cannot be (empty segments of \
file URLs), a remark says what the standard has. A `^` in a path is left as it is; the standard as it is now writes `%5E`.

The status is that of the first URL or file that failed.

A URL that is spelled like a command (`same`, `diff`, `connect`, `encode`, `decode`) goes behind `--`.

A password on a command line is seen by every user of the host.

By the name `trurl` a decoded component is printed as it is, as by trurl; on a terminal control characters are shown as `\\xNN`.

Characters are compared as the standard has it, not as they look: `url` does not warn of names that look alike.",
    standards: "WHATWG URL, a living standard, as the Rust library url 2.5 has it. RFC 3986 whole, by a parser of our own; RFC 3987 for what an IRI may have. \
RFC 6068, RFC 2397, RFC 8141, RFC 8089, the File API and RFC 3966 for mailto, data, urn, file, blob and tel. RFC 5952 \
is the text of the addresses of sockets, UTS #46 that of domains; RFC 9844 replaces RFC 6874 on zones. RFC 4180 for `--csv`. For `connect` \
RFC 9110, RFC 9112 and RFC 7617 (HTTP and what a userinfo becomes), RFC 6455 (WebSockets), RFC 6066 and RFC 7301 (what TLS says in the clear).",
    see_also: &["dig(1)", "nc(1)", "getaddrinfo(3)", "ip(7)", "ipv6(7)"],
};

#[cfg(test)]
mod tests {
    use super::MANUAL;

    #[test]
    fn a_backslash_is_one() {
        for (heading, text) in MANUAL.sections {
            assert!(!text.contains("\\\\"), "{heading}");
        }
    }
}
