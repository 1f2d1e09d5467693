//! A condition as a program that the kernel runs over each socket, so that what is not wanted never leaves it.
//!
//! What the kernel cannot test, states and processes for instance, is left out in such a way that too many sockets come
//! and never too few; [`Filter::matches`] decides about those.
//!
//! # How the kernel runs it
//! Each operation has two offsets, in octets from its own start: `yes`, where it goes on if the test holds, and `no`.
//! A program that ends exactly at its end accepts the socket; one that ends four octets behind it refuses. All jumps go
//! forward. The kernel takes only programs in which every jump leads to an operation that the chain of `yes` touches, so
//! that here `yes` is always the next operation.
//!
//! # Source
//! Linux, include/uapi/linux/inet_diag.h; net/ipv4/inet_diag.c, inet_diag_bc_audit() and inet_diag_bc_run().

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sockeye_common::addr::IpText;
use sockeye_common::order::ByteOrder;
use sockeye_common::wire::{Reader, Truncated};
use sockeye_sys::Family;

use super::condition::{Condition, Filter, Side, Test};
use super::tree::Tree;

pub(super) const JMP: u8 = 1;
pub(super) const S_GE: u8 = 2;
pub(super) const S_LE: u8 = 3;
pub(super) const D_GE: u8 = 4;
pub(super) const D_LE: u8 = 5;
pub(super) const AUTO: u8 = 6;
pub(super) const S_COND: u8 = 7;
pub(super) const D_COND: u8 = 8;
pub(super) const DEV_COND: u8 = 9;
pub(super) const MARK_COND: u8 = 10;
pub(super) const CGROUP_COND: u8 = 13;

/// struct inet_diag_bc_op.
const OP_LEN: usize = 4;
/// The kernel refuses attributes that are longer, and offsets reach no farther.
const LENGTH_LIMIT: usize = 0x7fff;

/// A program for the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The payload of INET_DIAG_REQ_BYTECODE.
    pub octets: Vec<u8>,
    /// Whether it says all that the condition says (the states apart), so that every socket that comes is wanted.
    pub exact: bool,
}

impl Filter {
    /// The program for the kernel, or `None` if it would refuse nothing, or be too long.
    ///
    /// Kernels refuse operations that they do not know (`DEV_COND` before 4.10, `MARK_COND` before 4.16, `CGROUP_COND`
    /// before 5.8) with EINVAL, and `MARK_COND` without CAP_NET_ADMIN with EPERM. Then ask without a program.
    pub fn program(&self) -> Option<Program> {
        Program::new(&self.condition)
    }
}

impl Program {
    /// The program for a condition, or `None` if it would refuse nothing, or be too long.
    pub fn new(condition: &Condition) -> Option<Self> {
        let mut exact = true;
        let possible = possible(condition, true, &mut exact);
        if possible.as_constant() == Some(true) {
            return None;
        }
        let mut code = Code::of(&possible)?;
        let refuse = code.octets.len() + OP_LEN;
        code.land(refuse)?;
        (code.octets.len() <= LENGTH_LIMIT).then_some(Self { octets: code.octets, exact })
    }

    /// The program that lets sockets through whose port bind(2) chose.
    pub fn bound() -> Option<Self> {
        Self::new(&Tree::Not(Box::new(Tree::Leaf(Test::PortNotBound))))
    }

    /// The operations in words, one a line: `  8 D_COND AF_INET 10.0.0.0/8, else 24`.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut at = 0;
        while at < self.octets.len() {
            match line(&self.octets, at) {
                Ok((line, length)) => {
                    lines.push(line);
                    at += length;
                }
                Err(fault) => {
                    lines.push(fault.to_string());
                    break;
                }
            }
        }
        lines
    }
}

/// The condition without what the kernel cannot test: with `more`, what holds for at least as many sockets, otherwise
/// for at most as many.
fn possible(condition: &Condition, more: bool, exact: &mut bool) -> Condition {
    match condition {
        Tree::Not(part) => {
            let part = possible(part, !more, exact);
            part.as_constant().map_or_else(|| Tree::Not(Box::new(part)), |holds| Tree::constant(!holds))
        }
        Tree::All(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| possible(part, more, exact)).collect();
            if parts.iter().any(|part| part.as_constant() == Some(false)) {
                Tree::constant(false)
            } else {
                Tree::all(parts)
            }
        }
        Tree::Any(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| possible(part, more, exact)).collect();
            if parts.iter().any(|part| part.as_constant() == Some(true)) {
                Tree::constant(true)
            } else {
                Tree::any(parts)
            }
        }
        Tree::Leaf(test) if test.is_known_to_kernel() => Tree::Leaf(test.clone()),
        Tree::Leaf(_) => {
            *exact = false;
            Tree::constant(more)
        }
    }
}

impl Test {
    fn is_known_to_kernel(&self) -> bool {
        match self {
            Self::Prefix { .. }
            | Self::Ports { .. }
            | Self::Family(Family::INET | Family::INET6)
            | Self::Device(_)
            | Self::Mark { .. }
            | Self::Cgroup(_)
            | Self::PortNotBound => true,
            Self::States(_)
            | Self::Family(_)
            | Self::Zone { .. }
            | Self::Number { .. }
            | Self::Process(_)
            | Self::Unix { .. }
            | Self::Packet { .. }
            | Self::Netlink { .. }
            | Self::Vsock { .. } => false,
        }
    }
}

/// A piece of a program. If its condition holds it runs to its end.
#[derive(Debug, Default)]
struct Code {
    octets: Vec<u8>,
    /// Where the operations start that must leave it by `no`, to a place that is not decided yet.
    leaves: Vec<usize>,
}

impl Code {
    fn of(condition: &Condition) -> Option<Self> {
        match condition {
            Tree::Leaf(test) => Some(Self::test(test)),
            Tree::All(parts) => {
                let mut code = Self::default();
                for part in parts {
                    code.append(Self::of(part)?);
                }
                Some(code)
            }
            Tree::Not(part) => {
                let mut code = Self::of(part)?;
                let leaves = std::mem::take(&mut code.leaves);
                code.jump();
                let end = code.octets.len();
                leaves.into_iter().try_for_each(|from| code.lead(from, end))?;
                Some(code)
            }
            Tree::Any(parts) => Self::any(parts),
        }
    }

    fn any(parts: &[Condition]) -> Option<Self> {
        let mut code = Self::default();
        let Some((last, first)) = parts.split_last() else {
            code.jump();
            return Some(code);
        };
        let mut to_end = Vec::new();
        for part in first {
            code.append(Self::of(part)?);
            let leaves = std::mem::take(&mut code.leaves);
            to_end.push(code.octets.len());
            code.operation(JMP, &[]);
            let next = code.octets.len();
            leaves.into_iter().try_for_each(|from| code.lead(from, next))?;
        }
        code.append(Self::of(last)?);
        let end = code.octets.len();
        to_end.into_iter().try_for_each(|from| code.lead(from, end))?;
        Some(code)
    }

    fn append(&mut self, other: Self) {
        let before = self.octets.len();
        self.octets.extend(other.octets);
        self.leaves.extend(other.leaves.into_iter().map(|from| before + from));
    }

    /// An operation that never holds: the kernel goes by its `no`.
    fn jump(&mut self) {
        self.leaves.push(self.octets.len());
        self.operation(JMP, &[]);
    }

    fn check(&mut self, code: u8, operand: &[u8]) {
        self.leaves.push(self.octets.len());
        self.operation(code, operand);
    }

    fn operation(&mut self, code: u8, operand: &[u8]) {
        let length = u8::try_from(OP_LEN + operand.len()).unwrap_or(u8::MAX);
        self.octets.extend([code, length, 0, 0]);
        self.octets.extend(operand);
    }

    /// Fills in the `no` of the operation at `from`.
    fn lead(&mut self, from: usize, to: usize) -> Option<()> {
        let offset = u16::try_from(to.checked_sub(from)?).ok()?;
        self.octets.get_mut(from + 2..from + OP_LEN)?.copy_from_slice(&offset.to_ne_bytes());
        Some(())
    }

    fn land(&mut self, to: usize) -> Option<()> {
        std::mem::take(&mut self.leaves).into_iter().try_for_each(|from| self.lead(from, to))
    }

    fn test(test: &Test) -> Self {
        let mut code = Self::default();
        match test {
            Test::Prefix { side, ip: IpAddr::V4(ip), length } => {
                code.check(condition(*side), &host(Family::INET, *length, None, &ip.octets()));
            }
            Test::Prefix { side, ip: IpAddr::V6(ip), length } => {
                code.check(condition(*side), &host(Family::INET6, *length, None, &ip.octets()));
            }
            Test::Ports { side, first, last } => code.ports(*side, *first, *last),
            // The kernel takes an IPv6 socket with mapped addresses for AF_INET too, so that IPv4 is what is not IPv6.
            Test::Family(Family::INET) => {
                code.operation(S_COND, &host(Family::INET6, 0, None, &[0; 16]));
                code.jump();
                let end = code.octets.len();
                // Over the jump, which lies a few octets away: this cannot fail.
                let _ = code.lead(0, end);
            }
            Test::Family(_) => code.check(S_COND, &host(Family::INET6, 0, None, &[0; 16])),
            Test::Device(interface) => code.check(DEV_COND, &interface.to_ne_bytes()),
            Test::Mark { mark, mask } => {
                code.check(MARK_COND, &[mark.to_ne_bytes(), mask.to_ne_bytes()].concat());
            }
            Test::Cgroup(cgroup) => code.check(CGROUP_COND, &cgroup.to_ne_bytes()),
            Test::PortNotBound => code.check(AUTO, &[]),
            // possible() has taken out all others.
            _ => {}
        }
        code
    }

    fn ports(&mut self, side: Side, first: u16, last: u16) {
        if first == last {
            // Not S_EQ: that came with Linux 5.14, and this does the same on every kernel.
            self.check(condition(side), &host(Family::UNSPEC, 0, Some(first), &[]));
            return;
        }
        let (at_least, at_most) = match side {
            Side::Local => (S_GE, S_LE),
            Side::Peer => (D_GE, D_LE),
        };
        // The operand of these is the `no` of a second operation that is never run.
        let port = |port: u16| {
            let [high, low] = port.to_ne_bytes();
            [0, 0, high, low]
        };
        if first > 0 {
            self.check(at_least, &port(first));
        }
        if last < u16::MAX {
            self.check(at_most, &port(last));
        }
    }
}

fn condition(side: Side) -> u8 {
    match side {
        Side::Local => S_COND,
        Side::Peer => D_COND,
    }
}

/// struct inet_diag_hostcond: family, length of the prefix, two octets of nothing, port in host order or -1, address.
fn host(family: Family, length: u8, port: Option<u16>, address: &[u8]) -> Vec<u8> {
    let family = u8::try_from(family.0).unwrap_or_default();
    let mut octets = vec![family, length, 0, 0];
    octets.extend(port.map_or(-1, i32::from).to_ne_bytes());
    octets.extend(address);
    octets
}

/// One operation in words, and how long it is.
fn line(octets: &[u8], at: usize) -> Result<(String, usize), Truncated> {
    let mut reader = Reader::new(octets.get(at..).unwrap_or_default());
    let code = reader.u8("code")?;
    let yes = usize::from(reader.u8("yes")?);
    let no = usize::from(reader.u16_in(ByteOrder::HOST, "no")?);
    let mut line = format!("{at:4} ");
    // Writing to a String cannot fail.
    let _ = match code {
        JMP => write!(line, "JMP"),
        AUTO => write!(line, "AUTO"),
        S_GE | S_LE | D_GE | D_LE => {
            let name = match code {
                S_GE => "S_GE",
                S_LE => "S_LE",
                D_GE => "D_GE",
                _ => "D_LE",
            };
            reader.u16_in(ByteOrder::HOST, "unused")?;
            write!(line, "{name} {}", reader.u16_in(ByteOrder::HOST, "port")?)
        }
        S_COND | D_COND => {
            let name = if code == S_COND { "S_COND" } else { "D_COND" };
            write!(line, "{name} {}", host_line(&mut reader)?)
        }
        DEV_COND => write!(line, "DEV_COND {}", reader.u32_in(ByteOrder::HOST, "interface")?),
        MARK_COND => {
            let mark = reader.u32_in(ByteOrder::HOST, "mark")?;
            write!(line, "MARK_COND {mark:#x}/{:#x}", reader.u32_in(ByteOrder::HOST, "mask")?)
        }
        CGROUP_COND => write!(line, "CGROUP_COND {}", u64::from_ne_bytes(reader.array("cgroup")?)),
        other => write!(line, "operation {other}"),
    };
    let target = Target { to: at + no, end: octets.len() };
    let _ = if code == JMP { write!(line, " to {target}") } else { write!(line, ", else {target}") };
    Ok((line, yes.max(OP_LEN)))
}

fn host_line(reader: &mut Reader<'_>) -> Result<String, Truncated> {
    let family = Family(i32::from(reader.u8("family")?));
    let length = reader.u8("prefix_len")?;
    reader.u16_in(ByteOrder::HOST, "unused")?;
    let port = reader.u32_in(ByteOrder::HOST, "port")?;
    let address = match family {
        Family::INET => Some(IpAddr::V4(Ipv4Addr::from(reader.array::<4>("addr")?))),
        Family::INET6 => Some(IpAddr::V6(Ipv6Addr::from(reader.array::<16>("addr")?))),
        _ => None,
    };
    let mut text = String::new();
    if let Some(address) = address {
        let _ = write!(text, "{family} {}/{length}", IpText(address));
    }
    if port != u32::MAX {
        let _ = write!(text, "{}port {port}", if text.is_empty() { "" } else { " " });
    }
    Ok(text)
}

/// Where a jump leads.
struct Target {
    to: usize,
    end: usize,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to.cmp(&self.end) {
            std::cmp::Ordering::Less => write!(f, "{}", self.to),
            std::cmp::Ordering::Equal => f.write_str("accept"),
            std::cmp::Ordering::Greater => f.write_str("refuse"),
        }
    }
}
