//! Round trips as numbers.

use std::time::Duration;

use serde::Serialize;

/// How many round trips the median and the percentile are taken of at most: the last ones.
const KEPT: usize = 1 << 17;

/// Round trips, as they come.
#[derive(Clone, Debug, Default)]
pub struct RoundTrips {
    count: u64,
    least_us: f64,
    most_us: f64,
    sum_us: f64,
    sum_of_squares: f64,
    jitter_us: f64,
    ewma_us: f64,
    last_us: Option<f64>,
    kept: Vec<f64>,
    /// Where the next one goes once [`KEPT`] are there.
    oldest: usize,
}

/// What they come to. Times are in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// How many.
    pub count: u64,
    /// The shortest.
    pub min_us: f64,
    /// The mean.
    pub avg_us: f64,
    /// The longest.
    pub max_us: f64,
    /// The deviation from the mean as ping(8) computes it: the root of the mean of squares less the square of the mean.
    pub mdev_us: f64,
    /// The median.
    pub median_us: f64,
    /// What 95 of 100 do not exceed.
    pub p95_us: f64,
    /// The interarrival jitter of RFC 3550.
    pub jitter_us: f64,
    /// The moving mean of ping(8), in which each counts an eighth, and those before it the rest.
    pub ewma_us: f64,
}

impl RoundTrips {
    /// Adds one.
    ///
    /// # Source
    /// RFC 3550 section 6.4.1 for the jitter: `J += (|D| - J) / 16`, where D is the difference of two transit times, here of
    /// two round trips.
    pub fn add(&mut self, rtt: Duration) {
        let us = rtt.as_secs_f64() * 1e6;
        self.least_us = if self.count == 0 { us } else { self.least_us.min(us) };
        self.most_us = self.most_us.max(us);
        self.ewma_us += if self.count == 0 { us } else { (us - self.ewma_us) / 8.0 };
        self.count = self.count.saturating_add(1);
        self.sum_us += us;
        self.sum_of_squares += us * us;
        if let Some(last) = self.last_us.replace(us) {
            self.jitter_us += ((us - last).abs() - self.jitter_us) / 16.0;
        }
        if self.kept.len() < KEPT {
            self.kept.push(us);
        } else if let Some(place) = self.kept.get_mut(self.oldest) {
            *place = us;
            self.oldest = (self.oldest + 1) % KEPT;
        }
    }

    /// The longest so far.
    pub fn longest(&self) -> Option<Duration> {
        (self.count > 0).then(|| Duration::from_secs_f64(self.most_us / 1e6))
    }

    /// What they come to, or `None` if there are none.
    #[expect(clippy::cast_precision_loss, reason = "a mean over more than 2^52 of them is not to be expected")]
    pub fn summary(&self) -> Option<Summary> {
        if self.count == 0 {
            return None;
        }
        let mean = self.sum_us / self.count as f64;
        let mut sorted = self.kept.clone();
        sorted.sort_by(f64::total_cmp);
        let median = match sorted.len() % 2 {
            0 => f64::midpoint(rank(&sorted, sorted.len() / 2), rank(&sorted, sorted.len() / 2 + 1)),
            _ => rank(&sorted, sorted.len() / 2 + 1),
        };
        Some(Summary {
            count: self.count,
            min_us: rounded(self.least_us),
            avg_us: rounded(mean),
            max_us: rounded(self.most_us),
            mdev_us: rounded((self.sum_of_squares / self.count as f64 - mean * mean).max(0.0).sqrt()),
            median_us: rounded(median),
            // The nearest rank: no value that was not seen.
            p95_us: rounded(rank(&sorted, (sorted.len() * 95).div_ceil(100))),
            jitter_us: rounded(self.jitter_us),
            ewma_us: rounded(self.ewma_us),
        })
    }
}

/// The one with this number, counted from 1.
fn rank(sorted: &[f64], number: usize) -> f64 {
    sorted.get(number.saturating_sub(1)).copied().unwrap_or_default()
}

/// To nanoseconds: what is behind them is arithmetic.
fn rounded(us: f64) -> f64 {
    (us * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(us: &[u64]) -> Summary {
        let mut trips = RoundTrips::default();
        for us in us {
            trips.add(Duration::from_micros(*us));
        }
        trips.summary().unwrap()
    }

    #[test]
    fn worked_by_hand() {
        let told = of(&[100, 300, 200, 400]);
        assert_eq!((told.min_us, told.avg_us, told.max_us), (100.0, 250.0, 400.0));
        // Squares: 10000 + 90000 + 40000 + 160000 = 300000; / 4 = 75000; - 62500 = 12500; its root is 111.803.
        assert_eq!((told.mdev_us, told.median_us, told.p95_us), (111.803, 250.0, 400.0));
        // 200/16 = 12.5; + (100 - 12.5)/16 = 17.96875; + (200 - 17.96875)/16 = 29.345703.
        assert_eq!(told.jitter_us.to_string(), "29.346");
        // 100; + (300 - 100)/8 = 125; + (200 - 125)/8 = 134.375; + (400 - 134.375)/8 = 167.578125.
        assert_eq!(told.ewma_us.to_string(), "167.578");
        let one = of(&[7]);
        assert_eq!((one.median_us, one.p95_us, one.mdev_us, one.jitter_us), (7.0, 7.0, 0.0, 0.0));
        assert!(RoundTrips::default().summary().is_none());
    }

    proptest! {
        #[test]
        fn the_order_of_magnitudes(us in proptest::collection::vec(0_u64..60_000_000, 1..200)) {
            let told = of(&us);
            prop_assert_eq!(told.count, us.len() as u64);
            prop_assert!(told.min_us <= told.median_us && told.median_us <= told.max_us);
            prop_assert!(told.min_us <= told.p95_us && told.p95_us <= told.max_us);
            prop_assert!(told.min_us <= told.avg_us + 0.001 && told.avg_us <= told.max_us + 0.001);
            prop_assert!(told.mdev_us >= 0.0 && told.mdev_us <= told.max_us + 1.0);
        }
    }
}
