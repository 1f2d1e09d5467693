//! The tables of nftables in this network namespace, by name: whether a packet filter is loaded at all.
//!
//! Nothing is read of their rules.

use sockeye_common::wire::{Reader, Truncated};

use crate::error::CallError;
use crate::netlink::{self, Listed, Socket};

/// NFNL_SUBSYS_NFTABLES in the upper octet; NFT_MSG_NEWTABLE and NFT_MSG_GETTABLE.
const NFT_MSG_NEWTABLE: u16 = 10 << 8;
const NFT_MSG_GETTABLE: u16 = NFT_MSG_NEWTABLE | 1;
const NFTA_TABLE_NAME: u16 = 1;

/// The length of struct nfgenmsg: family, version, resource id.
const NFGENMSG_LEN: usize = 4;

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// As nft(8) writes the family: `inet`, `ip`; a number where it is not known.
    pub family: String,
    /// Its name, as it is.
    pub name: String,
}

/// Every table, in the order of the kernel. None where the kernel has no nftables.
///
/// # Errors
/// [`CallError`] with EPERM without CAP_NET_ADMIN.
///
/// # Source
/// Linux, include/uapi/linux/netfilter/nf_tables.h and nfnetlink.h.
pub fn tables() -> Result<Listed<Table>, CallError> {
    let none = Listed { rows: Vec::new(), doubt: None };
    let mut socket = match Socket::open(libc::NETLINK_NETFILTER) {
        Err(error) if error.errno() == Some(libc::EPROTONOSUPPORT) => return Ok(none),
        socket => socket?,
    };
    let (call, subject) = ("NFT_MSG_GETTABLE", "every family");
    let take = &mut |found: &mut Vec<Table>, payload: &[u8]| found.extend(parse(payload).ok().flatten());
    match socket.dump(call, subject, NFT_MSG_GETTABLE, NFGENMSG_LEN, NFT_MSG_NEWTABLE, take) {
        // nfnetlink knows no such subsystem.
        Err(error) if matches!(error.errno(), Some(libc::EINVAL | libc::EOPNOTSUPP)) => Ok(none),
        dumped => dumped,
    }
}

/// Reads an nfgenmsg and its attributes, the payload of NFT_MSG_NEWTABLE; `None` without a name.
///
/// # Errors
/// [`Truncated`] if the structure is cut short. Attributes end where one cannot be read.
pub fn parse(payload: &[u8]) -> Result<Option<Table>, Truncated> {
    let mut reader = Reader::new(payload);
    let family = reader.u8("nfgen_family")?;
    reader.skip(3, "version and res_id")?;
    let family = match family {
        1 => "inet".to_owned(),
        2 => "ip".to_owned(),
        3 => "arp".to_owned(),
        5 => "netdev".to_owned(),
        7 => "bridge".to_owned(),
        10 => "ip6".to_owned(),
        other => other.to_string(),
    };
    let name = netlink::attributes(reader.rest()).find(|(kind, _)| *kind == NFTA_TABLE_NAME);
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).trim_end_matches('\0').to_owned();
    Ok(name.map(|(_, octets)| Table { family, name: text(octets) }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::netlink::Builder;

    #[test]
    fn a_table_is_its_family_and_name() {
        let mut message = Builder::new(NFT_MSG_NEWTABLE, 0);
        message.octets(&[1, 0, 0, 0]).attribute(2, &[0; 4]).text(NFTA_TABLE_NAME, "filter");
        let octets = message.finish();
        let message = netlink::messages(&octets).next().unwrap().unwrap();
        let expected = Table { family: "inet".to_owned(), name: "filter".to_owned() };
        assert_eq!(parse(message.payload), Ok(Some(expected)));
        assert_eq!(parse(&message.payload[..4]), Ok(None));
        assert!(parse(&message.payload[..3]).is_err());
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            let _ = parse(&octets);
        }
    }
}
