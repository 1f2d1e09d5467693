module completions {

  def "nu-complete url model" [] {
    [ "whatwg" "rfc3986" "both" ]
  }

  def "nu-complete url color" [] {
    [ "auto" "always" "never" ]
  }

  # Take a URL apart as browsers do, and show what a socket gets from it
  export extern url [
    --url-file(-f): string    # Take URLs from a file, one a line; - is standard input
    --get(-g): string         # Print a line a URL by a template: {component} stands for a component
    --csv                     # Print comma-separated values, a line a URL
    --fields: string          # The columns of --csv
    --resolve                 # Ask getaddrinfo(3) for the addresses of each host
    --model: string@"nu-complete url model" # By which standard: both in the table, whatwg in JSON unless told
    --base: string            # Resolve each URL, which may be a relative reference, against this one first
    --set(-s): string         # Set a component: := takes the value as encoded already, ?= only where there is none
    --append(-a): string      # Append a segment to the path, or a pair to the query
    --trim: string            # Take away the pairs of the query of this name; * at its end stands for anything
    --qtrim: string           # The same without query=
    --replace: string         # Give the first pair of this name a value, and take away the others
    --replace-append: string  # The same, and append the pair where there is none
    --redirect: string        # Go where this reference leads to from the URL
    --iterate: string         # Set a component to one value after the other: a URL each
    --sort-query              # Sort the pairs of the query
    --query-separator: string # What stands between the pairs of the query, in place of &
    --default-port            # Show the scheme's port where the URL has none
    --keep-port               # Keep a port that is the scheme's own
    --punycode                # Show hosts in ASCII
    --as-idn                  # Show hosts in Unicode
    --urlencode               # Show components percent-encoded
    --accept-space            # Take blanks in URLs, and encode them
    --curl                    # Refuse schemes that libcurl does not know
    --no-guess-scheme         # Guess no scheme: url never does
    --verify                  # Stop at the first malformed URL
    --quiet                   # Print no notes: url never does
    --url: string             # A URL, as if it stood alone
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete url color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    ...urls: string           # The URLs to take apart
  ]

  def "nu-complete url same color" [] {
    [ "auto" "always" "never" ]
  }

  # Say whether two URLs are the same, and by which rule
  export extern "url same" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete url same color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    first: string             # A URL
    second: string            # The URL to compare it with
  ]

  def "nu-complete url diff model" [] {
    [ "whatwg" "rfc3986" "both" ]
  }

  def "nu-complete url diff color" [] {
    [ "auto" "always" "never" ]
  }

  # Show where two URLs differ, component by component
  export extern "url diff" [
    --model: string@"nu-complete url diff model" # By which standard they are read and normalised: whatwg or rfc3986
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete url diff color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    first: string             # A URL
    second: string            # The URL to compare it with
  ]

  def "nu-complete url connect color" [] {
    [ "auto" "always" "never" ]
  }

  # Show what an HTTP client would ask, connect to and send
  export extern "url connect" [
    --no-resolve              # Ask no resolver: only what the URL says
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete url connect color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    url: string               # The URL
  ]

  def "nu-complete url encode set" [] {
    [ "c0-control" "fragment" "query" "special-query" "path" "userinfo" "component" "form" "unreserved" ]
  }

  def "nu-complete url encode color" [] {
    [ "auto" "always" "never" ]
  }

  # Percent-encode a text by a chosen set
  export extern "url encode" [
    --set(-s): string@"nu-complete url encode set" # Which octets are encoded
    --keep(-k): string        # Characters of ASCII to leave as they are all the same
    --punycode(-p)            # Instead, a host or the host of a URL in Punycode
    --lines(-l)               # Each line of standard input by itself
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete url encode color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    text: string              # The text; - for standard input
  ]

  def "nu-complete url decode set" [] {
    [ "c0-control" "fragment" "query" "special-query" "path" "userinfo" "component" "form" "unreserved" ]
  }

  def "nu-complete url decode color" [] {
    [ "auto" "always" "never" ]
  }

  # Undo percent-encoding
  export extern "url decode" [
    --set(-s): string@"nu-complete url decode set" # Leave what this set encodes; in a form, + is a blank too
    --keep(-k): string        # Characters of ASCII to leave encoded
    --unicode(-u)             # Instead, a host or the host of a URL in Unicode
    --lines(-l)               # Each line of standard input by itself
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete url decode color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    text: string              # The text; - for standard input
  ]

}

export use completions *
