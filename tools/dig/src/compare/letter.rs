//! What getaddrinfo(3) said, on the way from the process that asked it to the one that shows it.
//!
//! Fields that end with a NUL, which no string of C has in it: a word, what it says, and at last `end`.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use sockeye_sys::gai::{GaiCode, GaiError};

use super::{Addr, Addresses, Listed, micros};
use crate::gai::report::ShownError;

const END: char = '\0';

/// An answer, and how long it took, as octets that [`read`] takes.
pub fn write(answer: &Addresses, took: Duration) -> String {
    let mut text = format!("took{END}{}{END}", micros(took));
    match answer {
        Ok(listed) => {
            for addr in &listed.addresses {
                let _ = write!(text, "address{END}{}{END}", addr.0);
            }
            if let Some(name) = &listed.canonname {
                let _ = write!(text, "canonname{END}{name}{END}");
            }
        }
        Err(error) => {
            let errno = error.errno.as_ref().and_then(|errno| errno.code).unwrap_or_default();
            let _ = write!(text, "error{END}{}{END}errno{END}{errno}{END}", error.code);
        }
    }
    text + "end"
}

/// The answer and how long it took; `None` if not all of it came.
pub fn read(text: &str) -> Option<(Addresses, Duration)> {
    let (mut took, mut listed) = (None, Listed::default());
    let (mut code, mut errno) = (None, None);
    let mut fields = text.split(END);
    loop {
        let word = fields.next()?;
        if word == "end" {
            break;
        }
        let value = fields.next()?;
        match word {
            "took" => took = Some(Duration::from_micros(value.parse().ok()?)),
            "address" => listed.addresses.push(Addr(value.parse().ok()?)),
            "canonname" => listed.canonname = Some(value.to_owned()),
            "error" => code = Some(GaiCode(value.parse().ok()?)),
            "errno" => errno = value.parse().ok().filter(|errno| *errno != 0),
            _ => return None,
        }
    }
    let failed = |code| {
        let errno = errno.map(io::Error::from_raw_os_error);
        ShownError::new(&GaiError { call: "getaddrinfo", code, errno })
    };
    Some((code.map_or(Ok(listed), |code| Err(failed(code))), took?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_back_as_it_was() {
        let took = Duration::from_micros(20_000_123);
        let addresses = ["192.0.2.1:0", "[2001:db8::1]:80", "[fe80::1%7]:0"];
        let addresses: Vec<Addr> = addresses.iter().map(|addr| Addr(addr.parse().unwrap())).collect();
        let error = |code, errno| {
            let errno = (errno != 0).then(|| io::Error::from_raw_os_error(errno));
            Err(ShownError::new(&GaiError { call: "getaddrinfo", code, errno }))
        };
        for answer in [
            Ok(Listed::default()),
            Ok(Listed { addresses, canonname: Some("an end\nof \u{fc}".to_owned()) }),
            error(GaiCode::AGAIN, 0),
            error(GaiCode::SYSTEM, 111),
            error(GaiCode(-77), 0),
        ] {
            let text = write(&answer, took);
            assert_eq!(read(&text), Some((answer, took)));
            for (cut, _) in text.char_indices() {
                assert_eq!(read(&text[..cut]), None, "{:?}", &text[..cut]);
            }
        }
        assert_eq!(read("took\0x\0end"), None);
        assert_eq!(read("other\x001\0took\x001\0end"), None);
    }
}
