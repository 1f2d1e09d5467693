//! How often the kernel is asked, so that watching costs little however many sockets there are.

use super::notice::Micros;

/// When one kind of listing is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    interval: Micros,
    /// It may take one part in so many of a processor; `None` if it is made as often as asked whatever it costs.
    share: Option<u64>,
    /// How far apart they are now.
    apart: Micros,
    due: Micros,
}

impl Pace {
    /// Every `interval`, unless that takes more than one part in `share` of a processor.
    pub fn new(interval: Micros, share: Option<u64>) -> Self {
        Self { interval, share, apart: interval, due: 0 }
    }

    /// When the next is due.
    pub fn due(&self) -> Micros {
        self.due
    }

    /// How far apart they are now.
    pub fn apart(&self) -> Micros {
        self.apart
    }

    /// It would show nothing new now.
    pub fn put_off(&mut self, now: Micros) {
        self.due = now.saturating_add(self.interval);
    }

    /// The next is due now: what was counted on did not come.
    pub fn at_once(&mut self) {
        self.due = 1;
    }

    /// A listing began at `start` and took so much of a processor.
    pub fn ran(&mut self, start: Micros, cost: Micros) {
        // The mean of this one and what was thought before: one that was disturbed is not the rule.
        let wanted = self.interval.max(cost.saturating_mul(self.share.unwrap_or(0)));
        self.apart = if self.due == 0 { wanted } else { self.apart.saturating_add(wanted) / 2 }.max(self.interval);
        self.due = start.saturating_add(self.apart);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dear_listing_is_made_less_often_and_a_cheap_one_as_asked() {
        let mut pace = Pace::new(50_000, Some(50));
        pace.ran(1_000_000, 300);
        assert_eq!((pace.apart(), pace.due()), (50_000, 1_050_000));
        pace.ran(2_000_000, 15_000);
        assert_eq!(pace.apart(), 400_000, "half of the way to 750 ms");
        for round in 3..30 {
            pace.ran(round * 1_000_000, 15_000);
        }
        assert!((745_000..=750_000).contains(&pace.apart()), "{}", pace.apart());
        for round in 30..60 {
            pace.ran(round * 1_000_000, 100);
        }
        assert!((50_000..51_000).contains(&pace.apart()));
    }

    #[test]
    fn an_interval_that_is_kept_is_kept() {
        let mut pace = Pace::new(50_000, None);
        pace.ran(1_000_000, 40_000);
        assert_eq!((pace.apart(), pace.due()), (50_000, 1_050_000));
    }

    #[test]
    fn what_is_put_off_is_looked_at_again_after_one_interval() {
        let mut pace = Pace::new(50_000, Some(50));
        pace.ran(1_000_000, 100_000);
        pace.put_off(2_000_000);
        assert_eq!(pace.due(), 2_050_000);
    }
}
