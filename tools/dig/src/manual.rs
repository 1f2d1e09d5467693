//! What the man page says beyond the options.

use sockeye_cli::manual::{Example, Manual};

/// The page.
pub(crate) const MANUAL: Manual = Manual {
    summary: "ask name servers, or the C library",
    synopsis: &["[@SERVER] [-p PORT] [NAME] [TYPE] [CLASS] [+OPTION...]"],
    description: "",
    sections: &[],
    examples: &[Example { says: "x", command: "dig", shows: "", status: 0 }],
    exit_status: &[(0, "")],
    caveats: "",
    standards: "",
    see_also: &["nc(1)"],
};
