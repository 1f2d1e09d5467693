//! Addresses, networks, routes and templates of addr: no text panics, and what is printed is read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_addr::given::{Given, Thing};
use sockeye_addr::plan::vlsm;
use sockeye_addr::{mac, network, reverse, route, template};
use sockeye_common::addr::IpText;

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    let _ = (template::Template::compile(&text), mac::parse::<6>(&text), mac::parse::<8>(&text));
    let mut table = route::Table::default();
    for (line, number) in text.lines().zip(1..) {
        for read in [route::parse(line.trim(), number), route::parse_option(line, number)] {
            if let Ok(line) = read {
                table.push(line);
            }
        }
    }
    let _ = table.finish();
    let Ok(given) = Given::parse(&text) else { return };
    let again = |text: &str| Given::parse(text).map(|given| given.thing);
    match given.thing {
        Thing::Address(address) => {
            let Ok(Thing::Address(read)) = again(&IpText(address.ip).to_string()) else { panic!("{address:?}") };
            assert_eq!(read.ip, address.ip);
            assert_eq!(reverse::parse(&reverse::name(address.ip)).unwrap().unwrap().first(), address.ip);
        }
        Thing::Network(found) => {
            let Ok(Thing::Network(read)) = again(&found.text()) else { panic!("{found:?}") };
            assert_eq!((read.ip, read.prefix), (found.ip, found.prefix));
            let _ = (network::report(&text, &found), vlsm::want(&text, 0, found.prefix));
        }
        Thing::Mac(found) => assert_eq!(again(&found.to_string()), Ok(Thing::Mac(found))),
        Thing::Eui64(found) => assert_eq!(again(&found.to_string()), Ok(Thing::Eui64(found))),
    }
});
