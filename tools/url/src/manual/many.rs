//! Many URLs: files, templates, comma-separated values.

/// Where URLs come from and what becomes of bad ones.
pub(super) const MANY: (&str, &str) = (
    "Many URLs",
    "The URLs of the command line come first, then those of each `--url-file` in its order, one a line. A line ends with LF or \
CR LF, the last perhaps with nothing, and has 16 MiB at most: a longer one ends the run with status 4. A byte order mark in front of the first is passed over, and so are lines \
with nothing but blanks and those whose first character that is no blank is `#`. Results are written before `url` waits for more of a pipe.

For a line that is no URL, or not UTF-8, a message with its file and number goes to standard error. The other lines are \
done nevertheless, and the status is 1 in the end. An argument that is no URL is treated alike. A NUL is a character like any other, and none that a URL should have.

With `--json`, `--csv` and `--get` each URL is one line. URLs in which the standard changes nothing and objects to nothing \
go a short way, a million of them in about a second. Where a file is long and the output no terminal, several threads share it; what is \
printed is the same, in the same order.",
);

/// The language of `--get`.
pub(super) const GET: (&str, &str) = (
    "Templates",
    "`--get` prints a line a URL: the text of TEMPLATE with each `{component}` replaced, as trurl does it. Components are `url`, \
`scheme`, `user`, `password`, `host`, `port`, `path`, `query`, `fragment` and `zoneid`; `{query:KEY}` and `{query-all:KEY}` are the values \
of parameters. `url` adds `{path:N}` and `{host:N}` for the segment or label number N (-1 is the last), `{file}`, `{extension}`, and \
`{port:explicit}`, which is `yes` or `no`. `\\t` and `\\n` are a tab and a line end, and `{{` is a brace. A component that the URL does not have is replaced by nothing. With `--model rfc3986` components are \
those of RFC 3986, as they stand in the text.

Before a component may stand `url:` (percent-encoded, as it stands in the URL), `default:` (the scheme's port where the URL has none), \
`idn:` or `puny:` (the host in Unicode or ASCII), `must:` (a failure where the URL has no such component). trurl's `strict:` is taken, \
and changes nothing: whatever stands there can be shown. All but `{url}` is decoded \
unless `url:` says otherwise; controls in what was decoded are shown as `\\n` or `\\xNN` and a backslash as two, so that a line stays one.",
);

/// `--csv`.
pub(super) const CSV: (&str, &str) = (
    "Comma-separated values",
    "`--csv` prints a line of headings and a line a URL as RFC 4180 has them: lines end in CR LF, and quotation marks stand around what has a \
comma or a quotation mark in it. `--fields` chooses the columns: `input`, `url`, `scheme`, `username`, `password`, `host`, `host_kind`, \
`host_unicode`, `zone`, `port`, `effective_port`, `service`, `path`, `file`, `extension`, `query`, `fragment`, `username_decoded`, \
`password_decoded`, `path_decoded`, `fragment_decoded`. `url` and `port` are those of `--get`: with the zone, and the port that stands in the text, be it the scheme's own; in JSON `normalised` has no zone, and the \
`value` of `port` is null where the normalised URL leaves it out. A component that the URL does not have looks like an empty one. With `--model rfc3986` \
the columns have what stands in the text, which may be a reference: `url` is what `input` is, `host_kind` the rule of appendix A (`IPv6address`, \
`IPvFuture`, `IPv4address`, `reg-name`), and nothing is normalised.",
);
