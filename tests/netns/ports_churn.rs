//! ports while connections come and go: what is held all the time is in every listing, exactly once.

use std::collections::HashMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::SockRef;
use sockeye_test_support::{Case, Net, run, wait_until};

/// Ends of connections that are held, where the limit of descriptors allows so many.
const HELD: usize = 8000;
const LISTINGS: usize = 60;
/// Descriptors for everything else.
const SPARE: usize = 500;

pub(crate) fn tests() -> Vec<Case> {
    vec![Case::new("ports_churn::each_held_socket_is_listed_exactly_once", &[], exactly_once)]
}

/// How many ends can be held: fewer than [`HELD`] where the hard limit of descriptors is low.
fn held() -> usize {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
    let most = maximum.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
    HELD.min(most.saturating_sub(SPARE)) & !1
}

/// The first argument of this executable where it is one of the processes that open and close.
pub(crate) const ROLE: &str = "--open-and-close";
/// A sign of life comes after so many connections.
const EACH: usize = 16;

/// Opens and closes connections, with a sign of life on standard output now and then, until nobody reads these.
pub(crate) fn open_and_close() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let mut signs = std::io::stdout();
    for number in 0_usize.. {
        let client = match TcpStream::connect(at) {
            Ok(client) => client,
            // Every port has a TIME-WAIT: the next ones are reset.
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => continue,
            Err(error) => panic!("connect {at}: {error}"),
        };
        let (server, _) = listener.accept().unwrap();
        // One of these leaves a TIME-WAIT behind, the others nothing.
        if !number.is_multiple_of(EACH) {
            SockRef::from(&client).set_linger(Some(std::time::Duration::ZERO)).unwrap();
        } else if signs.write_all(b".").and_then(|()| signs.flush()).is_err() {
            break;
        }
        drop(client);
        drop(server);
    }
}

/// A process that does so, until this is dropped.
struct Churn(Child);

impl Churn {
    fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        Self(command.arg(ROLE).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap())
    }

    /// Counts the signs of life until the process ends.
    fn count(signs: &mut ChildStdout, done: &AtomicUsize) {
        let mut octets = [0; 256];
        while let Ok(count @ 1..) = signs.read(&mut octets) {
            done.fetch_add(count, Ordering::Relaxed);
        }
    }
}

impl Drop for Churn {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn exactly_once(net: &Net) {
    let pairs = held() / 2;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let mut sockets = Vec::with_capacity(pairs * 2);
    let mut expected: HashMap<(SocketAddr, SocketAddr), usize> = HashMap::with_capacity(pairs * 2);
    for _ in 0..pairs {
        let client = TcpStream::connect(at).unwrap();
        let here = client.local_addr().unwrap();
        expected.insert((here, at), 0);
        expected.insert((at, here), 0);
        sockets.push(client);
        sockets.push(listener.accept().unwrap().0);
    }
    assert_eq!(expected.len(), sockets.len());
    let mut churns = [Churn::start(), Churn::start()];
    let signs = churns.each_mut().map(|churn| churn.0.stdout.take().unwrap());
    let done = [AtomicUsize::new(0), AtomicUsize::new(0)];
    thread::scope(|scope| {
        for (mut signs, done) in signs.into_iter().zip(&done) {
            scope.spawn(move || Churn::count(&mut signs, done));
        }
        let listings = thread::Builder::new().spawn_scoped(scope, || list_again_and_again(net, &mut expected, &done));
        let result = listings.unwrap().join();
        // The signs end with the processes.
        drop(churns);
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

fn list_again_and_again(net: &Net, expected: &mut HashMap<(SocketAddr, SocketAddr), usize>, done: &[AtomicUsize; 2]) {
    let signs = || done.each_ref().map(|done| done.load(Ordering::Relaxed));
    for listing in 1..=LISTINGS {
        let before = signs();
        let told = run(net.tool("ports").args(["-tanH", "-4"]));
        told.status(0).stderr_is("");
        for times in expected.values_mut() {
            *times = 0;
        }
        for line in told.out().lines() {
            let ends: Vec<SocketAddr> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
            if let [local, peer] = ends[..]
                && let Some(times) = expected.get_mut(&(local, peer))
            {
                *times += 1;
            }
        }
        let inexact: Vec<_> = expected.iter().filter(|(_, times)| **times != 1).take(5).collect();
        assert!(inexact.is_empty(), "listing {listing} of {} sockets: {inexact:?}", expected.len());
        // Otherwise it was no listing under churn: both have gone on since it began.
        wait_until("both processes to go on", || signs().iter().zip(before).all(|(now, before)| *now > before));
    }
}
