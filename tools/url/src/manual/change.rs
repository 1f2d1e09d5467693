//! Changed URLs, and the other dialect.

/// The options that change.
pub(super) const CHANGE: (&str, &str) = (
    "Changing URLs",
    "The options under \"Changes\" are trurl's, by the standard of `--model`: WHATWG URL, or RFC 3986, which changes nothing but what \
it is told to. By `--model both` the change is WHATWG's, and both standards are shown of what comes out. With `--base` each text is resolved \
before it is changed. What comes out is printed as one line a URL, or goes on to `--get`, `--csv`, `--json` or `--explain`. What is put together \
is read again, so that nothing comes out that the standard refuses.

The order is that of trurl: `--redirect`, `--iterate` (every combination, the last list fastest), `--set`, `--append path=`, `--trim`, \
`--replace` and `--replace-append`, `--append query=`, `--sort-query`. Without a URL one is made of what `--set` says.

Components are `scheme`, `user`, `password`, `host`, `port`, `path`, `query`, `fragment` and `zoneid`, and besides `path:N` and `host:N`: the \
segment or the label number N, from 1, or from the end with -1. An empty value takes a component, a segment or a label away. With `=` the value \
is percent-encoded, with `:=` it is taken as it is, with `?=` or `?:=` (of `--set` alone) only where the URL has no such component. A host is never encoded: WHATWG \
takes it in Unicode and makes Punycode of it. A value that would run into the next component is refused, and so \
is a change by which WHATWG would read a path as the host, such as another scheme for `foo:/a/b`.

Pairs of the query are left as they are but for those that are meant. `--trim` and `--replace` compare names as they are encoded and as they are \
decoded, `--trim` without regard to case. `--sort-query` sorts as trurl does: it compares as many octets as the shorter pair has, capitals or not.

`--default-port`, `--keep-port`, `--punycode`, `--as-idn` and `--urlencode` say in which form components are shown, in a line and by `--get`. \
`--curl` refuses schemes that libcurl does not know, `--verify` stops at the first malformed URL, `--accept-space` encodes blanks where RFC 3986 \
would refuse them. `--no-guess-scheme` and `--quiet` change nothing: `url` never guesses a scheme and prints no notes.",
);

/// The dialect.
pub(super) const TRURL: (&str, &str) = ("As trurl", TEXT);

const TEXT: &str = "\
Called by the name `trurl`, through a link, this takes the options of trurl(1) and prints its lines, its JSON, its words on
standard error and its exit statuses:

  ln -s $(command -v url) ~/bin/trurl
  trurl https://example.com/a/../b --set port=8443
  trurl 'example.com?utm_x=1&q=2' --trim 'query=utm_*' --json

The reference is trurl 0.16.1 with libcurl 8.14.1, the pair of Debian 13; where another libcurl differs, it is that one that counts, and
`--version` says so. URLs are read by a model of libcurl's parser: a scheme is guessed, one to three slashes may follow it, a host may be a
name with any octet outside ASCII, an IPv4 address may be short, octal or hexadecimal. Components are decoded and encoded
again. Options are spelled in full; `-a`, `-f`, `-g` and `-s` take their argument behind them or as the next one.
Of the extensions of `url` none is there: no segments by number, no `{file}`, no `--explain`.

Statuses: 0 all went well, or what went wrong was told of in a note; 1 the file of URLs; 2 `--append`; 3 an option without its argument;
4 a wrong option, two that do not go together, or standard output cannot be written (trurl says 0 then); 5 `--set`; 7 no URL could be made; 8 `--trim`; 9 `--verify`, and a URL is none; 10 `--get`; 11
`--iterate`; 12 `--replace`.

trurl differs, and is wrong:

  crashes        `--trim`, `--replace` and `--append` where the query has empty pairs before them, {puny:url} and `--json`
                 of a host that has no Punycode, {:query:KEY} of a key with blanks: here they come to an end
  `--replace`      takes away every pair whose name begins with the name, and does not find names with blanks, plus signs or
                 letters outside ASCII; here names are compared whole. Without data it takes all pairs away; here none
  names          that are empty are encoded with their equals sign and value by `--append` and `--replace`: query==x
                 appends %3dx=x; here it is =x
  zones          are written twice by `--set host=[fe80::1%25eth0]`; here once
  `--json`         begins with a comma where the first URL cannot be put together; here it is JSON. After a wrong
                 `--set` or `--iterate` the array is left open, as in trurl
  `--append`       path= is repeated with each value of the first of two `--iterate`; here a path is appended to once
  a NUL          in a line of a file swallows the next line too; here the line alone is skipped

Not the same: names in Punycode and Unicode go by UTS #46 as the idna crate has it, and not by libidn2. They differ for characters that
IDNA 2008 does not have, and where UTS #46 refuses a name (joiners outside their scripts, letters of two directions): libidn2 then falls
back to older rules, and here there is no such name. A percent sign as `--query-separator` is taken for one once, and not twice.
";
