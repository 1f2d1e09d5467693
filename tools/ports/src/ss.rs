//! The `ss` dialect: iproute2's ss by its options, columns and words.
//!
//! - [`tables`]: which socket tables, families and states a line is about
//! - [`query`]: the filter
//! - [`row`]: a socket in ss's words; `info`, `number` and `words` are parts of it
//! - [`sheet`]: rows as columns
//! - [`summary`]: `-s`; `destroy`: `-K` and `-E`

mod destroy;
mod info;
mod number;
pub mod query;
pub mod row;
pub mod sheet;
pub mod summary;
pub mod tables;
mod words;

use sockeye_cli::escape::escape;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::sock_diag::{Extensions, StateMask};

use crate::cli::{Action, Show, Ss};
use crate::columns::cell::Context;
use crate::entry::Entry;
use crate::explain::{self, Event};
use crate::filter::{self, Filter};
use crate::kind::{Kind, Kinds};
use crate::record::Record;
use crate::selection::Selection;
use crate::shell;
use crate::ss::row::Lore;
use crate::ss::sheet::{Columns, Sheet};
use crate::ss::tables::{Chosen, Families, Tables};

/// How ss ends where the filter is wrong.
const FILTER_WRONG: Status = Status(255);
/// How it ends where only a host, a port, a mark or a name in the filter is wrong.
const VALUE_WRONG: Status = Status(1);

/// Runs `ss`.
///
/// # Errors
/// [`Failure`] if the kernel does not do what was asked for.
pub fn run(job: &Ss, output: &mut Output<'_>) -> Result<Status, Failure> {
    if let Some(namespace) = &job.namespace {
        shell::ss::enter(namespace)?;
    }
    if !matches!(job.action, Action::Dump(_)) {
        shell::confine::to_listing(true, output)?;
    }
    match &job.action {
        Action::List => list(job, output),
        Action::Summary => {
            let alone = job.choice.is_untouched() && job.filter.is_empty();
            if alone && let Some(file) = &job.filter_file {
                // ss looks no further than whether it is there.
                shell::ss::filter_file(file)?;
            }
            output.result(&shell::ss::summary()?)?;
            if alone { Ok(Status::YES) } else { list(job, output) }
        }
        Action::Kill => destroy::kill(job, output),
        Action::Events => destroy::events(job, output),
        Action::Dump(file) => dump(job, file, output),
    }
}

fn list(job: &Ss, output: &mut Output<'_>) -> Result<Status, Failure> {
    let Some((chosen, filter)) = wanted(job, output)? else { return Ok(Status::YES) };
    let selection = selection(chosen, job.show, &filter);
    // A file that was made with -D stands for the TCP sockets of the host.
    let entries = match shell::ss::recorded()?.filter(|_| chosen.tables.has(Tables::TCP)) {
        Some(mut entries) => {
            shell::filter::sift(&mut entries, &filter)?;
            let listed = |entry: &Entry| StateMask(1_u32.checked_shl(entry.state().number().into()).unwrap_or(0));
            entries.retain(|entry| selection.wants(Kind::Tcp, listed(entry)));
            entries
        }
        None => select(&selection, &filter, output)?,
    };
    let lore = shell::ss::lore(&entries, job.show);
    let meanings = explain::states(entries.iter().map(Entry::state));
    let status = print(entries, &lore, columns(chosen, job.show), job.show, output)?;
    if output.is_explained() {
        meanings.iter().try_for_each(|event| output.event(event))?;
    }
    Ok(status)
}

/// The sockets that are wanted, as the kernel lists them.
fn select(selection: &Selection, filter: &Filter, output: &mut Output<'_>) -> Result<Vec<Entry>, Failure> {
    let selected = output.narrate(|explain| shell::filter::select(selection, filter, explain))??;
    for note in selected.notes() {
        output.note(note);
    }
    Ok(selected.entries)
}

/// Prints rows.
fn print(
    mut entries: Vec<Entry>,
    lore: &Lore,
    columns: Columns,
    show: Show,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    // The kernel's order within each table is ss's.
    entries.sort_by_key(|entry| rank(entry.kind()));
    let mut sheet = Sheet::new(columns);
    for entry in &entries {
        row::push(&mut sheet, entry, show, lore);
    }
    let context = Context { names: &lore.names, holders: lore.holders.as_ref(), netns: None };
    let records = entries.iter().map(|entry| Record::of(entry, context));
    output.list(&sheet, records)?;
    Ok(Status::YES)
}

/// Writes what the kernel says of TCP sockets, as it says it.
fn dump(job: &Ss, file: &str, output: &mut Output<'_>) -> Result<Status, Failure> {
    let Some((chosen, filter)) = wanted(job, output)? else { return Ok(Status::YES) };
    if !chosen.tables.has(Tables::TCP) {
        output.note("tcpdiag dump requested and no tcp in filter.");
        return Ok(Status::YES);
    }
    let tcp = Chosen { tables: Tables::TCP, ..chosen };
    let octets = shell::ss::raw_dump(&filter.narrow(&selection(tcp, job.show, &filter)))?;
    if file == "-" {
        output.raw(&octets)?;
    } else {
        shell::ss::write(file, &octets)?;
    }
    Ok(Status::YES)
}

/// What is wrong in a filter, with the status that ss has for it.
fn with_status(status: Status, failure: Failure) -> Failure {
    match failure {
        Failure::Fault { status: Status::USAGE, message, hint, excerpt } => {
            Failure::Fault { status, message, hint, excerpt }
        }
        other => other,
    }
}

/// Which sockets are wanted, or `None` if there can be none, which ss says and calls no failure.
fn wanted(job: &Ss, output: &mut Output<'_>) -> Result<Option<(Chosen, Filter)>, Failure> {
    let mut words = match &job.filter_file {
        Some(file) => query::words_of_file(&shell::ss::filter_file(file)?),
        None => Vec::new(),
    };
    words.extend(job.filter.iter().cloned());
    let mut choice = job.choice;
    if let Some(family) = choice.family_of_addresses() {
        words = query::with_family(&words, family);
    }
    let parsed = filter::parse_in(filter::Dialect::Ss, &words).map_err(|fault| {
        let status = if fault.of_value { VALUE_WRONG } else { FILTER_WRONG };
        with_status(status, fault.into())
    })?;
    for warning in &parsed.warnings {
        let warning = escape(warning);
        if job.action == Action::Kill {
            return Err(Failure::new(FILTER_WRONG, format!("nothing destroyed: {warning}")));
        }
        output.note(warning);
    }
    let families = parsed.expression.as_ref().map_or(Families::NONE, query::families);
    if !families.is_empty() {
        choice.only_families(families);
    }
    let mut filter = shell::filter::resolve(&parsed).map_err(|failure| with_status(VALUE_WRONG, failure))?;
    if !parsed.is_empty() {
        output.event(&Event::filter_read(&parsed, &filter))?;
    }
    let chosen = match parsed.states {
        // As if nothing had been said of states, not even by -a: `exclude all`.
        Some(states) if states.is_empty() => {
            filter.states = None;
            choice.finish(StateMask::EMPTY)
        }
        states => choice.finish(states.unwrap_or(job.states)),
    };
    match chosen {
        Ok(chosen) => Ok(Some((chosen, filter))),
        Err(nothing) => {
            output.note(nothing);
            Ok(None)
        }
    }
}

/// Which columns there are: those that may differ from row to row.
fn columns(chosen: Chosen, show: Show) -> Columns {
    // The kernel has two numbers for SYN-RECV, and two for UNCONN.
    let mut states = chosen.states.without(StateMask::NEW_SYN_RECEIVED);
    if states.contains(StateMask::CLOSED) {
        states = states.without(StateMask::BOUND_INACTIVE);
    }
    Columns {
        netid: chosen.several,
        state: states.0.count_ones() > 1,
        one_line: show.oneline,
        queues: !show.no_queues,
        headings: !show.no_header,
    }
}

/// What the kernel is asked for.
fn selection(chosen: Chosen, show: Show, filter: &Filter) -> Selection {
    let needs = filter.needs();
    let mut extensions = Extensions::EMPTY;
    for (wanted, needs) in [
        (show.info, Extensions::INFO | Extensions::VEGASINFO | Extensions::CONG),
        (show.memory, Extensions::SKMEMINFO | Extensions::MEMINFO),
        (show.tos, Extensions::TOS | Extensions::TCLASS),
        // What is told unasked is kept only beside something that is asked for.
        (show.extended || show.cgroup || show.sockopt || needs.marks || needs.cgroups, Extensions::SHUTDOWN),
    ] {
        if wanted {
            extensions |= needs;
        }
    }
    Selection {
        stateless: false,
        kinds: kinds(chosen.tables, chosen.families),
        ipv4: chosen.families.has(Families::INET),
        ipv6: chosen.families.has(Families::INET6),
        states: chosen.states,
        extensions,
        bytecode: Vec::new(),
    }
}

/// TIPC and XDP have no kind: no kernel of ours lists them, and neither does sockeye.
fn kinds(tables: Tables, families: Families) -> Kinds {
    const KINDS: [(Tables, Kind); 14] = [
        (Tables::NETLINK, Kind::Netlink),
        (Tables::PACKET_RAW, Kind::PacketRaw),
        (Tables::PACKET_DGRAM, Kind::PacketDgram),
        (Tables::UNIX_STREAM, Kind::UnixStream),
        (Tables::UNIX_DGRAM, Kind::UnixDgram),
        (Tables::UNIX_SEQPACKET, Kind::UnixSeqpacket),
        (Tables::RAW, Kind::Raw),
        (Tables::UDP, Kind::Udp),
        (Tables::TCP, Kind::Tcp),
        (Tables::MPTCP, Kind::Mptcp),
        (Tables::DCCP, Kind::Dccp),
        (Tables::SCTP, Kind::Sctp),
        (Tables::VSOCK_STREAM, Kind::VsockStream),
        (Tables::VSOCK_DGRAM, Kind::VsockDgram),
    ];
    let shown = |table: Tables| tables.has(table) && table.is_of(families);
    KINDS.into_iter().filter(|(table, _)| shown(*table)).map(|(_, kind)| kind).collect()
}

/// Where a kind stands in ss's list.
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Netlink => 0,
        Kind::PacketRaw | Kind::PacketDgram => 1,
        Kind::UnixStream | Kind::UnixDgram | Kind::UnixSeqpacket => 2,
        Kind::Raw => 3,
        Kind::Udp => 4,
        Kind::Tcp => 5,
        Kind::Mptcp => 6,
        Kind::Dccp => 7,
        Kind::Sctp => 8,
        Kind::VsockStream | Kind::VsockDgram | Kind::VsockSeqpacket => 9,
        Kind::UdpLite | Kind::Ping => 10,
    }
}
