//! The sockets of a selection, as the kernel lists them: over netlink, and where it does not, in `/proc/net`.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::thread;

use sockeye_cli::Failure;
use sockeye_sys::sock_diag::{
    DumpError, Dumped, PacketShow, Request, SockDiag, StateMask, UnixName, UnixShow, UnixSocket,
};
use sockeye_sys::{Family, TcpState};

use crate::doubts::Doubts;
use crate::entry::{Entry, NetlinkEntry, PacketEntry, UnixEntry, VsockEntry};
use crate::explain::Event;
use crate::gather::{Gather, Rewind, Rows};
use crate::kind::{Kind, Kinds};
use crate::proc_net;
use crate::record::Coded;
use crate::selection::Selection;

/// The lists of this thread's network namespace. `/proc/net` is that of the process's first thread.
const NET: &str = "/proc/thread-self/net";
/// How often a list is asked for before it is taken although it changed meanwhile.
const TRIES: usize = 3;

/// What was listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// The sockets, in no particular order.
    pub entries: Vec<Entry>,
    /// What is doubtful about it.
    pub doubts: Doubts,
}

/// What a [`Gather`] has taken.
#[derive(Debug, Default)]
pub struct Gathered<G> {
    /// It.
    pub gatherer: G,
    /// What is doubtful about it.
    pub doubts: Doubts,
}

impl<G> Gathered<G> {
    fn new(gatherer: G) -> Self {
        Self { gatherer, doubts: Doubts::default() }
    }
}

impl From<Gathered<Rows>> for Survey {
    fn from(gathered: Gathered<Rows>) -> Self {
        Self { entries: gathered.gatherer.finish(), doubts: gathered.doubts }
    }
}

/// Lists the sockets of a selection.
///
/// What the kernel does not know over netlink is read from `/proc/net`, and what it does not know at all has no sockets:
/// `explain` is told. What only `/proc/net` lists is missing where /proc is, as in ss.
///
/// # Errors
/// [`Failure`] if the kernel denies a list, or its answer cannot be read.
pub fn survey(selection: &Selection, explain: &mut dyn FnMut(Event)) -> Result<Survey, Failure> {
    gather(selection, false, Rows::default(), explain).map(Survey::from)
}

/// [`survey`] for a listing of our own dialect: without what is only there because we ask, and with a state of Unix-domain
/// sockets that says who called.
///
/// # Errors
/// As [`survey`], and if a list of `/proc/net` is needed and /proc is not there.
pub fn listing(selection: &Selection, explain: &mut dyn FnMut(Event)) -> Result<Survey, Failure> {
    gather(selection, true, Rows::default(), explain).map(Survey::from)
}

/// [`survey`], or [`listing`] if `ours` says so, where something else than a list becomes of the sockets.
///
/// # Errors
/// As those two.
pub fn gather<G: Gather>(
    selection: &Selection,
    ours: bool,
    gatherer: G,
    explain: &mut dyn FnMut(Event),
) -> Result<Gathered<G>, Failure> {
    Lister::new(selection, explain, ours, gatherer)?.run()
}

/// The socket to ask with, or why there is none: the kernel was built without, or does not let us have one.
fn open() -> Result<(Option<SockDiag>, Option<String>), Failure> {
    match SockDiag::open() {
        Ok(diag) => Ok((Some(diag), None)),
        Err(error) if is_unavailable(&error) => Ok((None, Some(error.to_string()))),
        Err(error) => Err(Failure::host(error.to_string())),
    }
}

/// Whether the lists of `/proc/net` must do.
fn is_unavailable(error: &DumpError) -> bool {
    error.is_unsupported() || error.is_denied()
}

/// A survey on its way.
struct Lister<'a, G> {
    /// `None` if the kernel was built without, or denies it.
    diag: Option<SockDiag>,
    /// Its words then.
    refusal: Option<String>,
    /// Where the lists of `/proc/net` are.
    net: &'a Path,
    /// For a listing of our own dialect: it fails for want of /proc, and leaves out what is only there because we ask.
    ours: bool,
    gathered: Gathered<G>,
    selection: &'a Selection,
    explain: &'a mut dyn FnMut(Event),
}

/// What came of asking over netlink.
enum Answer {
    /// The list.
    Listed,
    /// The kernel does not know these sockets, in its words.
    Unknown(String),
}

impl<'a, G: Gather> Lister<'a, G> {
    fn new(
        selection: &'a Selection,
        explain: &'a mut dyn FnMut(Event),
        ours: bool,
        gatherer: G,
    ) -> Result<Self, Failure> {
        let (diag, refusal) = open()?;
        let (net, gathered) = (Path::new(NET), Gathered::new(gatherer));
        Ok(Self { diag, refusal, net, ours, gathered, selection, explain })
    }

    fn run(mut self) -> Result<Gathered<G>, Failure> {
        let kinds = self.selection.kinds;
        let mut requests = self.selection.requests().into_iter().peekable();
        while let Some((kind, request)) = requests.next() {
            // The kernel walks through the connections of both families for either, but not to find listeners.
            let long = kind == Kind::Tcp && request.states != StateMask::LISTEN && self.diag.is_some();
            match requests.next_if(|(next, _)| long && *next == kind) {
                // In one list the families come mixed, which is no matter where they are put in order.
                Some(_) if self.ours && self.at_once(&request)? => {}
                Some((_, other)) => self.both(kind, request, &other)?,
                None => self.inet(kind, request)?,
            }
        }
        if kinds.intersects(Kinds::UNIX) {
            self.unix()?;
        }
        let stateless = |kind| !self.selection.states_of(kind).is_empty();
        let (packet, netlink) = (stateless(Kind::PacketRaw), stateless(Kind::Netlink));
        if kinds.intersects(Kinds::PACKET) && packet {
            self.packet()?;
        }
        if kinds.intersects(Kinds::NETLINK) && netlink {
            self.netlink()?;
        }
        if kinds.intersects(Kinds::VSOCK) {
            self.vsock()?;
        }
        Ok(self.gathered)
    }

    /// One list of both families of TCP; whether the kernel knows such a thing.
    fn at_once(&mut self, request: &Request) -> Result<bool, Failure> {
        let request = Request { family: Family::UNSPEC, ..request.clone() };
        let details = !request.extensions.is_empty();
        let Some(diag) = &mut self.diag else { return Ok(false) };
        let dumped = steady(&mut self.gathered.gatherer, &mut |gatherer| {
            diag.dump_rows(&request, &mut |row, attributes| {
                gatherer.inet(Kind::Tcp, row, details.then_some(attributes));
            })
        });
        match dumped {
            Ok(dumped) => {
                self.gathered.doubts.interrupted |= dumped.interrupted;
                (self.explain)(Event::dumped(&request, dumped));
                Ok(true)
            }
            // What is wrong with it shows again where each family is asked for.
            Err(DumpError::Refused { .. }) => Ok(false),
            Err(error) => Err(Failure::host(error.to_string())),
        }
    }

    /// Two lists at once.
    fn both(&mut self, kind: Kind, request: Request, other: &Request) -> Result<(), Failure> {
        let (net, ours, selection) = (self.net, self.ours, self.selection);
        let gathered = Gathered::new(self.gathered.gatherer.another());
        let aside = move || {
            let mut events = Vec::new();
            // A thread is born into the network namespace of the one that makes it.
            let explain = &mut |event| events.push(event);
            let (diag, refusal) = open()?;
            let mut lister = Lister { diag, refusal, net, ours, gathered, selection, explain };
            lister.inet(kind, other.clone())?;
            let gathered = lister.gathered;
            Ok::<_, Failure>((gathered, events))
        };
        thread::scope(|scope| {
            let helper = thread::Builder::new().spawn_scoped(scope, aside);
            self.inet(kind, request)?;
            // A thread that cannot be had is done without.
            let Ok(helper) = helper else { return self.inet(kind, other.clone()) };
            let (gathered, events) = helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            self.gathered.gatherer.absorb(gathered.gatherer);
            self.gathered.doubts.absorb(gathered.doubts);
            events.into_iter().for_each(&mut self.explain);
            Ok(())
        })
    }

    fn inet(&mut self, kind: Kind, mut request: Request) -> Result<(), Failure> {
        let details = !request.extensions.is_empty();
        // sock_diag has nothing for ping sockets.
        let Some(diag) = self.diag.as_mut().filter(|_| kind != Kind::Ping) else {
            return self.listed_by_proc(kind, request.family, None);
        };
        let mut list = |request: &Request, gatherer: &mut G| {
            steady(gatherer, &mut |gatherer| {
                diag.dump_rows(request, &mut |row, attributes| gatherer.inet(kind, row, details.then_some(attributes)))
            })
        };
        let mut dumped = list(&request, &mut self.gathered.gatherer);
        if let Err(error @ DumpError::Refused { .. }) = &dumped
            && !request.bytecode.is_empty()
        {
            (self.explain)(Event::ProgramRefused { answer: error.to_string() });
            request.bytecode.clear();
            dumped = list(&request, &mut self.gathered.gatherer);
        }
        match dumped {
            Ok(dumped) => {
                self.gathered.doubts.interrupted |= dumped.interrupted;
                (self.explain)(Event::dumped(&request, dumped));
                Ok(())
            }
            Err(error) if is_unavailable(&error) => self.listed_by_proc(kind, request.family, Some(&error)),
            Err(error) => Err(Failure::host(error.to_string())),
        }
    }

    /// Every Unix-domain socket is asked for, also those that are not wanted: one may be the peer of another.
    fn unix(&mut self) -> Result<(), Failure> {
        let mut rows: Vec<UnixSocket> = Vec::new();
        let dumped = self.diag.as_mut().map(|diag| {
            let show = UnixShow(u32::MAX);
            steady(&mut rows, &mut |rows: &mut Vec<UnixSocket>| {
                diag.dump_unix(StateMask(u32::MAX), show, &mut |row| rows.push(row))
            })
        });
        let answer = self.told(Family::UNIX, Some(StateMask::ALL), dumped)?;
        let listed = matches!(answer, Answer::Listed);
        if let Answer::Unknown(answer) = answer {
            let path = self.net.join("unix");
            rows.extend(proc_net::unix(&self.read(&path)?.unwrap_or_default()));
            self.gathered.doubts.read_instead("unix", &answer);
            self.read_instead(&path, rows.len(), Some(answer));
        }
        let named = |row: &UnixSocket| (row.inode != 0).then_some((row.inode, row.name.clone()?));
        let names: HashMap<u32, UnixName> = rows.iter().filter_map(named).collect();
        for row in rows {
            let mut row = row;
            let is_called = Kind::unix(row.socket_type) == Kind::UnixDgram && row.state == TcpState::Established;
            if self.ours && listed && is_called && row.peer.is_none() {
                // The kernel says so also of one that others connected to. /proc tells no peers.
                row.state = TcpState::Closed;
            }
            if self.selection.wants(Kind::unix(row.socket_type), row.state.into()) {
                let peer_name = row.peer.and_then(|peer| names.get(&peer).cloned());
                self.gathered.gatherer.take(Entry::Unix(UnixEntry { row: Box::new(row), peer_name }));
            }
        }
        Ok(())
    }

    fn packet(&mut self) -> Result<(), Failure> {
        let (kinds, gatherer) = (self.selection.kinds, &mut self.gathered.gatherer);
        let dumped = self.diag.as_mut().map(|diag| {
            steady(gatherer, &mut |gatherer| {
                diag.dump_packet(PacketShow(u32::MAX), &mut |row| {
                    if kinds.contains(Kind::packet(row.socket_type)) {
                        gatherer.take(Entry::Packet(PacketEntry { row: Box::new(row) }));
                    }
                })
            })
        });
        self.told_or_missing(Family::PACKET, None, dumped)
    }

    fn netlink(&mut self) -> Result<(), Failure> {
        let (ours, gatherer) = (self.ours, &mut self.gathered.gatherer);
        let dumped = self.diag.as_mut().map(|diag| {
            let own = diag.inode().filter(|_| ours);
            steady(gatherer, &mut |gatherer| {
                diag.dump_netlink(&mut |row| {
                    if own != Some(row.inode) {
                        gatherer.take(Entry::Netlink(NetlinkEntry { row: Box::new(row) }));
                    }
                })
            })
        });
        self.told_or_missing(Family::NETLINK, None, dumped)
    }

    fn vsock(&mut self) -> Result<(), Failure> {
        let (selection, gatherer) = (self.selection, &mut self.gathered.gatherer);
        let states = selection.states;
        let dumped = self.diag.as_mut().map(|diag| {
            steady(gatherer, &mut |gatherer| {
                diag.dump_vsock(states, &mut |row| {
                    if selection.wants(Kind::vsock(row.socket_type), row.state.into()) {
                        gatherer.take(Entry::Vsock(VsockEntry { row: Box::new(row) }));
                    }
                })
            })
        });
        self.told_or_missing(Family::VSOCK, Some(states), dumped)
    }

    fn told_or_missing(
        &mut self,
        family: Family,
        states: Option<StateMask>,
        dumped: Option<Result<Dumped, DumpError>>,
    ) -> Result<(), Failure> {
        if let Answer::Unknown(answer) = self.told(family, states, dumped)? {
            (self.explain)(Event::NotListed { answer });
        }
        Ok(())
    }

    /// Explains how the dump of a family went.
    fn told(
        &mut self,
        family: Family,
        states: Option<StateMask>,
        dumped: Option<Result<Dumped, DumpError>>,
    ) -> Result<Answer, Failure> {
        match dumped {
            Some(Ok(Dumped { rows, interrupted })) => {
                self.gathered.doubts.interrupted |= interrupted;
                let (family, states) = (Coded::family(family), states.map(|states| states.0));
                (self.explain)(Event::FamilyDumped { family, states, rows, interrupted });
                Ok(Answer::Listed)
            }
            Some(Err(error)) if is_unavailable(&error) => Ok(Answer::Unknown(error.to_string())),
            Some(Err(error)) => Err(Failure::host(error.to_string())),
            None => Ok(Answer::Unknown(self.refusal.clone().unwrap_or_else(|| format!("{family}: no sock_diag")))),
        }
    }

    /// Reads the list of a kind and family. A kernel that has none has no such sockets.
    fn listed_by_proc(&mut self, kind: Kind, family: Family, refusal: Option<&DumpError>) -> Result<(), Failure> {
        let answer = refusal.map(ToString::to_string).or_else(|| self.refusal.clone());
        let path = proc_net::file(kind, family).map(|file| self.net.join(file));
        let list = path.as_ref().map_or(Ok(None), |path| self.read(path))?;
        let (Some(path), Some(list)) = (path, list) else {
            let answer = answer.unwrap_or_else(|| format!("{family} {}", kind.netid()));
            (self.explain)(Event::NotListed { answer });
            return Ok(());
        };
        let mut rows = 0;
        for row in proc_net::inet(kind, &list).filter(|row| self.selection.wants(kind, row.state.into())) {
            self.gathered.gatherer.inet(kind, row, None);
            rows += 1;
        }
        // For others sock_diag is an option of the kernel's that most have not chosen, and /proc/net the usual place.
        if let (Some(answer), Kind::Tcp | Kind::Udp) = (&answer, kind) {
            self.gathered.doubts.read_instead(proc_net::file(kind, family).unwrap_or_default(), answer);
        }
        self.read_instead(&path, rows, answer);
        Ok(())
    }

    /// A list of `/proc/net`; `None` if the kernel has no such sockets.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, Failure> {
        let list = read(path)?;
        if list.is_none() && self.ours && !self.net.is_dir() {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            return Err(Failure::host(format!("/proc/net/{file}: No such file or directory")).hint("is /proc mounted?"));
        }
        Ok(list)
    }

    fn read_instead(&mut self, path: &Path, rows: usize, answer: Option<String>) {
        (self.explain)(Event::ProcRead { path: path.display().to_string(), rows, answer });
    }
}

/// A list of `/proc/net`; `None` if it is not there.
fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::read(path) {
        Ok(list) => Ok(Some(list)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::host(format!("{}: {}", path.display(), sockeye_sys::error::cause(&error)))),
    }
}

/// Lists until the list did not change meanwhile, but not for ever. What a try that was no good has brought is dropped.
pub(super) fn steady<T: Rewind>(
    rows: &mut T,
    list: &mut dyn FnMut(&mut T) -> Result<Dumped, DumpError>,
) -> Result<Dumped, DumpError> {
    let before = rows.mark();
    for _ in 1..TRIES {
        match list(rows) {
            Ok(Dumped { interrupted: true, .. }) => rows.rewind(&before),
            Err(error) => {
                rows.rewind(&before);
                return Err(error);
            }
            good => return good,
        }
    }
    list(rows).inspect_err(|_| rows.rewind(&before))
}

#[cfg(test)]
mod tests {
    use sockeye_cli::Status;
    use sockeye_sys::Protocol;
    use sockeye_sys::sock_diag::About;

    use super::*;
    use crate::selection::Which;

    #[test]
    fn a_list_that_changed_is_asked_for_again_but_not_for_ever() {
        let changed = |times: usize| {
            let (mut rows, mut asked) = (vec!["before"], 0);
            let dumped = steady(&mut rows, &mut |rows| {
                asked += 1;
                rows.push("row");
                Ok(Dumped { rows: 1, interrupted: asked <= times })
            });
            (dumped.unwrap().interrupted, asked, rows)
        };
        assert_eq!(changed(0), (false, 1, vec!["before", "row"]));
        assert_eq!(changed(2), (false, 3, vec!["before", "row"]));
        assert_eq!(changed(9), (true, 3, vec!["before", "row"]));
        let mut rows = vec![1];
        let failed = steady(&mut rows, &mut |rows| {
            rows.push(2);
            Err(DumpError::Refused { about: About { family: Family::INET, protocol: Some(Protocol::TCP) }, errno: 13 })
        });
        assert_eq!(
            (failed.unwrap_err().to_string().as_str(), rows),
            ("sock_diag AF_INET IPPROTO_TCP: Permission denied", vec![1])
        );
    }

    #[test]
    fn without_sock_diag_the_lists_of_proc_are_read() {
        let net = std::env::temp_dir().join(format!("sockeye-ports-net-{}", std::process::id()));
        fs::create_dir_all(&net).unwrap();
        let row = |state: &str, inode: u32| {
            format!(
                "   0: 0100007F:1388 00000000:0000 {state} 00000000:00000000 00:00000000 00000000 0 0 {inode} 1 0\n"
            )
        };
        let heading = "  sl  local_address rem_address   st ...\n";
        fs::write(net.join("tcp"), format!("{heading}{}{}", row("0A", 11), row("06", 0))).unwrap();
        fs::write(net.join("icmp"), format!("{heading}{}", row("07", 12))).unwrap();
        fs::write(net.join("unix"), "Num ...\n0: 00000002 00000000 00010000 0001 01 13 /run/x\n").unwrap();
        let kinds = Kinds::of(Kind::Tcp) | Kinds::of(Kind::Ping) | Kinds::of(Kind::Sctp) | Kinds::UNIX | Kinds::PACKET;
        let selection = Selection { ipv6: false, states: Which::Listening.mask(), ..Selection::new(kinds) };
        let mut events = Vec::new();
        let mut explain = |event| events.push(event);
        let gathered = Gathered::<Rows>::default();
        let explain = &mut explain;
        let lister =
            Lister { diag: None, refusal: None, net: &net, ours: true, gathered, selection: &selection, explain };
        let survey = Survey::from(lister.run().unwrap());
        let seen: Vec<_> = survey.entries.iter().map(|entry| (entry.label(), entry.inode())).collect();
        assert_eq!(seen, [("tcp", Some(11)), ("icmp", Some(12)), ("u_str", Some(13))]);
        let read = |event: &Event| matches!(event, Event::ProcRead { rows: 1, .. });
        assert_eq!(events.iter().filter(|event| read(event)).count(), 3, "{events:?}");
        let missing = |event: &Event| matches!(event, Event::NotListed { .. });
        assert_eq!(events.iter().filter(|event| missing(event)).count(), 2, "SCTP and packet sockets: {events:?}");
        fs::remove_dir_all(&net).unwrap();

        let without_proc = |ours| {
            let selection =
                Selection { ipv6: false, states: Which::All.mask(), ..Selection::new(Kinds::of(Kind::Raw)) };
            let (gathered, explain) = (Gathered::<Rows>::default(), &mut |_| {});
            let lister =
                Lister { diag: None, refusal: None, net: &net, ours, gathered, selection: &selection, explain };
            lister.run().map(Survey::from)
        };
        let failure = without_proc(true).unwrap_err();
        assert!(failure.to_string().contains("/proc/net/raw: No such file or directory"), "{failure}");
        assert_eq!((failure.status(), without_proc(false).unwrap()), (Status::HOST, Survey::default()));
    }
}
