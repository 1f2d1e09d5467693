//! Everything that touches the system: networks, processes, files, clocks.
//!
//! - [`privilege`]: whether this machine lets us make hosts
//! - [`network`]: hosts and links; [`wire`]: links that lose and delay
//! - [`tools`], [`folder`]: the other executables, and a place for files
//! - [`kept`]: files that are written at the end
//! - [`mod@run`]: performs an experiment; [`clean`]: removes what one that was killed has left
//! - [`calls`]: performs socket calls; [`serve`], [`client`]: servers and clients
#![expect(
    clippy::disallowed_methods,
    reason = "the shell: makes networks, runs processes, reads the clock and the environment"
)]

pub mod calls;
pub mod clean;
pub mod client;
pub mod file;
pub mod folder;
pub mod kept;
pub mod network;
pub mod privilege;
pub mod run;
pub mod serve;
pub mod session;
pub mod tools;
pub mod verify;
pub mod wire;

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::PathBuf;

use sockeye_cli::{Failure, Output, Status};

use crate::explain::Event;
use crate::model::Lab;
use crate::report::{Next, Suggestion};
use crate::stage::{Ports, Privilege};
use crate::story::{self, Begins, Finished, Story};
use crate::tour;
use crate::view::html::{self, Facts};
use kept::{Captures, Kept};
use run::{Manner, Run};
use tools::Tools;

/// The hidden command of the first process of an experiment.
pub const INIT: &str = "internal-init";
/// The hidden command of the process that keeps the place of a host.
pub const ANCHOR: &str = "internal-anchor";

/// An experiment to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its name, or its file.
    pub experiment: String,
    /// Whether times may be shortened.
    pub fast: bool,
    /// From where the chances of the wires come.
    pub seed: u64,
    /// The folder for a capture of each link.
    pub pcap: Option<PathBuf>,
    /// The file of the page.
    pub html: Option<PathBuf>,
    /// Whether the answer is on the page.
    pub answer: bool,
    /// Whether to go on after a step that could not be done.
    pub keep_going: bool,
}

/// Runs an experiment.
///
/// # Errors
/// [`Failure`] if it could not be run to its end. That a check failed is [`Status::NO`].
pub fn run(order: &Order, output: &mut Output<'_>) -> Result<Status, Failure> {
    let lab = file::load(&order.experiment)?;
    let page = order.html.as_deref().map(Kept::open).transpose()?;
    let links = lab.network.links.iter().map(|link| link.name.as_str());
    let captures = order.pcap.as_deref().map(|folder| Captures::open(folder, links)).transpose()?;
    let tools = find_tools(output)?;
    let hosts = enter(output)?.says;
    let divisor = if order.fast { lab.fast.max(1) } else { 1 };
    let manner = Manner { divisor, fast: order.fast, seed: order.seed, keep_going: order.keep_going, loopback: false };
    let mut run = Run::open(&lab, manner.clone(), &tools, output)?;
    begin(&lab, &manner, hosts, None, output)?;
    let finished = run.perform(&mut Story::new(), output)?;
    // Said before it is kept, and kept whether it could be said: what was seen was seen.
    let told = conclude(&run, &lab, &finished, output).and_then(|status| output.flush().map(|()| status));
    if let Some(captures) = captures {
        run.fetch_frames();
        captures.write(|link| run.capture_of(Some(link)))?;
    }
    if let Some(page) = page {
        let facts = Facts { seed: order.seed, divisor, answer: order.answer, version: env!("CARGO_PKG_VERSION") };
        page.write(html::page(&run.records(), &lab, &facts).as_bytes())?;
    }
    told
}

fn find_tools(output: &mut Output<'_>) -> Result<Tools, Failure> {
    let tools = Tools::find(output)?;
    output.event(&Event::Tools { folder: tools.folder().display().to_string() })?;
    Ok(tools)
}

/// Says what comes.
fn begin(
    lab: &Lab,
    manner: &Manner,
    hosts: String,
    hint: Option<String>,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let (name, title, what) = (lab.name.clone(), lab.title.clone(), lab.what.clone());
    let Manner { seed, divisor, fast, loopback, .. } = *manner;
    output.result(&Begins { name, title, what, loopback, hosts, hint, seed, divisor, fast })?;
    output.flush()
}

/// Says what it came to.
fn conclude(run: &Run<'_>, lab: &Lab, finished: &Finished, output: &mut Output<'_>) -> Result<Status, Failure> {
    if output.is_json() {
        story::tell_all(&run.records(), lab, output)?;
    }
    output.result(finished)?;
    Ok(if finished.failed.is_empty() { Status::YES } else { Status::NO })
}

/// Where hosts are made.
struct Entered {
    /// Whether that is a user namespace.
    user_namespace: bool,
    /// The same, in a sentence.
    says: String,
}

/// Moves to where hosts can be made.
fn enter(output: &mut Output<'_>) -> Result<Entered, Failure> {
    let privilege = privilege::ask();
    output.event(&Event::Privilege(privilege.clone()))?;
    if let Some(refusal) = &privilege.refusal {
        return Err(hinted(Failure::host(format!("hosts cannot be made here: {refusal}")), privilege.hint));
    }
    if privilege.user_namespace {
        privilege::enter_user_namespace().map_err(|error| Failure::host(error.to_string()))?;
    }
    let how = if privilege.user_namespace { "inside a user namespace, made without root" } else { "made as root" };
    let says = format!(
        "Each host is a network namespace, {how}. Nothing leaves the machine, and nothing stays when this is over."
    );
    Ok(Entered { user_namespace: privilege.user_namespace, says })
}

/// Opens a shell on a host of an experiment.
///
/// # Errors
/// [`Failure`] if there is no such experiment or host, or if this machine cannot do it.
pub fn shell(asked: &Asked, output: &mut Output<'_>) -> Result<Status, Failure> {
    session::shell(&file::load(&asked.experiment)?, asked.host.as_deref(), asked.seed, output)
}

/// Whose shell is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The experiment: its name, or its file.
    pub experiment: String,
    /// The host; the first if none is named.
    pub host: Option<String>,
    /// From where the chances of the wires come.
    pub seed: u64,
}

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
    let tools = find_tools(output)?;
    let privilege = if options.loopback { Privilege::default() } else { privilege::ask() };
    if !options.loopback {
        output.event(&Event::Privilege(privilege.clone()))?;
    }
    let loopback = !privilege.namespaces;
    if let (true, Some(path)) = (loopback, &options.pcap) {
        return Err(hinted(
            Failure::host(format!("{}: nothing is captured on loopback", path.display())),
            privilege.hint,
        ));
    }
    let kept = options.pcap.as_deref().map(Kept::open).transpose()?;
    let (lab, hosts) = if loopback {
        (tour::on_loopback(free_ports()?), on_loopback(privilege.refusal.as_deref()))
    } else {
        if privilege.user_namespace {
            privilege::enter_user_namespace().map_err(|error| Failure::host(error.to_string()))?;
        }
        (file::load(tour::NAME)?, two_hosts(privilege.user_namespace))
    };
    let manner = Manner { divisor: 1, fast: false, seed: 1, keep_going: false, loopback };
    let mut run = Run::open(&lab, manner.clone(), &tools, output)?;
    begin(&lab, &manner, hosts, privilege.hint, output)?;
    let finished = run.perform(&mut Story::new(), output)?;
    if let Some(kept) = kept {
        run.fetch_frames();
        kept.write(&run.capture_of(None)?)?;
    }
    let status = conclude(&run, &lab, &finished, output)?;
    let suggestions = tour::NEXT.iter().map(|(command, what_for)| Suggestion { command, what_for }).collect();
    output.result(&Next { suggestions })?;
    Ok(status)
}

fn hinted(failure: Failure, hint: Option<String>) -> Failure {
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
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

fn two_hosts(user_namespace: bool) -> String {
    let how = if user_namespace {
        "network namespaces inside a user namespace, made without root"
    } else {
        "network namespaces, made as root"
    };
    format!(
        "Two hosts on this machine, alice (10.0.0.1) and bob (10.0.0.2), with a cable between them: {how}. Nothing leaves the \
         machine, and nothing stays when this is over."
    )
}

fn on_loopback(refusal: Option<&str>) -> String {
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
