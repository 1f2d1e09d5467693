//! The search for the path MTU: which size to try next.

/// What links carry, the longest first: for routers that do not say it.
///
/// # Source
/// RFC 1191 section 7, table 7-1.
const PLATEAUS: [u32; 10] = [32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, 508, 296, 68];

/// The least that every link carries, in octets (RFC 791 section 3.2, RFC 8200 section 5).
const LEAST_V4: u32 = 68;
const LEAST_V6: u32 = 1280;

/// With how many octets it is tried whether only long packets vanish: what every host takes (RFC 791 section 3.1), and what every
/// link of IPv6 carries.
const SHORT_V4: u32 = 576;

/// The search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    size: u32,
    least: u32,
    short: u32,
    hunt: Option<Hunt>,
}

/// The search for the longest packet that does not vanish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hunt {
    /// The longest that came through so far, if one did.
    low: Option<u32>,
    /// The shortest that vanished.
    high: u32,
    /// The size before.
    before: u32,
}

/// What is next in a hunt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Try [`Search::size`].
    Try,
    /// Packets of [`Search::size`] come through, and longer ones vanish.
    Found,
    /// Short packets vanish, too: it is not about the length.
    Neither,
}

impl Search {
    /// A search that begins with packets of `size` octets.
    pub fn new(size: u32, ipv4: bool) -> Self {
        let least = if ipv4 { LEAST_V4 } else { LEAST_V6 };
        let short = least.max(SHORT_V4);
        Self { size: size.max(least), least, short, hunt: None }
    }

    /// The octets of the next packet.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// The last one was too long for a link that carries `mtu`, as who refused it says; old routers say 0. `false` if there is
    /// no smaller one to try.
    pub fn shrink(&mut self, mtu: u32) -> bool {
        self.hunt = None;
        let told = Some(mtu).filter(|mtu| (self.least..self.size).contains(mtu));
        let guessed = || PLATEAUS.into_iter().find(|plateau| (self.least..self.size).contains(plateau));
        // What makes no sense is not believed: a size that was too long cannot be right.
        let smaller = told.or_else(guessed).or_else(|| (self.size > self.least).then_some(self.least));
        smaller.inspect(|size| self.size = *size).is_some()
    }

    /// Nobody answers to packets of this size, although the hop before did: perhaps a link loses what is too long for it, and
    /// no word of it comes back. `false` if they are short already.
    ///
    /// # Source
    /// RFC 4821 section 1 for why that happens; the bisection is ours.
    pub fn hunt(&mut self) -> bool {
        let is_long = self.size > self.short;
        if is_long {
            self.hunt = Some(Hunt { low: None, high: self.size, before: self.size });
            self.size = self.short;
        }
        is_long
    }

    /// The packet of this size came through.
    pub fn passed(&mut self) -> Step {
        let Some(hunt) = &mut self.hunt else { return Step::Neither };
        hunt.low = Some(self.size);
        self.bisect()
    }

    /// It vanished.
    pub fn vanished(&mut self) -> Step {
        let Some(hunt) = &mut self.hunt else { return Step::Neither };
        hunt.high = self.size;
        self.bisect()
    }

    fn bisect(&mut self) -> Step {
        let Some(Hunt { low, high, before }) = self.hunt else { return Step::Neither };
        let Some(low) = low else {
            self.hunt = None;
            self.size = before;
            return Step::Neither;
        };
        if high.saturating_sub(low) <= 1 {
            self.hunt = None;
            self.size = low;
            return Step::Found;
        }
        self.size = u32::midpoint(low, high);
        Step::Try
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_told_is_believed_where_it_can_be() {
        let mut search = Search::new(1500, true);
        assert!(search.shrink(1400));
        assert_eq!(search.size(), 1400);
        assert!(search.shrink(0));
        assert_eq!(search.size(), 1006, "the next plateau");
        assert!(search.shrink(9000));
        assert_eq!(search.size(), 508, "more than was refused makes no sense");
        let mut search = Search::new(1500, false);
        assert!(search.shrink(100));
        assert_eq!(search.size(), 1492, "IPv6 has 1280 at least");
        while search.shrink(0) {}
        assert_eq!(search.size(), 1280);
    }

    #[test]
    fn short_packets_that_vanish_too_are_not_about_length() {
        let mut search = Search::new(1500, true);
        assert!(search.hunt());
        assert_eq!((search.size(), search.vanished(), search.size()), (576, Step::Neither, 1500));
        assert!(!Search::new(576, true).hunt() && !Search::new(1280, false).hunt());
    }

    proptest! {
        #[test]
        fn the_longest_that_comes_through_is_found(size in 1281_u32..65_536, link in 1280_u32..65_536, ipv4: bool) {
            let link = link.min(size - 1);
            let mut search = Search::new(size, ipv4);
            prop_assert!(search.hunt());
            let mut steps = 0;
            loop {
                steps += 1;
                prop_assert!(steps < 20);
                match if search.size() <= link { search.passed() } else { search.vanished() } {
                    Step::Try => {}
                    step => break prop_assert_eq!((step, search.size()), (Step::Found, link)),
                }
            }
        }

        #[test]
        fn it_comes_to_an_end(size in 0_u32..100_000, told: Vec<u32>, ipv4: bool) {
            let mut search = Search::new(size, ipv4);
            for mtu in told {
                let before = search.size();
                prop_assert_eq!(search.shrink(mtu), search.size() < before);
            }
            prop_assert!((0..12).any(|_| !search.shrink(0)));
        }
    }
}
