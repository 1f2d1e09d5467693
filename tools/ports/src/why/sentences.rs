//! What is said of one socket that has the port, and of one rule.
//!
//! Pure. What the list and the trials do not prove is said as "may".

use std::net::SocketAddr;

use sockeye_common::addr::IpText;
use sockeye_sys::{Protocol, TcpState};

use super::errno::Errno;
use super::proof::Proof;
use super::rules::{Apart, Conflict, Doubt, Holder, Host, Question, Rule, helping, is_of_an_ipv6_end};
use crate::state::State;

/// What is known of the socket that a sentence is about.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The call.
    pub question: &'a Question,
    /// The socket.
    pub holder: &'a Holder,
    /// What the rules say of it.
    pub conflict: Conflict,
    /// Whether it is in the way, as far as rules and kernel tell.
    pub in_the_way: Option<bool>,
    /// What trials prove of its options.
    pub proof: Proof,
}

impl Part<'_> {
    /// Why the socket is in the way, or is not.
    pub fn says(&self, host: &Host) -> String {
        match (self.conflict, self.in_the_way) {
            (Conflict::No(why), _) => format!("not in the way: {}", apart(why, self.question.protocol)),
            (Conflict::Yes, Some(false)) => {
                "by the rules it is in the way, and the trial bind succeeded: it may be gone".to_owned()
            }
            (Conflict::Unless(doubt), Some(false)) => self.proved_harmless(doubt, host),
            _ => self.in_the_way(host),
        }
    }

    /// Which options the question sets that could help beside it.
    fn option(&self, host: &Host) -> &'static str {
        let helps = helping(self.question, &self.holder.socket, host.uid);
        match (helps.address, helps.port) {
            (true, true) => "SO_REUSEADDR or SO_REUSEPORT",
            (false, true) => "SO_REUSEPORT",
            _ => "SO_REUSEADDR",
        }
    }

    fn is_time_wait(&self) -> bool {
        self.holder.socket.state == State::Tcp(TcpState::TimeWait)
    }

    /// It was in doubt, and the trial succeeded.
    fn proved_harmless(&self, doubt: Doubt, host: &Host) -> String {
        let option = self.option(host);
        let set = if self.is_time_wait() { "the closed socket had set" } else { "it has set" };
        let proved = match doubt {
            Doubt::Reuse => format!("{set} {option} too"),
            Doubt::V6Only => "it has IPV6_V6ONLY".to_owned(),
            Doubt::Either => format!("it has IPV6_V6ONLY, or {set} {option} too"),
        };
        format!("not in the way: the trial bind succeeded beside it, so {proved}")
    }

    fn in_the_way(&self, host: &Host) -> String {
        let what = if self.is_time_wait() { self.time_wait(host) } else { self.holds(host) };
        let of_ipv6 = is_of_an_ipv6_end(self.question, &self.holder.socket);
        let wide = match (of_ipv6, self.conflict, self.in_the_way) {
            (true, Conflict::Unless(Doubt::V6Only | Doubt::Either), None) => {
                "; an IPv6 socket is in the way of 0.0.0.0 unless it has IPV6_V6ONLY, which cannot be read"
            }
            (true, ..) => "; an IPv6 socket without IPV6_V6ONLY is in the way of 0.0.0.0, whatever its address",
            (false, ..) => self.wide(),
        };
        format!("{what}{wide}")
    }

    fn wide(&self) -> &'static str {
        let socket = &self.holder.socket;
        if socket.is_dual_stack_wildcard() && self.question.addr.is_ipv4() {
            "; it is bound to every address of IPv6 and IPv4"
        } else if socket.local.ip().is_unspecified() && !self.question.addr.ip().is_unspecified() {
            "; it is bound to every address"
        } else {
            ""
        }
    }

    fn time_wait(&self, host: &Host) -> String {
        let ends = format!("it ends in {} s", self.holder.socket.timer.expires_ms.div_ceil(1000));
        let option = self.option(host);
        if matches!(self.conflict, Conflict::Unless(Doubt::Reuse | Doubt::Either)) {
            return if self.in_the_way == Some(true) {
                let had = if option.contains(" or ") {
                    format!("had set neither: {} do", option.replace(" or ", " and "))
                } else {
                    format!("had not set {option}: it does")
                };
                format!("{ends}; the trial bind failed, so the closed socket {had} not help")
            } else {
                format!(
                    "{ends}; until then {option} helps only if the closed socket had set it too, which no list shows"
                )
            };
        }
        match (self.proof.address, self.proof.port) {
            (Some(true), _) => {
                format!("{ends}; until then SO_REUSEADDR helps: a trial shows that it was set there too")
            }
            (_, Some(true)) => {
                format!("{ends}; until then SO_REUSEPORT helps: a trial shows that it was set there too")
            }
            (Some(false), Some(false)) => {
                format!("{ends}; neither SO_REUSEADDR nor SO_REUSEPORT helps: trials show that it was not set there")
            }
            (Some(false), None) => {
                format!("{ends}; SO_REUSEADDR does not help: a trial shows that it was not set there")
            }
            (None, _) => format!("{ends}; until then SO_REUSEADDR helps, if the closed socket had set it too"),
        }
    }

    /// What it is, if it is anything but TIME-WAIT.
    fn holds(&self, host: &Host) -> String {
        let socket = &self.holder.socket;
        let other_user = self.question.reuse_port && socket.uid.is_some_and(|uid| uid != host.uid);
        let option = self.option(host);
        let shared = match (self.conflict, self.in_the_way) {
            (Conflict::Unless(Doubt::Reuse | Doubt::Either), Some(true)) => {
                format!("; the trial bind failed, so it has not set {option}: it does not help")
            }
            (Conflict::Unless(Doubt::Reuse | Doubt::Either), None) => {
                format!("; {option} helps only if it is set there too, which cannot be read")
            }
            _ => String::new(),
        };
        let what = match socket.state {
            State::Tcp(TcpState::Listen) if other_user => {
                "it listens, and SO_REUSEPORT shares a port only among sockets of one user"
            }
            State::Tcp(TcpState::Listen) => {
                "it listens: SO_REUSEADDR does not help beside a listener, SO_REUSEPORT only if both set it"
            }
            State::Tcp(TcpState::BoundInactive) => {
                "it is bound and neither listens nor connects: the port is taken all the same"
            }
            State::Tcp(_) if socket.waits_for_accept() => {
                "the connection waits for accept(2): until its listener is closed or takes it, it keeps the port"
            }
            State::Tcp(TcpState::FinWait2) if socket.expires_ms().is_some() => {
                let left = socket.expires_ms().unwrap_or_default().div_ceil(1000);
                let says = "no process has it any more, and the peer's has not closed: the kernel gives it up in";
                return format!("{says} {left} s; if the peer closes before, TIME-WAIT follows for 60 s{shared}");
            }
            State::Tcp(_) if socket.is_orphan() => {
                "no process has it any more: the kernel is still closing the connection"
            }
            State::Tcp(_) => "a connection keeps its local port until it is closed on this side, listener or not",
            _ => "a UDP socket; two share a port only if both set the same option for reuse",
        };
        format!("{what}{shared}")
    }
}

/// Why a socket with the same port is not in the way.
fn apart(why: Apart, protocol: Protocol) -> &'static str {
    match why {
        Apart::Protocol => "it is of the other protocol",
        Apart::Request => "a connection request: its listener has the port",
        Apart::Device => "it is bound to another interface",
        Apart::Address => "it is bound to another address",
        Apart::ReuseAddress if protocol == Protocol::UDP => "both set SO_REUSEADDR",
        Apart::ReuseAddress => "both set SO_REUSEADDR, and it does not listen",
        Apart::ReusePort => "both set SO_REUSEPORT, and belong to one user",
    }
}

/// What a rule means, unless the sockets in the way say it.
pub fn rule_says(rule: Rule, question: &Question, host: &Host) -> Option<String> {
    let addr = IpText(question.addr.ip());
    Some(match rule {
        Rule::InUse => return None,
        Rule::NoIpv6 => "this kernel has no IPv6".to_owned(),
        Rule::MappedV6Only => format!("{addr} is an IPv4 address, and IPV6_V6ONLY forbids those"),
        Rule::MulticastStream => "TCP has no multicast".to_owned(),
        Rule::NoScope => format!("{addr} is on every link, and sin6_scope_id does not say which is meant"),
        Rule::NoSuchInterface => "sin6_scope_id is not the index of an interface".to_owned(),
        Rule::ForeignAddress => foreign(question, host),
        Rule::Tentative => format!("{addr} is tentative: the host still asks whether somebody else has it"),
        Rule::PrivilegedPort => format!(
            "ports below {} need CAP_NET_BIND_SERVICE (net.ipv4.ip_unprivileged_port_start)",
            host.unprivileged_from
        ),
        Rule::RangeUsedUp => "every port that the kernel may choose is in use or reserved".to_owned(),
    })
}

/// Who has the address instead, if any interface has.
fn foreign(question: &Question, host: &Host) -> String {
    let addr = IpText(question.addr.ip());
    let name = |index: u32| host.interface(index).map_or_else(|| index.to_string(), str::to_owned);
    let scope = match question.addr {
        SocketAddr::V6(addr) if addr.scope_id() != 0 => Some(addr.scope_id()),
        _ => None,
    };
    let there: Vec<u32> =
        host.addresses.iter().filter(|own| own.addr == question.addr.ip()).map(|own| own.index).collect();
    let (Some(asked), Some(first)) = (question.link(), there.first()) else {
        return format!("no interface of this host has {addr}");
    };
    let others: Vec<String> = there.iter().map(|index| name(*index)).collect();
    let scoped = if scope.is_some() { format!(": {addr}%{}", name(*first)) } else { String::new() };
    let verb = if others.len() == 1 { "does" } else { "do" };
    format!("{} does not have {addr}; {} {verb}{scoped}", name(asked), others.join(" and "))
}

/// Where a socket is that no process was found for: `nobody` has it although every process was looked into, or not every one
/// could be (`unread`) although we are root. `outermost` says that there is no process beyond those of this PID namespace.
pub fn without_process(nobody: bool, unread: bool, outermost: bool) -> Option<&'static str> {
    match (nobody, unread, outermost) {
        (false, false, _) => None,
        (_, true, _) => Some(
            "a process was not found: some may not be looked into even by this root; or the socket is in a message on its way \
             (SCM_RIGHTS), in io_uring, or the kernel's own",
        ),
        (true, false, false) => Some(
            "no process of this PID namespace has it: its process is outside this PID namespace, or the socket is in a message \
             on its way (SCM_RIGHTS), in io_uring, or the kernel's own",
        ),
        (true, false, true) => Some(
            "no process has it: the socket is in a message on its way (SCM_RIGHTS), in io_uring, or the kernel's own",
        ),
    }
}

/// What may be behind an error that the rules did not foresee.
pub fn unexplained(errno: Errno, question: &Question, host: &Host) -> &'static str {
    match errno {
        Errno::EADDRINUSE if question.protocol == Protocol::TCP && !host.lists_bound => {
            "by the rules no socket of the list is in the way: kernels before 6.8 do not list those that are only bound, or a \
             socket came meanwhile"
        }
        Errno::EADDRINUSE => {
            "by the rules no socket of the list is in the way: one may have come meanwhile, or the kernel has a rule that is \
             not known here"
        }
        Errno::EPERM | Errno::EACCES => "a BPF program of the control group or a security module may forbid it",
        Errno::EAFNOSUPPORT => "the kernel does not have this address family here",
        _ => "the rules did not foresee this error",
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::sock_diag::{Timer, TimerKind};

    use super::*;
    use crate::samples::socket;
    use crate::socket::Socket;
    use crate::why::rules::{Reuse, conflict, sample_host};

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

    fn held(state: TcpState) -> Holder {
        let timer = Timer { kind: TimerKind::TimeWait, retransmits: 0, expires_ms: 57_001 };
        let plain = socket(Protocol::TCP, state, "127.0.0.1:5000", "127.0.0.1:4000");
        Holder { socket: Socket { inode: None, uid: None, timer, ..plain }, reuse: None, v6only: None }
    }

    fn says(question: &Question, holder: &Holder, in_the_way: Option<bool>, proof: Proof) -> String {
        let host = sample_host(vec![holder.clone()]);
        Part { question, holder, conflict: conflict(question, holder, host.uid), in_the_way, proof }.says(&host)
    }

    #[test]
    fn time_wait_says_what_the_trial_proves() {
        let (plain, holder) = (tcp("127.0.0.1:5000"), held(TcpState::TimeWait));
        let reusing = Question { reuse_address: true, ..plain };
        let nothing = Proof::default();
        let failed =
            "it ends in 58 s; the trial bind failed, so the closed socket had not set SO_REUSEADDR: it does not help";
        assert_eq!(says(&reusing, &holder, Some(true), nothing), failed);
        let worked =
            "not in the way: the trial bind succeeded beside it, so the closed socket had set SO_REUSEADDR too";
        assert_eq!(says(&reusing, &holder, Some(false), nothing), worked);
        assert!(says(&reusing, &holder, None, nothing).ends_with("had set it too, which no list shows"));
        let both = Question { reuse_port: true, ..reusing };
        let neither = says(&both, &holder, Some(true), nothing);
        assert!(neither.ends_with("had set neither: SO_REUSEADDR and SO_REUSEPORT do not help"), "{neither}");
        // Asked without: a trial with the option has been made by the way.
        let told = |address| says(&plain, &holder, Some(true), Proof { address, ..nothing });
        assert!(told(None).ends_with("SO_REUSEADDR helps, if the closed socket had set it too"));
        assert!(told(Some(false)).contains("SO_REUSEADDR does not help"));
        assert!(told(Some(true)).contains("SO_REUSEADDR helps: a trial shows"));
    }

    #[test]
    fn what_waits_for_accept_is_not_closing() {
        let told = |state| says(&tcp("127.0.0.1:5000"), &held(state), Some(true), Proof::default());
        for state in [TcpState::Established, TcpState::CloseWait] {
            assert!(told(state).starts_with("the connection waits for accept(2)"), "{state:?}");
        }
        assert!(told(TcpState::LastAck).contains("the kernel is still closing"));
        let orphan = told(TcpState::FinWait2);
        assert!(orphan.contains("gives it up in 58 s") && orphan.contains("TIME-WAIT follows for 60 s"), "{orphan}");
    }

    #[test]
    fn udp_does_not_listen() {
        let question = Question { protocol: Protocol::UDP, reuse_address: true, ..tcp("127.0.0.1:5000") };
        let bound = socket(Protocol::UDP, TcpState::Closed, "127.0.0.1:5000", "0.0.0.0:0");
        let reuse = Some(Reuse { address: true, port: false });
        let holder = Holder { socket: bound, reuse, v6only: None };
        assert_eq!(says(&question, &holder, Some(false), Proof::default()), "not in the way: both set SO_REUSEADDR");
    }

    #[test]
    fn a_connection_of_ipv6_says_why_it_is_in_the_way_of_ipv4() {
        let question = tcp("0.0.0.0:5000");
        let mut holder = held(TcpState::LastAck);
        (holder.socket.local, holder.socket.peer) = ("[::1]:5000".parse().unwrap(), "[::1]:4000".parse().unwrap());
        let told = |holder: &Holder, way| says(&question, holder, way, Proof::default());
        assert!(told(&holder, None).ends_with("unless it has IPV6_V6ONLY, which cannot be read"));
        assert!(told(&holder, Some(true)).ends_with("in the way of 0.0.0.0, whatever its address"));
        assert!(told(&holder, Some(false)).ends_with("so it has IPV6_V6ONLY"));
        holder.v6only = Some(false);
        assert!(told(&holder, Some(true)).ends_with("in the way of 0.0.0.0, whatever its address"));
    }

    #[test]
    fn an_address_of_another_interface_is_named_with_it() {
        let host = sample_host(Vec::new());
        let told = |question| rule_says(Rule::ForeignAddress, &question, &host).unwrap();
        assert_eq!(told(tcp("[fe80::7%1]:5000")), "lo does not have fe80::7; eth0 does: fe80::7%eth0");
        assert_eq!(told(Question { device: Some(2), ..tcp("[::1]:5000") }), "eth0 does not have ::1; lo does");
        assert_eq!(told(tcp("[fe80::9%1]:5000")), "no interface of this host has fe80::9");
        assert_eq!(told(tcp("10.9.9.9:5000")), "no interface of this host has 10.9.9.9");
    }

    #[test]
    fn a_socket_without_a_process_is_not_said_to_be_another_users() {
        assert_eq!(without_process(false, false, true), None);
        assert!(without_process(true, false, false).unwrap().contains("outside this PID namespace"));
        assert!(!without_process(true, false, true).unwrap().contains("outside"), "there is no outside");
        assert!(without_process(false, true, true).unwrap().contains("SCM_RIGHTS"));
    }

    #[test]
    fn old_kernels_are_named_only_where_this_is_one() {
        let mut host = sample_host(Vec::new());
        let says = |host: &Host| unexplained(Errno::EADDRINUSE, &tcp("127.0.0.1:5000"), host);
        assert!(!says(&host).contains("6.8"));
        host.lists_bound = false;
        assert!(says(&host).contains("6.8"));
    }
}
