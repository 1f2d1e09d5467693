//! The clocks that `Instant` and `SystemTime` hide: as numbers that can be compared with what the kernel stamped.

/// Microseconds of CLOCK_MONOTONIC, as the kernel's `mono` trace clock counts them.
pub fn monotonic_us() -> u64 {
    read(libc::CLOCK_MONOTONIC)
}

/// Microseconds since 1970-01-01T00:00:00Z.
pub fn wall_us() -> u64 {
    read(libc::CLOCK_REALTIME)
}

/// Microseconds that the calling thread has spent on a processor, in the kernel or out of it.
pub fn thread_cpu_us() -> u64 {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Makes the waits of the calling thread end when they should, and not up to 50 microseconds later, as Linux has it for
/// processes that do not care; and before others are served, where that is allowed (CAP_SYS_NICE).
///
/// # Source
/// PR_SET_TIMERSLACK(2const), setpriority(2), which is about one thread in Linux.
pub fn wake_on_time() {
    const NANOSECOND: libc::c_ulong = 1;
    const NICE: libc::c_int = -10;
    // SAFETY: the call takes no pointers. It cannot fail for the calling thread.
    unsafe { libc::prctl(libc::PR_SET_TIMERSLACK, NANOSECOND) };
    // SAFETY: the call takes no pointers. Where it is refused, the thread waits for its turn as others do.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
}

/// # Source
/// clock_gettime(2).
fn read(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is writable; the clock is one that every Linux has. If it failed, zero would be read.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u64::try_from(time.tv_nsec).unwrap_or(0);
    seconds.saturating_mul(1_000_000).saturating_add(nanoseconds / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_go_forward_and_are_not_the_same() {
        let (monotonic, wall) = (monotonic_us(), wall_us());
        assert!(monotonic_us() >= monotonic);
        assert!(wall > 1_700_000_000_000_000, "after 2023");
        assert!(thread_cpu_us() > 0);
    }
}
