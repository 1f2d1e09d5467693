//! What a tool tells of its confinement.

use serde::Serialize;
use sockeye_sys::confine::{self, Confinement, Profile};

/// From here on the process is confined: what it may still do, and by which means the kernel holds it to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confined {
    /// What is still allowed beside the use of what is open, in words.
    pub allows: Vec<String>,
    /// seccomp(2) judges every system call.
    pub seccomp: bool,
    /// The version of Landlock that does so for files, TCP and signals; null if it does not.
    pub landlock_abi: Option<u32>,
    /// The limits of the process allow no new descriptor.
    pub limits: bool,
    /// No program can give rights back.
    pub no_new_privs: bool,
    /// How many capabilities were held and are no more.
    pub capabilities_dropped: u32,
    /// What did not take hold, and why: on an old kernel, or in a container that does not allow it.
    pub gaps: Vec<String>,
}

impl Confined {
    /// Enters `profile`, for this thread and those that it starts.
    pub fn enter(profile: &Profile) -> Self {
        Self::new(profile.allows(), profile.enter())
    }

    /// Enters what a run takes that is over before a filter of system calls would pay.
    pub fn enter_briefly() -> Self {
        Self::new(Vec::new(), confine::enter_briefly())
    }

    fn new(allows: Vec<String>, confinement: Confinement) -> Self {
        Self {
            allows,
            gaps: confinement.gaps(),
            seccomp: confinement.seccomp.is_ok_and(|filter| filter.is_some()),
            landlock_abi: confinement.landlock.ok().flatten(),
            limits: confinement.limits.unwrap_or(false),
            no_new_privs: confinement.no_new_privs.is_ok(),
            capabilities_dropped: confinement.capabilities.unwrap_or(0),
        }
    }

    /// The whole of it in one line.
    pub fn line(&self) -> String {
        format!("confined: {}", self.words())
    }

    /// The same without the heading.
    pub fn words(&self) -> String {
        let allows = match self.allows.as_slice() {
            [] => "it can use what is open and nothing else".to_owned(),
            allows => format!("beside the use of what is open it can {}", allows.join(", ")),
        };
        let mut by = Vec::new();
        by.extend(self.seccomp.then(|| "seccomp".to_owned()));
        by.extend(self.landlock_abi.map(|version| format!("Landlock {version}")));
        by.extend(self.limits.then(|| "limits".to_owned()));
        by.extend(self.no_new_privs.then(|| "no_new_privs".to_owned()));
        if self.capabilities_dropped > 0 {
            by.push(format!("{} capabilities dropped", self.capabilities_dropped));
        }
        if by.is_empty() {
            by.push("nothing: it is not confined".to_owned());
        }
        let gaps = self.gap().map_or_else(String::new, |gap| format!("; {gap}"));
        format!("{allows} ({}{gaps})", by.join(", "))
    }

    /// What did not take hold, for who is to know it; `None` as a rule.
    pub fn gap(&self) -> Option<String> {
        (!self.gaps.is_empty()).then(|| format!("not in force here: {}", self.gaps.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_left_and_what_is_missing() {
        let mut confined = Confined {
            allows: Vec::new(),
            seccomp: true,
            landlock_abi: Some(7),
            limits: false,
            no_new_privs: true,
            capabilities_dropped: 41,
            gaps: Vec::new(),
        };
        let line = "confined: it can use what is open and nothing else (seccomp, Landlock 7, no_new_privs, 41 capabilities dropped)";
        assert_eq!(confined.line(), line);
        assert_eq!(confined.gap(), None);
        let brief = Confined { seccomp: false, limits: true, capabilities_dropped: 0, ..confined };
        assert_eq!(brief.words(), "it can use what is open and nothing else (Landlock 7, limits, no_new_privs)");
        confined = Confined {
            allows: vec!["connect".to_owned(), "accept".to_owned()],
            seccomp: false,
            landlock_abi: None,
            limits: false,
            no_new_privs: false,
            capabilities_dropped: 0,
            gaps: vec!["seccomp: Function not implemented".to_owned()],
        };
        let line = "confined: beside the use of what is open it can connect, accept (nothing: it is not confined; \
                    not in force here: seccomp: Function not implemented)";
        assert_eq!(confined.line(), line);
    }
}
