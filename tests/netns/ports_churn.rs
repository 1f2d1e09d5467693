//! ports while connections come and go: what is held all the time is in every listing, exactly once.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::SockRef;
use sockeye_test_support::{Case, Net, run};

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

/// Opens and closes connections until `stop`.
fn churn(stop: &AtomicBool, done: &AtomicUsize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    while !stop.load(Ordering::Relaxed) {
        let client = match TcpStream::connect(at) {
            Ok(client) => client,
            // Every port has a TIME-WAIT: the next ones are reset.
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => continue,
            Err(error) => panic!("connect {at}: {error}"),
        };
        let (server, _) = listener.accept().unwrap();
        // One in sixteen leaves a TIME-WAIT behind, the others nothing.
        if !done.fetch_add(1, Ordering::Relaxed).is_multiple_of(16) {
            SockRef::from(&client).set_linger(Some(std::time::Duration::ZERO)).unwrap();
        }
        drop(client);
        drop(server);
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
    let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    // A thread has the namespace of the one that makes it; to the kernel's table two threads are as good as two processes.
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| churn(&stop, &done));
        }
        let listings = thread::Builder::new().spawn_scoped(scope, || list_again_and_again(net, &mut expected, &done));
        let result = listings.unwrap().join();
        stop.store(true, Ordering::Relaxed);
        result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    assert!(done.load(Ordering::Relaxed) > LISTINGS, "connections came and went");
}

fn list_again_and_again(net: &Net, expected: &mut HashMap<(SocketAddr, SocketAddr), usize>, done: &AtomicUsize) {
    for listing in 1..=LISTINGS {
        let before = done.load(Ordering::Relaxed);
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
        // Otherwise it was no listing under churn.
        while done.load(Ordering::Relaxed) == before {
            thread::yield_now();
        }
    }
}
