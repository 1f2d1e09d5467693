//! `addr ADDRESS...`: one or many, from the command line and from files.

use std::net::IpAddr;

use sockeye_cli::{Failure, Output, Status};

use crate::address;
use crate::cli::Show;
use crate::explain::Event;
use crate::fields::{OfAddress, Shown};
use crate::given::{Address, Fault, Given, Notation, Thing, is_mask_word, link_layer};
use crate::link;
use crate::plan::{failure, shown};
use crate::readings::{self, Readings};
use crate::shell::{self, Lines};

/// Shows each text. One that is nothing is told of, and the others go on.
///
/// # Errors
/// [`Failure`] with the status of the first text or file that failed, or if the output cannot be written.
pub fn run(job: &Show, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut run = Run { job, output, failed: None, shown: false, line: String::new() };
    let mut texts = job.texts.iter().peekable();
    while let Some(text) = texts.next() {
        // `192.0.2.1 255.255.255.0` is one network and not two addresses.
        let is_plain = matches!(text.to_str().map(Given::parse), Some(Ok(Given { thing: Thing::Address(_), .. })));
        let mask = texts.next_if(|next| is_plain && next.to_str().is_some_and(is_mask_word));
        match mask {
            Some(mask) => {
                let both = format!("{} {}", text.to_string_lossy(), mask.to_string_lossy());
                run.take(both.as_bytes(), None)?;
            }
            None => run.take(text.as_encoded_bytes(), None)?,
        }
    }
    for file in &job.files {
        match Lines::open(file) {
            Ok(mut lines) => run.file(&mut lines)?,
            Err(failure) => run.fail(&failure),
        }
    }
    run.failed.map_or(Ok(Status::YES), |status| Err(Failure::Silent(status)))
}

struct Run<'a, 'o> {
    job: &'a Show,
    output: &'a mut Output<'o>,
    failed: Option<Status>,
    /// Whether something was shown, from which the next is set off.
    shown: bool,
    /// The line of `--get` that is being made.
    line: String,
}

impl Run<'_, '_> {
    fn file(&mut self, lines: &mut Lines) -> Result<(), Failure> {
        let name = lines.name.clone();
        loop {
            if lines.is_dry() {
                // Whoever writes the file may wait for what becomes of it.
                self.output.flush()?;
            }
            match lines.next_line() {
                Ok(None) => return Ok(()),
                Ok(Some((number, line))) => self.take(line, Some((&name, number)))?,
                Err(failure) => {
                    self.fail(&failure);
                    return Ok(());
                }
            }
        }
    }

    fn take(&mut self, octets: &[u8], place: Option<(&str, u64)>) -> Result<(), Failure> {
        let place = place.map_or_else(String::new, |(file, line)| format!("{file}:{line}: "));
        let Ok(text) = str::from_utf8(octets) else {
            self.fail(&Failure::new(Status::NO, format!("{place}\"{}\": not UTF-8", shown(octets))));
            return Ok(());
        };
        match self.parse(text) {
            Ok(given) => self.show(&given),
            Err(fault) => {
                self.fail(&failure(Status::NO, &place, octets, &fault));
                Ok(())
            }
        }
    }

    /// What the text is; behind `addr mac` nothing but a link-layer address.
    fn parse(&self, text: &str) -> Result<Given, Fault> {
        if !self.job.only_mac {
            return Given::parse(text);
        }
        link_layer(text).map(|thing| Given { input: text.to_owned(), thing }).ok_or(Fault::NotAMac)
    }

    fn show(&mut self, given: &Given) -> Result<(), Failure> {
        if let Some(template) = &self.job.get {
            let shown = match (Shown::of(&given.input, &given.thing), &given.thing) {
                (None, Thing::Address(address)) => {
                    let asked = template.asks(&["aton", "pton", "getaddrinfo"]);
                    Shown::Address(OfAddress {
                        input: &given.input,
                        address,
                        scope_id: scope_id(address),
                        readings: asked.then(|| library(&given.input)),
                    })
                }
                (Some(shown), _) => shown,
                (None, _) => return Ok(()),
            };
            self.line.clear();
            template.fill(&mut self.line, |name, line| shown.add(name, line));
            self.line.push('\n');
            return self.output.raw(self.line.as_bytes());
        }
        if self.shown && !self.output.is_json() {
            self.output.raw(b"\n")?;
        }
        self.shown = true;
        match &given.thing {
            Thing::Address(address) => self.address(&given.input, address),
            Thing::Network(network) => {
                self.output.event(&Event::and(network.ip, network.prefix))?;
                self.output.event(&Event::or(network.prefix))?;
                self.output.event(&Event::counted(network.prefix))?;
                self.output.result(&crate::network::report(&given.input, network))
            }
            Thing::Mac(mac) => {
                if mac.is_group() {
                    self.no_addresses();
                } else {
                    self.output.event(&Event::extended(*mac))?;
                }
                self.output.result(&link::of_mac(&given.input, *mac, &self.job.networks))
            }
            Thing::Eui64(eui64) => {
                let report = link::of_eui64(&given.input, *eui64, &self.job.networks);
                if report.group {
                    self.no_addresses();
                } else {
                    self.output.event(&Event::turned(*eui64))?;
                }
                self.output.result(&report)
            }
        }
    }

    fn address(&mut self, input: &str, address: &Address) -> Result<(), Failure> {
        match address.ip {
            IpAddr::V4(addr) => {
                match (address.notation, Event::filled(readings::host_part(input))) {
                    (Notation::Number, _) => self.output.event(&Event::taken_apart(addr))?,
                    (Notation::Classic, Some(filled)) => self.output.event(&filled)?,
                    _ => {}
                }
                self.output.event(&Event::bits(addr))?;
                self.output.event(&Event::weighed(addr))?;
            }
            IpAddr::V6(addr) => {
                self.output.event(&Event::shortened(addr))?;
                if let Some(event) = Event::solicited_node(addr) {
                    self.output.event(&event)?;
                }
            }
        }
        if let Some(event) = Event::group_frames(address.ip) {
            self.output.event(&event)?;
        }
        self.output.result(&address::report(input, address, library(input), scope_id(address)))
    }

    /// A group has no interface, and so none of the addresses that were asked for.
    fn no_addresses(&mut self) {
        if self.job.addresses {
            self.failed.get_or_insert(Status::NO);
        }
    }

    fn fail(&mut self, failure: &Failure) {
        self.failed.get_or_insert(failure.status());
        self.output.failure(failure);
    }
}

/// What the C library reads of a text.
fn library(input: &str) -> Readings {
    let text = readings::host_part(input);
    readings::compare(text, &shell::readings(text))
}

/// The index of an address's zone; 0 if it has none, or there is no such interface.
fn scope_id(address: &Address) -> u32 {
    address.zone.as_ref().and_then(shell::zone_index).unwrap_or(0)
}
