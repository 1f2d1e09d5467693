//! `ss -K` and `ss -E`.

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::sock_diag::Wanted;

use crate::cli::Ss;
use crate::filter::{Facts, Filter};
use crate::record::Record;
use crate::shell;
use crate::ss::sheet::Sheet;
use crate::ss::tables::{Families, Tables};
use crate::ss::{columns, print, row, select, selection, wanted};

/// Destroys sockets, and prints those that were. What the kernel does not destroy is passed over, as ss does.
///
/// # Errors
/// [`Failure`] without the privilege.
pub(super) fn kill(job: &Ss, output: &mut Output<'_>) -> Result<Status, Failure> {
    let Some((chosen, filter)) = wanted(job, output)? else { return Ok(Status::YES) };
    let selection = selection(chosen, job.show, &filter);
    let entries = select(&selection, &filter, output)?;
    // Who holds them is known only as long as they live.
    let lore = shell::ss::lore(&entries, job.show);
    let (destroyed, failed) = shell::ss::destroy::destroy(entries)?;
    let status = print(destroyed, &lore, columns(chosen, job.show), job.show, output)?;
    failed.map_or(Ok(status), Err)
}

/// Prints each socket as it is destroyed, until somebody stops it.
///
/// # Errors
/// [`Failure`] if the kernel does not tell.
pub(super) fn events(job: &Ss, output: &mut Output<'_>) -> Result<Status, Failure> {
    let Some((chosen, filter)) = wanted(job, output)? else { return Ok(Status::YES) };
    let has = |table| chosen.tables.has(table);
    let listens = Wanted {
        tcp: has(Tables::TCP),
        udp: has(Tables::UDP),
        ipv4: chosen.families.has(Families::INET),
        ipv6: chosen.families.has(Families::INET6),
    };
    if !(listens.tcp || listens.udp) {
        return Err(Failure::new(Status(255), "only the ends of TCP and UDP sockets are told"));
    }
    let mut sheet = Sheet::new(columns(chosen, job.show));
    let mut closings = shell::ss::destroy::Endings::open(listens)?;
    let (facts, filter) = (Facts::default(), Filter { states: None, ..filter });
    // The headings stand there before anything has happened.
    print_rows(&mut sheet, None, output)?;
    loop {
        match closings.wait()? {
            None => output.note("some were lost: they ended faster than they could be told"),
            // The state in which its memory was freed says nothing of the one that it ended in.
            Some(entry) if filter.matches(&entry, &facts) => {
                let entries = [entry];
                let lore = shell::ss::lore(&entries, job.show);
                let [entry] = &entries;
                row::push(&mut sheet, entry, job.show, &lore);
                let record = entry.as_inet().map(|socket| Record::new(socket, &lore.names, None));
                print_rows(&mut sheet, record, output)?;
            }
            Some(_) => {}
        }
    }
}

fn print_rows(sheet: &mut Sheet, record: Option<Record<'_>>, output: &mut Output<'_>) -> Result<(), Failure> {
    output.list(sheet, record)?;
    output.flush()?;
    sheet.go_on();
    Ok(())
}
