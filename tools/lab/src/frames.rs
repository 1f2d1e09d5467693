//! Frames as a person reads them: what each one is by itself, and among those before it.
//!
//! - [`packet`]: the octets of one frame;  [`application`]: what an application says in them
//! - [`flow`]: relative sequence numbers, retransmissions, the named segments of a connection
//! - [`words`]: a frame in a line;  [`headers`]: a frame header by header

pub mod application;
pub mod flow;
pub mod headers;
pub mod packet;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
pub mod words;

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::frames::flow::{Flows, Segment};
use crate::frames::packet::Packet;
use crate::model::{Action, Lab};
use crate::record::{Fate, Frame, Micros, Record, What};

/// A frame of a run, and what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotated<'a> {
    /// When it was sent.
    pub at_us: Micros,
    /// In which step.
    pub step: usize,
    /// The frame.
    pub frame: &'a Frame,
    /// What its octets say.
    pub packet: Packet,
    /// What it is in its connection, if it is TCP.
    pub segment: Option<Segment>,
    /// The nodes that have its source address, and those that have its destination's.
    pub parties: [Vec<&'a str>; 2],
}

/// All frames of a run, in its order.
pub fn annotate<'a>(records: &'a [Record], lab: &'a Lab) -> Vec<Annotated<'a>> {
    let owners = Owners::of(lab);
    let mut flows = Flows::default();
    let mut frames: Vec<Annotated<'a>> = Vec::new();
    for record in records {
        let What::Frame(frame) = &record.what else { continue };
        let packet = Packet::parse(&frame.octets);
        // The wire made the second one: its sender knows nothing of it.
        let first = (frame.fate == Fate::Duplicate)
            .then(|| {
                frames.iter().rev().find(|first| first.frame.link == frame.link && first.frame.octets == frame.octets)
            })
            .flatten();
        let segment = match first {
            Some(first) => first.segment.clone(),
            None => flows.segment(&frame.link, &packet, frame.fate.is_lost()),
        };
        let parties = owners.parties(&packet);
        frames.push(Annotated { at_us: record.at_us, step: record.step, frame, packet, segment, parties });
    }
    frames
}

/// Which nodes have an address at some time of an experiment.
#[derive(Clone, Debug, Default)]
pub struct Owners<'a>(BTreeMap<IpAddr, Vec<&'a str>>);

impl<'a> Owners<'a> {
    /// Of its network, and of the steps that change it.
    pub fn of(lab: &'a Lab) -> Self {
        let mut owners = Self::default();
        for end in lab.network.links.iter().flat_map(|link| &link.ends) {
            for address in &end.addresses {
                owners.add(address.addr, &end.node);
            }
        }
        for action in lab.steps.iter().flat_map(|step| &step.actions) {
            if let Action::Address(node, _, address, true) = action {
                owners.add(address.addr, node);
            }
        }
        owners
    }

    fn add(&mut self, addr: IpAddr, node: &'a str) {
        let nodes = self.0.entry(addr).or_default();
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }

    /// The nodes that have this address.
    pub fn nodes(&self, addr: IpAddr) -> &[&'a str] {
        self.0.get(&addr).map_or(&[], Vec::as_slice)
    }

    fn parties(&self, packet: &Packet) -> [Vec<&'a str>; 2] {
        packet.addresses().map_or_else(Default::default, |ends| ends.map(|addr| self.nodes(addr).to_vec()))
    }
}

impl Packet {
    /// Its source and destination address; those of an ARP packet are the sender's and the target's.
    pub fn addresses(&self) -> Option<[IpAddr; 2]> {
        match (&self.ip, &self.body) {
            (Some(ip), _) => Some([ip.src, ip.dst]),
            (None, packet::Body::Arp(arp)) => Some([arp.sender.into(), arp.target.into()]),
            _ => None,
        }
    }
}
