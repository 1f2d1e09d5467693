//! The heap of this process.

/// Gives free memory of the heap back to the system.
///
/// free(3) of glibc does so by itself only with what lies above everything in use, and not before that is twice the
/// largest block it ever had from mmap(2). Other C libraries have no such call, and nothing happens.
///
/// # Source
/// malloc_trim(3); mallopt(3), "M_MMAP_THRESHOLD".
pub fn trim() {
    // SAFETY: takes a number and touches only memory that is free.
    #[cfg(target_env = "gnu")]
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(test)]
#[cfg(target_env = "gnu")]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "what the kernel counts is in a file")]
    fn anonymous_kib() -> usize {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// 64 MiB in small blocks, of which the last stays: free(3) alone gives nothing back below it.
    #[test]
    fn what_is_free_below_what_is_in_use_goes_back_too() {
        let mut blocks: Vec<Box<[u8]>> = (0..1 << 14).map(|_| vec![1; 4096].into_boxed_slice()).collect();
        let last = blocks.pop();
        drop(blocks);
        let before = anonymous_kib();
        trim();
        let after = anonymous_kib();
        assert!(
            after + (32 << 10) < before,
            "{before} KiB, then {after} KiB, with {:?}",
            last.map(|block| block.len())
        );
    }
}
