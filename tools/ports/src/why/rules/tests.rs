use sockeye_sys::Family;

use super::*;
use crate::samples::socket;

const US: u32 = 1000;

fn own(addr: &str, prefix_length: u8, index: u32) -> InterfaceAddress {
    InterfaceAddress { addr: addr.parse().unwrap(), prefix_length, index, flags: AddressFlags(0x80) }
}

pub(in crate::why) fn host(holders: Vec<Holder>) -> Host {
    Host {
        holders,
        addresses: vec![
            own("127.0.0.1", 8, 1),
            own("::1", 128, 1),
            own("10.0.0.7", 24, 2),
            own("2001:db8::7", 64, 2),
            own("fe80::7", 64, 2),
        ],
        loopback: 1,
        interfaces: vec![(1, "lo".to_owned()), (2, "eth0".to_owned())],
        lists_bound: true,
        ipv6: true,
        unprivileged_from: 1024,
        may_bind_low: false,
        nonlocal_v4: false,
        nonlocal_v6: false,
        ephemeral: 32_768..=60_999,
        reserved: Vec::new(),
        uid: US,
        outermost: true,
    }
}

fn tcp(addr: &str) -> Question {
    Question {
        protocol: Protocol::TCP,
        addr: addr.parse().unwrap(),
        v6only: false,
        reuse_address: false,
        reuse_port: false,
        device: None,
    }
}

fn reusing(addr: &str) -> Question {
    Question { reuse_address: true, ..tcp(addr) }
}

fn sharing(addr: &str) -> Question {
    Question { reuse_port: true, ..tcp(addr) }
}

fn held(state: TcpState, local: &str, reuse: Option<Reuse>) -> Holder {
    let peer = if local.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
    let mut socket = socket(Protocol::TCP, state, local, peer);
    socket.uid = (state != TcpState::TimeWait).then_some(US);
    if socket.family == Family::INET6 && matches!(state, TcpState::Listen | TcpState::Closed) {
        socket.v6only = Some(false);
    }
    let v6only = socket.v6only;
    Holder { socket, reuse, v6only }
}

const NONE: Option<Reuse> = Some(Reuse { address: false, port: false });
const ADDRESS: Option<Reuse> = Some(Reuse { address: true, port: false });
const PORT: Option<Reuse> = Some(Reuse { address: false, port: true });

fn against(question: &Question, holder: Holder) -> Prediction {
    predict(question, &host(vec![holder]))
}

const IN_USE: fn() -> Prediction = || Prediction::Fails { rule: Rule::InUse, culprits: vec![0] };
const UNSURE: fn() -> Prediction = || Prediction::Unsure { culprits: vec![0] };

#[test]
fn beside_a_listener_on_one_address() {
    let listener = |reuse| held(TcpState::Listen, "127.0.0.1:5000", reuse);
    for same in ["127.0.0.1:5000", "0.0.0.0:5000", "[::]:5000", "[::ffff:127.0.0.1]:5000", "[::ffff:0.0.0.0]:5000"] {
        assert_eq!(against(&tcp(same), listener(NONE)), IN_USE(), "{same}");
        assert_eq!(against(&reusing(same), listener(ADDRESS)), IN_USE(), "{same}: nothing helps beside a listener");
        assert_eq!(against(&sharing(same), listener(NONE)), IN_USE(), "{same}: SO_REUSEPORT alone");
        assert_eq!(against(&sharing(same), listener(PORT)), Prediction::Succeeds, "{same}: both with SO_REUSEPORT");
    }
    for other in ["127.0.0.2:5000", "[::1]:5000"] {
        assert_eq!(against(&tcp(other), listener(NONE)), Prediction::Succeeds, "{other}");
    }
    let v6only = Question { v6only: true, ..tcp("[::]:5000") };
    assert_eq!(against(&v6only, listener(NONE)), Prediction::Succeeds);
    let udp = Question { protocol: Protocol::UDP, ..tcp("127.0.0.1:5000") };
    assert_eq!(against(&udp, listener(NONE)), Prediction::Succeeds);
}

#[test]
fn beside_a_listener_on_every_address() {
    let dual = || held(TcpState::Listen, "[::]:5000", NONE);
    for taken in ["127.0.0.1:5000", "0.0.0.0:5000", "[::1]:5000", "[::]:5000", "[::ffff:10.0.0.7]:5000"] {
        assert_eq!(against(&tcp(taken), dual()), IN_USE(), "{taken}");
    }
    let mut only = dual();
    (only.socket.v6only, only.v6only) = (Some(true), Some(true));
    assert_eq!(against(&tcp("0.0.0.0:5000"), only.clone()), Prediction::Succeeds);
    assert_eq!(against(&tcp("[::1]:5000"), only.clone()), IN_USE());
    assert_eq!(against(&Question { v6only: true, ..tcp("[::]:5000") }, only), IN_USE());
}

#[test]
fn what_is_only_bound_shares_by_so_reuseaddr_on_both_sides() {
    let bound = |reuse| held(TcpState::Closed, "127.0.0.1:5000", reuse);
    assert_eq!(against(&tcp("127.0.0.1:5000"), bound(ADDRESS)), IN_USE());
    assert_eq!(against(&reusing("127.0.0.1:5000"), bound(NONE)), IN_USE());
    assert_eq!(against(&reusing("0.0.0.0:5000"), bound(ADDRESS)), Prediction::Succeeds);
}

#[test]
fn time_wait_carries_the_option_of_the_closed_socket() {
    let waiting = |reuse| held(TcpState::TimeWait, "127.0.0.1:5000", reuse);
    assert_eq!(against(&tcp("0.0.0.0:5000"), waiting(None)), IN_USE());
    // No list tells what the closed socket had set.
    assert_eq!(against(&reusing("0.0.0.0:5000"), waiting(None)), UNSURE());
    assert_eq!(against(&sharing("0.0.0.0:5000"), waiting(None)), UNSURE());
    assert_eq!(against(&tcp("127.0.0.2:5000"), waiting(None)), Prediction::Succeeds);
}

#[test]
fn a_connection_keeps_its_port() {
    let client = |reuse| Holder { reuse, ..held(TcpState::Established, "127.0.0.1:5000", None) };
    assert_eq!(against(&reusing("127.0.0.1:5000"), client(NONE)), IN_USE());
    assert_eq!(against(&reusing("127.0.0.1:5000"), client(ADDRESS)), Prediction::Succeeds);
    // A request has no port of its own.
    assert_eq!(
        against(&tcp("127.0.0.1:5000"), held(TcpState::SynReceived, "127.0.0.1:5000", None)),
        Prediction::Succeeds
    );
}

#[test]
fn so_reuseport_is_for_one_user() {
    let mut other = held(TcpState::Listen, "127.0.0.1:5000", PORT);
    other.socket.uid = Some(US + 1);
    assert_eq!(against(&sharing("127.0.0.1:5000"), other.clone()), IN_USE());
    other.reuse = None;
    assert_eq!(against(&sharing("127.0.0.1:5000"), other), IN_USE(), "whatever it has set");
    assert_eq!(against(&sharing("127.0.0.1:5000"), held(TcpState::Listen, "127.0.0.1:5000", None)), UNSURE());
}

#[test]
fn one_certain_culprit_decides_and_all_are_named() {
    let holders = vec![held(TcpState::TimeWait, "127.0.0.1:5000", None), held(TcpState::Listen, "10.0.0.7:5000", NONE)];
    let prediction = predict(&reusing("0.0.0.0:5000"), &host(holders.clone()));
    assert_eq!(prediction, Prediction::Fails { rule: Rule::InUse, culprits: vec![0, 1] });
    assert_eq!(predict(&reusing("127.0.0.1:5000"), &host(holders)), UNSURE());
}

#[test]
fn bound_devices_keep_sockets_apart() {
    let mut holder = held(TcpState::Listen, "0.0.0.0:5000", NONE);
    holder.socket.interface = Some(2);
    let on = |device| Question { device: Some(device), ..tcp("0.0.0.0:5000") };
    assert_eq!(against(&on(1), holder.clone()), Prediction::Succeeds);
    assert_eq!(against(&on(2), holder.clone()), IN_USE());
    assert_eq!(against(&tcp("0.0.0.0:5000"), holder), IN_USE());
    // The scope of a link-local address is a device.
    let mut link = held(TcpState::Listen, "[fe80::7%2]:5000", NONE);
    link.socket.interface = Some(2);
    assert_eq!(against(&Question { device: Some(1), ..tcp("[::]:5000") }, link.clone()), Prediction::Succeeds);
    assert_eq!(against(&tcp("[fe80::7%2]:5000"), link.clone()), IN_USE());
    assert_eq!(against(&Question { device: Some(1), ..tcp("[fe80::7%2]:5000") }, link), IN_USE());
}

#[test]
fn two_udp_sockets() {
    let listed = || socket(Protocol::UDP, TcpState::Closed, "0.0.0.0:5000", "0.0.0.0:0");
    let holder = |reuse| Holder { socket: listed(), reuse, v6only: None };
    let udp = |question: Question| Question { protocol: Protocol::UDP, ..question };
    let mut same_user = host(vec![holder(PORT)]);
    same_user.uid = 0;
    assert_eq!(against(&udp(tcp("127.0.0.1:5000")), holder(NONE)), IN_USE());
    assert_eq!(against(&udp(reusing("127.0.0.1:5000")), holder(ADDRESS)), Prediction::Succeeds);
    assert_eq!(against(&udp(reusing("127.0.0.1:5000")), holder(NONE)), IN_USE());
    assert_eq!(against(&udp(sharing("127.0.0.1:5000")), holder(PORT)), IN_USE(), "root has it, and we are not root");
    assert_eq!(predict(&udp(sharing("127.0.0.1:5000")), &same_user), Prediction::Succeeds);
}

#[test]
fn addresses_and_privilege_come_before_ports() {
    let refused = |question: Question| match predict(&question, &host(Vec::new())) {
        Prediction::Fails { rule, .. } => Some(rule),
        _ => None,
    };
    for (addr, rule) in [
        ("10.9.9.9:5000", Some(Rule::ForeignAddress)),
        ("127.255.0.1:5000", None),
        ("10.0.0.255:5000", None),
        ("10.0.0.8:5000", Some(Rule::ForeignAddress)),
        ("255.255.255.255:5000", None),
        ("224.0.0.1:5000", None),
        ("[2001:db8::8]:5000", Some(Rule::ForeignAddress)),
        ("[fe80::7]:5000", Some(Rule::NoScope)),
        ("[fe80::7%2]:5000", None),
        ("[fe80::7%1]:5000", Some(Rule::ForeignAddress)),
        ("[fe80::7%9]:5000", Some(Rule::NoSuchInterface)),
        ("[ff02::1]:5000", Some(Rule::MulticastStream)),
        ("[::ffff:10.9.9.9]:5000", Some(Rule::ForeignAddress)),
        ("0.0.0.0:80", Some(Rule::PrivilegedPort)),
        ("[::]:80", Some(Rule::PrivilegedPort)),
        // IPv4 looks at the address first, IPv6 at the privilege.
        ("10.9.9.9:80", Some(Rule::ForeignAddress)),
        ("[2001:db8::8]:80", Some(Rule::PrivilegedPort)),
        ("0.0.0.0:0", None),
    ] {
        assert_eq!(refused(tcp(addr)), rule, "{addr}");
    }
    let v6only = Question { v6only: true, ..tcp("[::ffff:127.0.0.1]:5000") };
    assert_eq!(refused(v6only), Some(Rule::MappedV6Only));
    // The scope takes the place of the device.
    let on = |device, addr| Question { device: Some(device), ..tcp(addr) };
    assert_eq!(refused(on(1, "[fe80::7%2]:5000")), None);
    assert_eq!(refused(on(2, "[fe80::7%1]:5000")), Some(Rule::ForeignAddress));
    assert_eq!(refused(on(2, "[fe80::7]:5000")), None);
    let group = |addr: &str| Question { protocol: Protocol::UDP, ..tcp(addr) };
    assert_eq!(refused(group("[ff02::1]:5000")), Some(Rule::NoScope));
    assert_eq!(refused(group("[ff0e::1]:5000")), None);
}

#[test]
fn settings_change_what_is_refused() {
    let mut free = host(Vec::new());
    (free.nonlocal_v4, free.nonlocal_v6, free.may_bind_low) = (true, true, true);
    for addr in ["10.9.9.9:80", "[2001:db8::8]:80"] {
        assert_eq!(predict(&tcp(addr), &free), Prediction::Succeeds, "{addr}");
    }
    free.ipv6 = false;
    assert_eq!(predict(&tcp("[::]:80"), &free).errno(), Some(Errno::EAFNOSUPPORT));
    let mut early = host(Vec::new());
    early.addresses.push(InterfaceAddress { flags: AddressFlags::TENTATIVE, ..own("2001:db8::9", 64, 2) });
    let prediction = predict(&tcp("[2001:db8::9]:5000"), &early);
    assert_eq!(prediction, Prediction::Fails { rule: Rule::Tentative, culprits: Vec::new() });
    assert_eq!(prediction.errno(), Some(Errno::EADDRNOTAVAIL));
}

#[test]
fn what_a_dual_stack_server_left_is_in_the_way_of_every_ipv4_address() {
    let left = |state, v6only| Holder { v6only, ..held(state, "[::1]:5000", NONE) };
    let open = |v6only| left(TcpState::Established, v6only);
    assert_eq!(against(&tcp("0.0.0.0:5000"), open(Some(false))), IN_USE(), "its listener was bound to [::]");
    assert_eq!(against(&tcp("0.0.0.0:5000"), open(Some(true))), Prediction::Succeeds, "bind(2) to ::1 sets it");
    assert_eq!(against(&tcp("0.0.0.0:5000"), open(None)), UNSURE(), "no list tells it of a connection");
    assert_eq!(against(&tcp("127.0.0.1:5000"), open(Some(false))), Prediction::Succeeds, "of one address it is not");
    assert_eq!(against(&tcp("[::ffff:0.0.0.0]:5000"), open(Some(false))), Prediction::Succeeds, "nor here");
    let waiting = Holder { reuse: None, ..left(TcpState::TimeWait, None) };
    assert_eq!(conflict(&tcp("0.0.0.0:5000"), &waiting, US), Conflict::Unless(Doubt::V6Only));
    assert_eq!(conflict(&reusing("0.0.0.0:5000"), &waiting, US), Conflict::Unless(Doubt::Either));
    let connected = socket(Protocol::UDP, TcpState::Established, "[::1]:5000", "[::1]:9");
    let connected = Holder { socket: connected, reuse: ADDRESS, v6only: Some(false) };
    let udp = |question: Question| Question { protocol: Protocol::UDP, ..question };
    assert_eq!(against(&udp(sharing("0.0.0.0:5000")), connected.clone()), IN_USE());
    assert_eq!(against(&udp(reusing("0.0.0.0:5000")), connected), Prediction::Succeeds);
}

#[test]
fn the_loopback_address_is_that_of_its_interface_alone() {
    let on = |addr: &str, device| Question { device: Some(device), ..tcp(addr) };
    let foreign = Prediction::Fails { rule: Rule::ForeignAddress, culprits: Vec::new() };
    assert_eq!(predict(&on("[::1]:5000", 2), &host(Vec::new())), foreign);
    for (addr, device) in [("[::1]:5000", 1), ("[2001:db8::7]:5000", 1), ("127.0.0.1:5000", 2)] {
        assert_eq!(predict(&on(addr, device), &host(Vec::new())), Prediction::Succeeds, "{addr}");
    }
}

#[test]
fn only_a_trial_that_would_share_takes_datagrams() {
    let bound = |reuse| {
        let listed = socket(Protocol::UDP, TcpState::Closed, "127.0.0.1:5000", "0.0.0.0:0");
        Holder { socket: Socket { uid: Some(US), ..listed }, reuse, v6only: None }
    };
    let takes = |question: Question, reuse| {
        takes_datagrams(&Question { protocol: Protocol::UDP, ..question }, &host(vec![bound(reuse)]))
    };
    assert!(takes(reusing("127.0.0.1:5000"), ADDRESS) && takes(sharing("0.0.0.0:5000"), PORT));
    assert!(takes(reusing("127.0.0.1:5000"), None), "it may have set it");
    assert!(!takes(reusing("127.0.0.1:5000"), NONE) && !takes(sharing("127.0.0.1:5000"), ADDRESS), "it is refused");
    assert!(!takes(reusing("[::1]:5000"), ADDRESS) && !takes(tcp("127.0.0.1:5000"), ADDRESS));
}
