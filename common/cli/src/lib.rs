//! What every Sockeye tool shares at its edge: output, exit statuses, manual, completions, progress.
