//! The documents that the tool goes by.

pub(super) const STANDARDS: &str = "\
Names, messages and their words: RFC 1034, RFC 1035, RFC 1982, RFC 2181, RFC 2308, RFC 3425, RFC 4343, RFC 4648, RFC 6672, RFC 9499;
RFC 5198, RFC 5890, RFC 5891 and UTS 46 for other letters than ASCII.

Records: RFC 1183, RFC 1706, RFC 1712, RFC 1876, RFC 2163, RFC 2230, RFC 2535, RFC 2782, RFC 2874, RFC 2930, RFC 2931, RFC 3123,
RFC 3402, RFC 3403, RFC 3596, RFC 3597, RFC 4025, RFC 4255, RFC 4398, RFC 4431, RFC 4701, RFC 6594, RFC 6698, RFC 6742, RFC 7043,
RFC 7208, RFC 7344, RFC 7477, RFC 7553, RFC 7929, RFC 8005, RFC 8659, RFC 8777, RFC 8976, RFC 9460, RFC 9461 with RFC 6570, RFC 9606,
RFC 9859, RFC 9886.

EDNS: RFC 6891; its options and errors: RFC 5001, RFC 7314, RFC 7828, RFC 7830, RFC 7871, RFC 7873 with RFC 9018, RFC 8145, RFC 8764,
RFC 8914, RFC 9567, RFC 9660, RFC 9824.

Signatures: RFC 8945 for TSIG; RFC 4034, RFC 4035, RFC 4509, RFC 5155 with RFC 9276, RFC 5933, RFC 6605, RFC 6840 and
RFC 8624 for DNSSEC.

Other messages: RFC 1995, RFC 5936 (transfers), RFC 1996, RFC 2136, RFC 8490.

Transports: RFC 7766 (TCP), RFC 7858, RFC 8310 (TLS), RFC 8484 with RFC 3986, RFC 6874, RFC 7541, RFC 9110, RFC 9113, RFC 9114 and RFC 9204
(HTTP), RFC 9250 with RFC 9000 and RFC 9001 (QUIC).

IPv6 and DNS64: RFC 4291, RFC 5952, RFC 6052, RFC 6275, RFC 7050. The C library: RFC 3493, RFC 6724 and RFC 3484 before it.

Output and files: RFC 8427 (JSON), RFC 3339 (times), RFC 1952 and RFC 8878 (what `+decode` unpacks).";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// Where test vectors and a comparison come from.
    const NOT_FOLLOWED: [&str; 3] = ["2202", "4231", "5681"];

    fn cited(text: &str) -> impl Iterator<Item = String> {
        text.split("RFC ")
            .skip(1)
            .map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>())
            .filter(|number| number.len() >= 3)
    }

    #[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
    fn walk(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if !path.ends_with("manual/standards.rs") {
                found.extend(cited(&std::fs::read_to_string(&path).unwrap()));
            }
        }
    }

    #[test]
    fn every_document_that_the_sources_cite_is_told_of() {
        let mut found = BTreeSet::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let told: BTreeSet<String> = cited(super::STANDARDS).collect();
        let missing: Vec<_> =
            found.difference(&told).filter(|number| !NOT_FOLLOWED.contains(&number.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(told.is_subset(&found), "{:?} in no source", told.difference(&found).collect::<Vec<_>>());
    }
}
