//! What the man page says of `--json`.

pub(in crate::manual) const SECTION: (&str, &str) = ("JSON", "\
With `--json` everything is JSON Lines: objects with `schema` (`dig/1`), `type` (`result`, `event` or `error`) and `data`. A member
is always there, null where there is nothing to say; times and lengths have their unit in their name, octets are hex, and a
number of a registry is `code` and `name`. What shapes dig's text (`+noall`, `+multiline`, `+nocrypto`) has no effect on it; `+short`,
`+yaml` and `+qr`, which ask for something else, are refused beside it. In a result `kind` says what it is:

  answer        a message that came: `server`, `server_port`, `server_as_written`, `transport`, `rtt_us`, `length_octets`,
                `timing` (`connect_us`, `tls_us`, `first_octet_us`, `whole_us`), `rcode`, `cookie` (what it is worth), `fault`,
                `edns`, `dns64_prefixes`, `message`, and of one that cannot be read `message_hex`
  given         one of `+decode`: `source`, `frame`, `from`, `from_port`, `to`, `to_port`, `transport`, `time_us` since 1970,
                `length_octets`, `missing_octets` (not captured), and the rest as in an answer
  address_info  `+gai`: `call`, `node`, `service`, `hints`, `warnings`, `entries`, `error`; each entry has `family`, `socktype`,
                `protocol`, `address`, `port`, `scope_id`, `sockaddr`, `canonname`; `flags` have `names`; with `-x` there are `address`,
                `port`, `sockaddr`, `flags`, `host`. An `error` has `code`, `name`, `text`, and `errno` after EAI_SYSTEM
  compare       `+compare`: `name`, `numeric`, `hosts`, `nsswitch`, `resolver`, `getaddrinfo`, `policy`, `views`, `winner`,
                `disagreements` (`kind`, `sentence`)
  tree          `+tree`: `qname`, `qtype`, `qclass`, `resolver`, `zones`, `outcome`, `records`
  diff          `+diff`: `qname`, `qtype`, `qclass`, `differences`, `replies`
  validation    `+validate`, behind its answer: `qname`, `qtype`, `verdict`, `why`, `chain`, `signatures`

`message` has the names of RFC 8427: `ID`, `QR`, `Opcode`, `AA`, `TC`, `RD`, `RA`, `AD`, `CD`, `RCODE`, `QDCOUNT`, `ANCOUNT`,
`NSCOUNT`, `ARCOUNT`, `QNAME`, `QTYPE`, `QTYPEname`, `QCLASS`, `QCLASSname`, `questionRRs`, `answerRRs`, `authorityRRs`,
`additionalRRs`; a record has `NAME`, `TYPE`, `TYPEname`, `CLASS`, `CLASSname`, `TTL`, `rdataA` and the like with the text of a zone
file, `RDLENGTH`, `RDATAHEX`. `edns` has `version`, `udp_size_octets`, `dnssec_ok`, `options` (`code`, `name`, `data`). A
`fault` says in which way a message breaks (`kind`), in which `field`, and at which `offset`.

Of `+compare`: `hosts` has `path`, `error`, `lines` (`line`, `address`, `canonical`, `aliases`) and `ignored_lines`; `nsswitch` has
`path`, `error`, `line`, `malformed`, `text`, `nscd` and `sources`, each with `name`, `asks`, `actions`, `installed`, `reached`,
`status`, `then`, `winner`, `addresses`, `canonname`, `error`, `took_us`; `resolver` has `path`, `error`, `servers`,
`servers_from_command_line`, `search`, `search_from`, `ndots`, `silent` (`server`, `questions`, `waited_us`) and `names`, each with
`qname`, `suffix`, `tried`, `a` and `aaaa`, which have `outcome`, `rcode`, `records` (`address`, `ttl_s`), `ttl_s`,
`negative_ttl_s`, `aliases`, `server`, `rtt_us`, `error`; `getaddrinfo` has `canonname`, `error`, `took_us` and `addresses`, each with `rank`, `winner`, `address`, `sources`, `source_address`, `scope`, `source_scope`,
`label`, `source_label`, `precedence`, `common_prefix_bits`, `before_next` (`rule`, `name`, `reason`); `policy` has `path`, `error`,
`replaced`, `ignored_lines`; `views` have `program`, `asks`, `addresses`, `error`; `winner` has `source` and `address`.

Of `+tree`: a zone has `zone`, `security` (`state`, `ds_key_tags`, `dnskey_key_tags`, `proof`) and `servers`, each with `name`,
`address`, `address_from`, `rtt_us`, `rcode`, `authoritative`, `verdict`, `referral`, `reason`, `differs`. Of `+diff`: a reply has
`server`, `server_port`, `server_as_written`, `rtt_us`, `rcode`, `flags`, `records`, `ttl_s`, `serial`, `nsid`, `failure`. Of
`+validate`: a link of the chain has `zone`, `ds` (`key_tag`, `algorithm`, `digest_type`, `matches`), `keys` (`key_tag`, `flags`,
`algorithm`, `is_anchor`) and `signatures` (`covered`, `key_tag`, `signer`, `inception`, `expiration`, `expires_in_s`, `has_begun`).

An event says by `event` which one it is. A round of `+watch` has `kind` `watch`, `event`, `round`, `unix_s`, `time`, `qname`,
`qtype`, `qclass`, `server`, `server_port`, `rcode`, `ttl_s` (when to ask again), `records`, `added`, `removed`. A message of `+wire`
has `direction`, `peer`, `transport`, `length_octets`, `fault`, and `rows` of `offset`, `length_octets`, `hex`, `part`, `field`,
`value`, `kind`, `bits` (`field`, `mask`, `value`). Those of `--explain` have what applies of `about`, `addresses`, `call`,
`code`, `entries`, `error`, `expected`, `fact`, `failure`, `fault`, `field`, `first`, `flag`, `got`, `hint`, `id`, `in_tcp`,
`is_last`, `key`, `kind`, `kinds`, `length_octets`, `log`, `meaning`, `name`, `negative_ttl_s`, `octets`, `offset`, `owner`,
`qclass`, `qname`, `qtype`, `rcode`, `reason`, `records`, `rtt_us`, `rule`, `second`, `section`, `server`, `servers`, `set`,
`signed`, `source`, `status`, `subject`, `target`, `text`, `timeout_ms`, `transport`, `version`, `zone`.

An error has `message`, `hint` and `exit_status`. What came to no answer is one.");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    /// The members of every type in the file that becomes JSON.
    fn members(source: &str, found: &mut BTreeSet<String>) {
        let (mut derived, mut inside, mut hidden) = (false, false, false);
        for line in source.lines() {
            let text = line.trim_start();
            if line.starts_with("#[derive(") {
                derived = line.contains("Serialize");
            } else if line.contains("struct ") || line.contains("enum ") {
                inside |= derived && !line.starts_with(' ') && line.ends_with('{');
                derived = false;
            } else if line.starts_with('}') {
                inside = false;
            } else if inside && text.starts_with("#[serde(skip)]") || text.starts_with("#[serde(flatten)]") {
                hidden = true;
            } else if inside && !text.starts_with("//") && !text.starts_with('#') && !std::mem::take(&mut hidden) {
                let fields = text.rsplit_once("{ ").map_or(text, |(_, fields)| fields);
                for field in fields.split(", ") {
                    let name = field.split_once(": ").map_or("", |(name, _)| name);
                    found.insert(name.rsplit(' ').next().unwrap_or_default().to_owned());
                }
            }
            for entry in text.split("serialize_entry(\"").skip(1) {
                found.insert(entry.split('"').next().unwrap_or_default().to_owned());
            }
        }
        found.remove("");
    }

    #[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
    fn walk(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                members(&std::fs::read_to_string(&path).unwrap(), found);
            }
        }
    }

    #[test]
    fn every_member_stands_in_the_manual() {
        let mut found = BTreeSet::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        assert!(found.len() >= 200 && found.contains("before_next") && found.contains("is_last"), "{found:?}");
        let told: BTreeSet<&str> = super::SECTION.1.split('`').skip(1).step_by(2).collect();
        let missing: Vec<_> = found.iter().filter(|name| !told.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
