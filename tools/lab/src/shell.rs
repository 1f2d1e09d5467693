//! Everything that touches the system: networks, processes, files, clocks.
//!
//! - [`privilege`]: whether this machine lets us make hosts
//! - [`network`]: hosts and links
//! - [`process`]: tools running on hosts
//! - [`capture`]: what was on a link
//! - [`tools`], [`folder`]: the other executables, and a place for files
//! - [`runner`]: performs the actions of an experiment
#![expect(
    clippy::disallowed_methods,
    reason = "the shell: makes networks, runs processes, reads the clock and the environment"
)]

pub mod capture;
pub mod folder;
pub mod network;
pub mod privilege;
pub mod process;
pub mod runner;
pub mod tools;

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::PathBuf;

use sockeye_cli::{Failure, Output, Status};

use crate::explain::Event;
use crate::report::{Closing, Opening, Suggestion};
use crate::stage::{Kind, Ports, Privilege, Stage};
use crate::topology::PAIR;
use crate::tour;
use network::Network;
use runner::Runner;
use tools::Tools;

/// What a tour shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tour {
    /// Do not make hosts, even where that is allowed.
    pub loopback: bool,
    /// Where to keep the capture.
    pub pcap: Option<PathBuf>,
}

/// Runs the tour.
///
/// # Errors
/// [`Failure`] if it could not be run to its end. That a check failed is [`Status::NO`].
pub fn tour(options: &Tour, output: &mut Output<'_>) -> Result<Status, Failure> {
    let tools = Tools::find(output)?;
    output.event(&Event::Tools { folder: tools.folder().display().to_string() })?;
    let (network, opening, stage) = open(options, output)?;
    let mut runner = Runner::new(network, tools, stage.kind, options.pcap.clone(), output.width())?;
    output.result(&opening)?;
    let mut checks = 0;
    let mut failed = Vec::new();
    for (index, step) in tour::steps(&stage).iter().enumerate() {
        let report = runner.perform(index + 1, step, output)?;
        output.result(&report)?;
        checks += report.checks.len();
        failed.extend(report.checks.iter().filter(|check| !check.passed).map(|check| check.check.clone()));
        if let Some(why) = report.broke {
            failed.push(why);
            break;
        }
    }
    let status = if failed.is_empty() { Status::YES } else { Status::NO };
    let next = tour::NEXT.iter().map(|(command, what_for)| Suggestion { command, what_for }).collect();
    let capture = options.pcap.as_ref().filter(|_| runner.has_captured()).map(|path| path.display().to_string());
    output.result(&Closing { experiment: tour::NAME, checks, failed, capture, next })?;
    Ok(status)
}

/// Says what this machine allows: for `lab list --explain`, and for the tour.
///
/// # Errors
/// [`Failure`] if standard output does not take it.
pub fn explain_privilege(output: &mut Output<'_>) -> Result<(), Failure> {
    if output.is_explained() {
        output.event(&Event::Privilege(privilege::ask()))?;
    }
    Ok(())
}

/// Makes the hosts, or does without.
fn open(options: &Tour, output: &mut Output<'_>) -> Result<(Network, Opening, Stage), Failure> {
    let privilege = if options.loopback { Privilege::default() } else { privilege::ask() };
    if !options.loopback {
        output.event(&Event::Privilege(privilege.clone()))?;
    }
    let (stage, network, says) = if privilege.namespaces {
        if privilege.user_namespace {
            privilege::enter_user_namespace().map_err(|error| Failure::host(error.to_string()))?;
        }
        let network = output
            .narrate(|explain| Network::build(&PAIR, explain))?
            .map_err(|error| Failure::host(error.to_string()))?;
        let stage = Stage::two_hosts(&PAIR).ok_or_else(|| Failure::host("a host has no IPv4 address"))?;
        (stage, network, two_hosts(&stage, privilege.user_namespace))
    } else {
        let stage = Stage::loopback(free_ports()?);
        (stage, Network::loopback(&PAIR), loopback(privilege.refusal.as_deref()))
    };
    let hint = privilege.hint;
    if let (Kind::Loopback, Some(path)) = (stage.kind, &options.pcap) {
        let failure = Failure::host(format!("{}: nothing is captured on loopback", path.display()));
        return Err(match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        });
    }
    let opening = Opening {
        experiment: tour::NAME,
        hosts: stage.kind,
        alice_addr: stage.alice.to_string(),
        bob_addr: stage.bob.to_string(),
        ports: stage.ports,
        says,
        hint,
    };
    Ok((network, opening, stage))
}

fn two_hosts(stage: &Stage, user_namespace: bool) -> String {
    let how = if user_namespace {
        "network namespaces inside a user namespace, made without root"
    } else {
        "network namespaces, made as root"
    };
    format!(
        "Two hosts on this machine, alice ({}) and bob ({}), with a cable between them: {how}. Nothing leaves the machine, \
         and nothing stays when this is over.",
        stage.alice, stage.bob
    )
}

fn loopback(refusal: Option<&str>) -> String {
    let why = match refusal {
        Some(refusal) => format!("this system does not let lab make two hosts ({refusal})"),
        None => "as you asked".to_owned(),
    };
    format!(
        "On the loopback interface alone, {why}. Nothing is captured there, so the checksum is only worked out by hand."
    )
}

/// Ports that nobody has at this moment.
fn free_ports() -> Result<Ports, Failure> {
    let is_free = |ports: &Ports| {
        UdpSocket::bind((Ipv4Addr::LOCALHOST, ports.alice_udp)).is_ok()
            && UdpSocket::bind((Ipv4Addr::LOCALHOST, ports.bob_udp)).is_ok()
            && TcpListener::bind((Ipv4Addr::LOCALHOST, ports.bob_tcp)).is_ok()
    };
    Ports::candidates(std::process::id()).find(is_free).map_or_else(any_ports, Ok)
}

/// Whatever the kernel gives. Somebody else may get it before we use it.
fn any_ports() -> Result<Ports, Failure> {
    let failed = |error: std::io::Error| Failure::call(Status::HOST, "bind", "127.0.0.1:0", &error);
    // All at once, so that they differ.
    let udp = [
        UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?,
        UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?,
    ];
    let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let [alice, bob] = udp.each_ref().map(|socket| socket.local_addr().map(|addr| addr.port()));
    Ok(Ports {
        alice_udp: alice.map_err(failed)?,
        bob_udp: bob.map_err(failed)?,
        bob_tcp: tcp.local_addr().map_err(failed)?.port(),
    })
}
