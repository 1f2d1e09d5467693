//! The filter language of ports: no query panics, and what is shown is read as the same. A program says no more than it may.
#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use sockeye_ports::filter::{LookUp, parse};

/// Names for everything, of which none is asked.
struct Names;

impl LookUp for Names {
    fn host(&mut self, name: &str) -> Result<Vec<IpAddr>, String> {
        let octet = u8::try_from(name.len()).unwrap_or(0);
        Ok(vec![IpAddr::from([127, 0, 0, octet]), IpAddr::from([octet; 16])])
    }

    fn service(&mut self, name: &str) -> Result<Vec<u16>, String> {
        Ok(vec![u16::try_from(name.len()).unwrap_or(0), 80])
    }

    fn interface(&mut self, _: &str) -> Result<u32, String> {
        Ok(1)
    }

    fn user(&mut self, _: &str) -> Result<u32, String> {
        Ok(1000)
    }

    fn cgroup(&mut self, path: &str) -> Result<u64, String> {
        u64::try_from(path.len()).map_err(|error| error.to_string())
    }

    fn ephemeral(&mut self) -> (u16, u16) {
        (32768, 60999)
    }
}

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    match parse(&[&text]) {
        Err(fault) => {
            assert!(text.get(fault.span.clone()).is_some(), "{:?}", fault.span);
            assert_eq!(fault.to_string().lines().count(), 3);
        }
        Ok(query) => {
            if let Some(expression) = &query.expression {
                let shown = expression.to_string();
                // A pattern with both kinds of quotes can be shown, but not written; so can one that needs them and ends with
                // a backslash, if there are more behind it.
                if !(text.contains('"') && text.contains('\''))
                    && !text.contains('\\')
                    && !shown.starts_with("state")
                    && !shown.starts_with("exclude")
                {
                    let levels = shown.matches("not ").count() + shown.matches('(').count();
                    match parse(&[&shown]) {
                        Ok(again) => assert_eq!(again.expression.map(|again| again.to_string()), Some(shown)),
                        // What binds stronger is shown in brackets, of which there may then be one too many.
                        Err(fault) => {
                            let too_deep = fault.message.starts_with("brackets and not stand in each other");
                            assert!(too_deep && levels > 64, "{fault:?}");
                        }
                    }
                }
            }
            if let Some(program) = query.resolve(&mut Names).ok().and_then(|filter| filter.program()) {
                assert_eq!(program.octets.len() % 4, 0);
                assert!(program.lines().iter().all(|line| !line.contains("operation")));
            }
        }
    }
});
