//! What the man page says beyond the options.

use sockeye_cli::Manual;

/// The page.
pub const MANUAL: Manual = Manual {
    summary: "arbitrary TCP and UDP connections and listens",
    synopsis: &[
        "[-46Nnuv] [-p PORT] [-q SECONDS] [-s ADDRESS] [-w SECONDS] DESTINATION PORT...",
        "-l [-46kNnuv] [-q SECONDS] [-w SECONDS] [ADDRESS] PORT",
    ],
    description: "",
    sections: &[],
    examples: &[],
    exit_status: &[(0, ""), (1, "")],
    caveats: "",
    standards: "",
    see_also: &["ports(1)"],
};
