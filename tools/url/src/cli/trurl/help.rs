//! What trurl prints of itself.

/// `--version`: of the pair that is the reference, as Debian 13 has it.
pub(super) const VERSION: &str = "trurl version 0.16.1 libcurl/8.14.1 [built-with 8.13.0]
features: get-empty imap-options no-guess-scheme normalize-ipv4 punycode punycode2idn url-strerror white-space zone-id
";

/// `--help`.
pub(super) const HELP: &str = "\
Usage: trurl [options] [URL]
  -a, --append [component]=[data]  - append data to component
      --accept-space               - give in to this URL abuse
      --as-idn                     - encode hostnames in idn
      --curl                       - only schemes supported by libcurl
      --default-port               - add known default ports
  -f, --url-file [file/-]          - read URLs from file or stdin
  -g, --get [{component}s]         - output component(s)
  -h, --help                       - this help
      --iterate [component]=[list] - create multiple URL outputs
      --json                       - output URL as JSON
      --keep-port                  - keep known default ports
      --no-guess-scheme            - require scheme in URLs
      --punycode                   - encode hostnames in punycode
      --qtrim [what]               - trim the query
      --query-separator [letter]   - if something else than '&'
      --quiet                      - Suppress (some) notes and comments
      --redirect [URL]             - redirect to this
      --replace [data]             - replaces a query [data]
      --replace-append [data]      - appends a new query if not found
  -s, --set [component]=[data]     - set component content
      --sort-query                 - alpha-sort the query pairs
      --url [URL]                  - URL to work with
      --urlencode                  - show components URL encoded
  -v, --version                    - show version
      --verify                     - return error on (first) bad URL
 URL COMPONENTS:
  url, scheme, user, password, options, host, port, path, query, fragment, zoneid
";
