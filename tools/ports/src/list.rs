//! A listing, from the first question to the last line.

use std::net::IpAddr;

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::CallError;

use crate::byte_order::{self, Swapped};
use crate::cli::{Form, List};
use crate::columns::Needs;
use crate::columns::cell::Context;
use crate::entry::{Entry, Listed};
use crate::explain::{self, Event, OwnerSearch, counted};
use crate::listing::csv::Csv;
use crate::listing::{Listing, Section, order};
use crate::names::Names;
use crate::netns::{Left, WANTED};
use crate::owners::Holders;
use crate::shell::filter::Selected;
use crate::shell::{self, confine, lookups, netns, resolve, settings};
use crate::summary::{Counts, Summary};

/// What one network namespace has.
struct Space {
    /// What it is called, where others are listed too.
    name: Option<String>,
    entries: Vec<Entry>,
    /// What was counted, where nothing else was asked for.
    counts: Counts,
    names: Names,
}

/// Runs a listing.
///
/// # Errors
/// [`Failure`] if the kernel does not list the sockets, a namespace that was named cannot be entered, or standard output
/// does not take the list.
pub fn run(job: &List, output: &mut Output<'_>) -> Result<Status, Failure> {
    if job.netns.is_empty() {
        confine::to_listing(job.resolve || !job.query.is_empty(), output)?;
    }
    let mut spaces = spaces(job, output)?;
    if job.form == Form::Summary {
        for space in &spaces {
            output.result(&Summary::new(space.name.as_deref(), &space.counts, job.headings))?;
        }
        return Ok(Status::YES);
    }
    let holders = job.owners.map(|wanted| match spaces.as_slice() {
        [space] => shell::holders(&space.entries, wanted),
        many => shell::holders(&many.iter().flat_map(|space| &space.entries).map(Held::of).collect::<Vec<_>>(), wanted),
    });
    if let Some((_, search)) = &holders {
        output.event(&Event::OwnersSearched(*search))?;
    }
    look_up(job, &mut spaces, output);
    let holders = holders.as_ref();
    let sections: Vec<Section<'_>> =
        spaces.iter().map(|space| space.section(holders.map(|(holders, _)| holders))).collect();
    let listing = Listing {
        sections: &sections,
        places: &order::places(&sections, &job.sort),
        columns: &job.columns,
        headings: job.headings,
        one_line: job.one_line,
    };
    match job.form {
        Form::Csv => output.list(&Csv(listing), listing.records())?,
        Form::Lines | Form::Summary => output.list(&listing, listing.records())?,
    }
    if output.is_explained() {
        explain::states(listing.rows().map(|row| row.entry.state()))
            .iter()
            .try_for_each(|event| output.event(event))?;
    }
    output.flush()?;
    note_swapped(&listing, output);
    if let Some((holders, search)) = holders {
        note_hidden(sections.iter().flat_map(|section| section.entries), holders, search, output);
    }
    Ok(Status::YES)
}

impl Space {
    fn section<'a>(&'a self, holders: Option<&'a Holders>) -> Section<'a> {
        let context = Context { names: &self.names, holders, netns: self.name.as_deref() };
        Section { entries: &self.entries, context }
    }
}

/// What the search for owners needs of an entry.
struct Held {
    inode: Option<u32>,
    peer: Option<u32>,
}

impl Held {
    fn of(entry: &Entry) -> Self {
        Self { inode: Listed::inode(entry), peer: entry.peer_inode() }
    }
}

impl Listed for Held {
    fn inode(&self) -> Option<u32> {
        self.inode
    }

    fn interface(&self) -> Option<u32> {
        None
    }

    fn peer_inode(&self) -> Option<u32> {
        self.peer
    }
}

/// The sockets of every namespace that is wanted.
fn spaces(job: &List, output: &mut Output<'_>) -> Result<Vec<Space>, Failure> {
    for warning in &job.query.warnings {
        output.note(format!("filter: {warning}"));
    }
    if job.netns.is_empty() {
        let found = output.narrate(|explain| look_into(job, false, explain))??;
        return Ok(vec![found.space(None, output)]);
    }
    let (places, mut left) = netns::places(&job.netns)?;
    let all = job.netns.contains(&crate::netns::Wanted::All);
    let several = all || places.len() > 1;
    let mut spaces = Vec::with_capacity(places.len());
    // Why the filter means nothing in a namespace: that of the first, unless it means something in another.
    let (mut lacking, mut meant) = (None, false);
    for place in places {
        let mut events = Vec::new();
        // Interfaces have their names and numbers in there.
        match place.run(|| look_into(job, several, &mut |event| events.push(event))) {
            Ok(found) => {
                events.iter().try_for_each(|event| output.event(event))?;
                let mut found = found?;
                match found.lacking.take() {
                    None => meant = true,
                    lack => lacking = lacking.or(lack),
                }
                spaces.push(found.space(Some(place.name), output));
            }
            Err(error) if all && netns::is_gone(&error) => {}
            Err(_) if all => left.namespaces += 1,
            Err(error) => return Err(not_entered(&place.name, &error)),
        }
    }
    if let Some(failure) = lacking.filter(|_| !meant) {
        return Err(failure);
    }
    note_left(&left, output);
    Ok(spaces)
}

/// What was found in the network namespace of a thread.
struct Found {
    selected: Selected,
    counts: Counts,
    names: Names,
    /// The filter names an interface that is not in here.
    lacking: Option<Failure>,
}

impl Found {
    fn space(self, name: Option<String>, output: &mut Output<'_>) -> Space {
        for note in self.selected.notes() {
            output.note(note);
        }
        Space { name, entries: self.selected.entries, counts: self.counts, names: self.names }
    }
}

/// Lists the sockets of the network namespace of this thread, perhaps one of several.
fn look_into(job: &List, several: bool, explain: &mut dyn FnMut(Event)) -> Result<Found, Failure> {
    let (filter, lacking) =
        if several { shell::filter::resolve_among(&job.query)? } else { (shell::filter::resolve(&job.query)?, None) };
    if !job.query.is_empty() {
        explain(Event::filter_read(&job.query, &filter));
    }
    if job.form == Form::Summary {
        let (selected, counts) = shell::filter::tally(&job.selection, &filter, explain)?;
        return Ok(Found { selected, counts, names: Names::default(), lacking });
    }
    let survey = shell::listing(&filter.narrow(&job.selection), explain)?;
    let selected = shell::filter::selected(survey, &filter)?;
    let names = shell::names(&selected.entries, job.numeric);
    Ok(Found { selected, counts: Counts::default(), names, lacking })
}

fn not_entered(name: &str, error: &CallError) -> Failure {
    if netns::is_none(error) {
        return Failure::usage(format!("{name} is no network namespace")).hint(WANTED);
    }
    let failure = Failure::host(format!("network namespace {name}: {error}"));
    if error.kind() == std::io::ErrorKind::PermissionDenied && !shell::is_root() {
        failure.hint("try as root")
    } else {
        failure
    }
}

fn note_left(left: &Left, output: &mut Output<'_>) {
    if let Some(sentence) = left.sentence() {
        let hint = if shell::is_root() { "" } else { " (try as root)" };
        output.note(format!("{sentence}{hint}"));
    }
}

/// Looks up the names that the columns show.
fn look_up(job: &List, spaces: &mut [Space], output: &mut Output<'_>) {
    for space in &mut *spaces {
        if job.needs(Needs::Users) {
            lookups::add_users(&mut space.names);
        }
        if job.needs(Needs::Cgroups) {
            let mut ids: Vec<u64> = space.entries.iter().filter_map(Entry::cgroup).collect();
            ids.sort_unstable();
            ids.dedup();
            lookups::add_cgroups(&mut space.names, &ids);
        }
    }
    if job.resolve {
        let mut peers: Vec<IpAddr> = spaces.iter().flat_map(|space| &space.entries).filter_map(peer).collect();
        peers.sort_unstable();
        peers.dedup();
        let (hosts, late) = resolve::hosts(peers);
        for (address, name) in hosts {
            for space in &mut *spaces {
                space.names.add_host(address, &name);
            }
        }
        if late > 0 {
            output.note(format!("no answer in time about {}", counted(late, "address", "addresses")));
        }
    }
}

/// The host at the other end.
fn peer(entry: &Entry) -> Option<IpAddr> {
    let socket = entry.as_inet()?;
    socket.has_peer().then(|| socket.peer.ip()).filter(|ip| !ip.is_unspecified())
}

/// How many ports that look swapped are told.
const SWAPPED_NOTES: usize = 5;

/// Says on standard error which ports look as if htons(3) had been forgotten.
fn note_swapped(listing: &Listing<'_>, output: &mut Output<'_>) {
    let Some(ephemeral) = listing.entries().any(|entry| entry.as_inet().is_some()).then(settings::ephemeral) else {
        return;
    };
    let hint = |entry: &Entry| byte_order::hint(entry.as_inet()?, &ephemeral);
    // Most often there is none, which is found out in the order in which they lie.
    if listing.entries().all(|entry| hint(entry).is_none()) {
        return;
    }
    let mut swapped: Vec<Swapped> = Vec::new();
    for found in listing.rows().filter_map(|row| hint(row.entry)) {
        if !swapped.contains(&found) {
            swapped.push(found);
        }
    }
    for found in swapped.iter().take(SWAPPED_NOTES) {
        output.note(format!("port {found}, on a little-endian host: was that meant?"));
    }
}

/// Says on standard error how many owners are missing, since standard output may be cut apart by another tool.
pub(crate) fn note_hidden<'a, T: Listed + 'a>(
    sockets: impl IntoIterator<Item = &'a T>,
    holders: &Holders,
    search: &OwnerSearch,
    output: &mut Output<'_>,
) {
    let hidden = sockets.into_iter().filter(|socket| holders.hides(socket.inode())).count();
    if hidden == 0 {
        return;
    }
    let sockets = counted(hidden, "socket", "sockets");
    let (why, root_would_help) = search.why_hidden();
    let hint = if root_would_help && !shell::is_root() { " (try as root)" } else { "" };
    output.note(format!("no owner found for {sockets}: {why}{hint}"));
}
