//! `+yaml` and `+compat`.

pub(super) const SECTION: (&str, &str) = ("YAML and releases", TEXT);

const TEXT: &str = "\
With `+yaml` every message is an item of a YAML list, as dig writes it: when it travelled, between which addresses and how, its
header, and each record as one line of text. Times are UTC, in milliseconds and with `-u` in microseconds. What came to no answer
is an item of type `DIG_ERROR`; warnings are left out.

  dig +yaml +qr example.com

`+compat=9.20` prints what BIND 9.20 prints otherwise than 9.18: `TCP-KEEPALIVE` and `PADDING` by those names, option 18 as
`Report-Channel`, a warning about an answer without a question; and in YAML a cookie as a mapping, key tags as a list, and the
unit of EXPIRE as a comment.";
