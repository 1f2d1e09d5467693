//! For each target, where its seeds come from and what form they take.

use std::fs;

use sockeye_capture::{LinkType, SliceReader, Timestamp, pcapng};
use sockeye_common::hex;
use sockeye_dig::registry::Type;
use sockeye_lab::catalog::EXPERIMENTS;

use super::literals::{self, Literal};
use crate::captures::{self, Specimen};

#[path = "../../fuzz/link_types.rs"]
mod link_types;

type Seeds = Vec<Vec<u8>>;
/// A target, and what makes its seeds.
type Recipe = (&'static str, fn() -> Seeds);

/// Every target.
pub(super) const RECIPES: &[Recipe] = &[
    ("addr", || texts(&["tools/addr/src", "tests/suite/addr.rs", "tests/suite/addr_plan.rs"])),
    ("answers", answers),
    ("bulk", bulk),
    ("call_script", || {
        [texts(&["tools/lab/src/calls", "tests/suite/lab_calls.rs"]), experiments(Part::Lines)].concat()
    }),
    ("capture", captures),
    ("change", change),
    ("command_line", command_line),
    ("connect", connect),
    ("dig_line", dig_line),
    ("doh", doh),
    ("dump_text", dump_text),
    ("endpoint", || texts(&["common/src/addr.rs", "common/src/addr/tests.rs", "tools/nc/src/cli/tests.rs"])),
    ("filter", || texts(&["tools/ports/src/filter", "tests/suite/ports_list.rs", "tests/netns/ports_filter.rs"])),
    ("fix", captures),
    ("frame_filter", || [texts(&["tools/lab/src/filter.rs", "tools/lab/src/view"]), experiments(Part::Lines)].concat()),
    ("given", given),
    ("hex", || texts(&["common/src/hex.rs", "common/src/hex_text.rs", "tools/netsum/src/data.rs"])),
    ("host_files", host_files),
    ("hub", || behind(&[0, 6, 255], &texts(&["tools/nc/src/hub.rs", "tests/suite/nc_hub.rs"]))),
    ("icmp", icmp),
    ("keyfile", keyfile),
    ("lab_apps", || behind(&[0, 6, 255], &texts(&["tools/lab/src/apps", "tools/lab/src/shell/serve/http.rs"]))),
    ("lab_file", || [experiments(Part::Whole), texts(&["tools/lab/src/language"])].concat()),
    ("lab_frames", lab_frames),
    ("lab_names", lab_names),
    ("layers", layers),
    ("message", messages),
    ("name_text", || texts(&["tools/dig/src/name", "tools/dig/src/idn.rs", "tools/dig/src/search.rs"])),
    ("nc_text", nc_text),
    ("netlink", netlink),
    ("plain", || texts(&["tools/url/src/plain.rs", "tests/suite/url_many.rs", "tests/suite/url.rs"])),
    ("proc_net", || texts(&["tools/ports/src/proc_net.rs", "tools/ports/src/netstat", "tools/ports/src/backlog"])),
    ("proxy", proxy),
    ("rdata_text", rdata_text),
    ("rfc3986", rfc3986),
    ("sockaddr", || octets(&["common/src/sockaddr", "common/sys/src/sockaddr.rs"])),
    ("trace_events", trace_events),
    ("trurl", trurl),
    ("tsig", tsig),
    ("unpack", unpack),
    ("url", urls),
    ("verdict", captures),
    ("why", captures),
];

/// The texts of tests.
fn texts(places: &[&str]) -> Seeds {
    literals::of(places)
        .into_iter()
        .filter_map(|literal| if let Literal::Text(text) = literal { Some(text.into_bytes()) } else { None })
        .collect()
}

/// The octets of tests.
fn octets(places: &[&str]) -> Seeds {
    literals::of(places)
        .into_iter()
        .filter_map(|literal| if let Literal::Octets(octets) = literal { Some(octets) } else { None })
        .collect()
}

/// The lists of texts in tests: mostly the arguments of a call.
fn lists(places: &[&str]) -> Vec<Vec<String>> {
    literals::of(places)
        .into_iter()
        .filter_map(|literal| if let Literal::List(list) = literal { Some(list) } else { None })
        .collect()
}

/// Each seed behind each first octet.
fn behind(firsts: &[u8], seeds: &[Vec<u8>]) -> Seeds {
    firsts.iter().flat_map(|first| seeds.iter().map(|seed| [&[*first], seed.as_slice()].concat())).collect()
}

fn file(path: &str) -> String {
    fs::read_to_string(super::root().join(path)).unwrap()
}

/// A message with its length in front.
fn framed(message: &[u8]) -> Vec<u8> {
    [&u16::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

/// What of the experiments is wanted.
#[derive(Clone, Copy)]
enum Part {
    /// The file.
    Whole,
    /// Each line, and what stands in it between quotation marks.
    Lines,
}

fn experiments(part: Part) -> Seeds {
    let line = |line: &str| -> Seeds {
        let line = line.trim();
        let quoted = line.split(['\'', '"']).skip(1).step_by(2);
        let words = line.split_once(' ').map(|(_, words)| words).into_iter();
        quoted.chain(words).map(|text| text.as_bytes().to_vec()).collect()
    };
    match part {
        Part::Whole => EXPERIMENTS.iter().map(|entry| entry.text.as_bytes().to_vec()).collect(),
        Part::Lines => EXPERIMENTS.iter().flat_map(|entry| entry.text.lines().flat_map(line)).collect(),
    }
}

/// DNS messages: those of the tests, and one for each rdata and each EDNS option of the vectors.
fn messages() -> Seeds {
    const HEADER: &[u8] = b"\x12\x34\x85\x80\0\x01\0\x01\0\0\0\0\x01a\x04test\0\0\xff\0\x01";
    let places = ["tools/dig/src", "tests/suite/dig.rs", "tests/suite/dig_wire.rs", "tests/netns/dig"];
    let mut all: Seeds = octets(&places).into_iter().filter(|octets| octets.len() >= 12).collect();
    all.extend(rdata().into_iter().map(|(rtype, class, rdata)| {
        let fixed = [rtype.to_be_bytes(), class.to_be_bytes(), [0, 0], [14, 16]].concat();
        [HEADER, b"\xc0\x0c", &fixed, &framed(&rdata)].concat()
    }));
    for line in file("tests/vectors/dns/edns-options.txt").lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let [code, _, data] = words[..] else { continue };
        let option =
            [&code.parse::<u16>().unwrap().to_be_bytes()[..], &framed(&hex::decode(data).unwrap_or_default())].concat();
        let mut octets = [HEADER, b"\0\0\x29\x04\xd0\0\0\x80\0", &framed(&option)].concat();
        octets[7] = 0;
        octets[11] = 1;
        all.push(octets);
    }
    all
}

/// Type, class and octets of the vectors.
fn rdata() -> Vec<(u16, u16, Vec<u8>)> {
    let text = file("tests/vectors/dns/rdata.txt") + &file("tests/vectors/dns/rdata-odd.txt");
    let rows = text.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let rtype: Type = words.next()?.parse().ok()?;
        Some((rtype.0, words.next()?.parse().ok()?, hex::decode(words.next()?).ok()?))
    });
    rows.collect()
}

fn rdata_text() -> Seeds {
    let mut all = Vec::new();
    for (rtype, class, rdata) in rdata() {
        let [high, low] = rtype.to_be_bytes();
        let class = u8::from(class == 3);
        for switches in [0, 1, 2, 7, 8, 16, 32, 64] {
            all.push([&[high, low, class, switches, 44], rdata.as_slice()].concat());
        }
    }
    all
}

fn answers() -> Seeds {
    let messages: Seeds = messages().into_iter().filter(|message| message.len() < 600).collect();
    let mut all: Seeds = messages
        .iter()
        .zip((0..=255).cycle())
        .map(|(message, how)| [&[how], framed(message).as_slice()].concat())
        .collect();
    // Transfers have several.
    for (how, group) in [3, 4, 11, 12].into_iter().cycle().zip(messages.chunks(3)) {
        all.push([vec![how], group.iter().flat_map(|message| framed(message)).collect()].concat());
    }
    all
}

/// Lookups that are begun and asked, what comes for them, and what becomes of the others.
fn bulk() -> Seeds {
    const START: u8 = 0;
    const SEND: u8 = 2;
    const ARRIVE: u8 = 3;
    let short = |octets: &[u8]| {
        let octets = octets.get(..255).unwrap_or(octets);
        [&[u8::try_from(octets.len()).unwrap()], octets].concat()
    };
    let names = texts(&["tools/dig/src/bulk", "tests/netns/dig_bulk.rs"]);
    let names = names.chunks(3).map(|names| {
        let begun = names.iter().zip(1..).flat_map(|(name, id)| [&[START, 0], &short(name)[..], &[SEND, id]].concat());
        begun.chain([ARRIVE, 0, 0, 4, 2, SEND, 9, 5, 7, 7, 1]).collect()
    });
    // An id of zero and what comes with it; then the same with the question that is out.
    let came = |message: Vec<u8>| {
        let begun =
            [&[START, 0], &short(b"a.test")[..], &[SEND, 0, ARRIVE, 1], &short(&message), &[ARRIVE, 0]].concat();
        [&begun[..], &short(&message)].concat()
    };
    names.chain(messages().into_iter().step_by(8).map(came)).collect()
}

fn tsig() -> Seeds {
    let mut all: Seeds = octets(&["tools/dig/src/tsig"]).into_iter().chain(messages().into_iter().take(60)).collect();
    all = all
        .iter()
        .zip((0..6).cycle())
        .map(|(message, which)| [&[which, 0, 0], framed(message).as_slice()].concat())
        .collect();
    all
}

fn given() -> Seeds {
    let mut all =
        [texts(&["tools/dig/src/offline", "tests/suite/dig_wire.rs", "common/src/hex_text.rs"]), captures()].concat();
    for message in messages().into_iter().take(40) {
        all.push(hex::spaced(&message).into_bytes());
        all.push(framed(&message));
        all.push(message);
    }
    all
}

fn dump_text() -> Seeds {
    let places = ["common/src/hex.rs", "common/src/hex_text.rs", "tools/netsum/src", "tests/suite/netsum.rs"];
    let mut all = texts(&places);
    all.extend(captures::specimens().iter().take(40).map(|specimen| hex::spaced(&specimen.octets).into_bytes()));
    all
}

fn dig_line() -> Seeds {
    let places = ["tools/dig/src/args", "tools/dig/src/batch.rs", "tools/dig/src/host", "tests/suite/dig.rs"];
    let mut all: Seeds = lists(&places).iter().map(|list| list.join(" ").into_bytes()).collect();
    all.extend(texts(&places));
    all.extend(examples("dig").into_iter().map(|words| words.join(" ").into_bytes()));
    let with_digrc: Seeds = all.chunks(2).map(|pair| pair.join(&0)).collect();
    [all, with_digrc].concat()
}

/// The lines of a tool in its manual, as words without quotation marks.
fn examples(name: &str) -> Vec<Vec<String>> {
    let manuals = crate::tools::all().into_iter().flat_map(|(_, _, manual)| manual.examples);
    let lines = manuals.flat_map(|example| example.command.lines()).flat_map(|line| line.split(['|', '&', ';']));
    let words =
        lines.map(|line| line.split_whitespace().map(|word| word.replace(['\'', '"'], "")).collect::<Vec<String>>());
    words.filter(|words| words.first().is_some_and(|first| first == name)).map(|words| words[1..].to_vec()).collect()
}

fn command_line() -> Seeds {
    // As the target counts them.
    const NAMES: [(&str, &str); 14] = [
        ("addr", "tools/addr/src"),
        ("dig", "tools/dig/src/args"),
        ("hop", "tools/hop/src"),
        ("lab", "tools/lab/src/cli"),
        ("nc", "tools/nc/src/cli"),
        ("netsum", "tests/suite/netsum_compute.rs"),
        ("ports", "tools/ports/src/cli"),
        ("url", "tests/suite/url_many.rs"),
        ("netcat", "tests/suite/netcat.rs"),
        ("ncat", "tests/suite/nc_what.rs"),
        ("host", "tools/dig/src/host"),
        ("trurl", "tools/url/src/trurl"),
        ("ss", "tools/ports/src/cli"),
        ("netstat", "tools/ports/src/cli"),
    ];
    let mut all = Vec::new();
    for ((name, place), first) in NAMES.into_iter().zip(0..) {
        let lines = lists(&[place]).into_iter().take(60).chain(examples(name));
        all.extend(lines.map(|words| [&[first], words.join("\n").as_bytes()].concat()));
        all.push([&[first], b"--help".as_slice()].concat());
    }
    all.extend(behind(&[11], &trurl()));
    all
}

/// The recorded lines: one argument on each line.
fn trurl() -> Seeds {
    let text = file("tests/vectors/trurl/lines");
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Vec<String>>(line).ok());
    lines.map(|args| args.join("\n").into_bytes()).collect()
}

fn urls() -> Seeds {
    let places = ["tools/url/src", "tests/suite/url.rs", "tests/suite/url_models.rs", "tests/suite/url_same.rs"];
    let mut all = texts(&places);
    all.retain(|text| text.len() < 300 && text.contains(&b':'));
    all
}

fn rfc3986() -> Seeds {
    let mut all = texts(&[
        "tools/url/src/rfc3986",
        "tools/url/src/same.rs",
        "tools/url/src/base.rs",
        "tools/url/src/models",
        "tools/url/src/specific",
    ]);
    all.retain(|text| text.len() < 300);
    let bases = [b"http://a/b/c/d;p?q".to_vec(), b"http://[fe80::1%25eth0]:80/%7Eb/".to_vec()];
    let resolved: Seeds =
        bases.iter().flat_map(|base| all.iter().map(|reference| [reference, base.as_slice()].join(&b'\n'))).collect();
    [all, resolved].concat()
}

fn change() -> Seeds {
    let all = texts(&["tools/url/src/change", "tests/suite/url_change.rs", "tools/url/src/template"]);
    let holds = |wanted: &str| {
        all.iter().filter(|text| String::from_utf8_lossy(text).contains(wanted)).cloned().collect::<Seeds>()
    };
    let (urls, templates, edits) = (holds("://"), holds("{"), holds("="));
    assert!(!urls.is_empty() && !templates.is_empty() && !edits.is_empty());
    let most = urls.len().max(templates.len()).max(edits.len());
    let parts = urls.iter().cycle().zip(templates.iter().cycle()).zip(edits.iter().cycle()).take(most);
    parts.map(|((url, template), edit)| [url.as_slice(), template, edit].join(&b'\n')).collect()
}

fn connect() -> Seeds {
    let mut all = texts(&["tools/url/src/connect", "tests/suite/url_connect.rs"]);
    all.extend(urls().into_iter().take(200));
    let environment = b"\nhttp://me:secret@proxy.test:3128\n\n.test,10.0.0.0/8\n*";
    let with_proxy: Seeds = all.iter().map(|url| [url.as_slice(), environment].concat()).collect();
    [all, with_proxy].concat()
}

fn host_files() -> Seeds {
    let places = [
        "tools/dig/src/resolv_conf.rs",
        "tools/dig/src/stub.rs",
        "tools/dig/src/hosts.rs",
        "tools/dig/src/nsswitch.rs",
        "tools/dig/src/gai_conf.rs",
        "tools/dig/src/compare",
        "tools/ports/src/names.rs",
        "tools/ports/src/netstat/lore.rs",
    ];
    let files = ["tests/vectors/dns/hosts", "tests/vectors/dns/resolv.conf", "tests/vectors/dns-trace/hosts"];
    let letter = b"took\x0012\0address\x00192.0.2.1\0canonname\0a.test\0end".to_vec();
    let files = files.iter().map(|path| file(path).into_bytes());
    texts(&places).into_iter().chain(octets(&places)).chain(files).chain([letter]).collect()
}

fn keyfile() -> Seeds {
    let places = ["tools/dig/src/tsig", "tests/suite/dig.rs", "tests/netns/dig_xfr.rs"];
    let vectors = file("tests/vectors/dns/same-as-dig-keys.txt");
    texts(&places).into_iter().chain(vectors.lines().map(|line| line.as_bytes().to_vec())).collect()
}

fn lab_names() -> Seeds {
    let query =
        |qtype: u8| [b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x03lab\x04test\0\0".as_slice(), &[qtype, 0, 1]].concat();
    let zones = ["192.0.2.zone", "every-type.zone", "lab.test.zone", "root.zone"];
    let zones = zones.iter().map(|name| file(&format!("tests/vectors/dns/{name}")).into_bytes());
    let zones: Seeds = zones.chain(texts(&["tools/lab/src/names", "tests/suite/lab_serve.rs"])).collect();
    let types = [1, 2, 5, 6, 15, 16, 28, 255];
    let questions =
        zones.iter().zip(types.into_iter().cycle()).map(|(zone, qtype)| [zone, query(qtype).as_slice()].join(&0));
    // Without a zone, and with answers: to each question the next of them, and then from the first one on.
    let answered = [vec![referral(false)], vec![referral(true)], vec![referral(true), alias(), referral(false)]];
    let answered = answered.iter().map(|answers| [b"\0".as_slice(), &query(1), &answers.concat()].concat());
    questions.chain(answered).collect()
}

/// The servers of lab.test, a to z, which lie in it, with an address for one of them or with none.
fn referral(glue: bool) -> Vec<u8> {
    const QUESTION: &[u8] = b"\x03www\x03lab\x04test\0\0\x01\0\x01";
    let header = [b"\x12\x34\x80\0\0\x01\0\0\0\x1a\0".as_slice(), &[u8::from(glue)]].concat();
    let servers =
        (b'a'..=b'z').map(|letter| record(b"\xc0\x10", 2, &[1, letter, 0xc0, 0x10])).collect::<Seeds>().concat();
    let address = if glue { record(b"\x01b\xc0\x10", 1, &[192, 0, 2, 53]) } else { Vec::new() };
    [header.as_slice(), QUESTION, &servers, &address].concat()
}

/// www.lab.test is an alias of a name below it.
fn alias() -> Vec<u8> {
    const HEAD: &[u8] = b"\x12\x34\x80\0\0\x01\0\x01\0\0\0\0\x03www\x03lab\x04test\0\0\x01\0\x01";
    [HEAD, &record(b"\xc0\x0c", 5, b"\x01x\xc0\x0c")].concat()
}

/// A record that is remembered for an hour.
fn record(owner: &[u8], rtype: u8, rdata: &[u8]) -> Vec<u8> {
    [owner, &[0, rtype, 0, 1, 0, 0, 14, 16], &framed(rdata)].concat()
}

/// Frames of HTTP/2 and HTTP/3 that answer a query, and what the tests of their codings have.
fn doh() -> Seeds {
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        [&[0, 0, u8::try_from(payload.len()).unwrap(), kind, flags, 0, 0, 0, stream], payload].concat()
    };
    // :status 200 and content-type: RFC 7541 appendix A, RFC 9204 appendix A.
    let hpack = [b"\x88\x0f\x10\x17application/dns-message".as_slice(), b"\x0f\x0d\x026c"].concat();
    let message = &messages()[0];
    let hello = frame(4, 0, 0, &[0, 3, 0, 0, 0, 1]);
    let whole = [hello.clone(), frame(4, 1, 0, &[]), frame(1, 4, 1, &hpack), frame(0, 1, 1, message)].concat();
    let pings = [hello.clone(), frame(6, 0, 0, &[7; 8]), frame(8, 0, 0, &[0, 0, 1, 0])].concat();
    let (start, end) = hpack.split_at(4);
    let pieces = [
        hello.clone(),
        frame(1, 0, 1, start),
        frame(9, 4, 1, end),
        frame(0, 8, 1, &[1, b'x', 0]),
        frame(0, 1, 1, message),
    ]
    .concat();
    let ended = [hello.clone(), frame(7, 0, 0, &[0; 8])].concat();
    let reset = [hello, frame(3, 0, 1, &[0, 0, 0, 8])].concat();
    let len = u8::try_from(message.len()).unwrap();
    let http3 = [b"\x01\x04\0\0\xd9\xec\0".as_slice(), &[0x40, len], message].concat();
    let mut all = vec![whole, pings, pieces, ended, reset, http3, b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()];
    for fields in octets(&["tools/dig/src/doh"]).into_iter().filter(|fields| fields.len() < 200) {
        all.push([frame(4, 0, 0, &[]), frame(1, 5, 1, &fields)].concat());
        all.push(fields);
    }
    all
}

/// A capture of each link type in each of the forms of a file.
fn captures() -> Seeds {
    let specimens = captures::specimens();
    let mut all = Vec::new();
    for (link_type, group) in captures::by_link_type(&specimens) {
        for group in group.chunks(12) {
            let classic = captures::pcap_of(group, link_type);
            let mut writer = pcapng::Writer::new(Vec::new(), "tests").unwrap();
            let interface = writer.interface("eth0", link_type).unwrap();
            for specimen in group {
                writer.write(interface, Timestamp::default(), &specimen.octets, "a comment").unwrap();
            }
            all.extend([swapped(&classic), classic, writer.into_inner()]);
        }
    }
    all.extend(octets(&[
        "common/capture/src/reader/tests.rs",
        "common/capture/src/pcapng.rs",
        "tests/suite/netsum_files.rs",
    ]));
    all
}

/// The same in the other order of octets.
fn swapped(classic: &[u8]) -> Vec<u8> {
    let mut octets = classic.to_vec();
    let mut swap = |at: usize, len: usize| octets[at..at + len].reverse();
    for (at, len) in [(0, 4), (4, 2), (6, 2), (8, 4), (12, 4), (16, 4), (20, 4)] {
        swap(at, len);
    }
    let mut at = 24;
    while at < classic.len() {
        (0..4).for_each(|field| swap(at + 4 * field, 4));
        at += 16 + usize::try_from(u32::from_le_bytes(classic[at + 8..at + 12].try_into().unwrap())).unwrap();
    }
    octets
}

fn layers() -> Seeds {
    let seed = |specimen: &Specimen| {
        let which = link_types::LINK_TYPES.iter().position(|known| *known == specimen.link_type)?;
        let cut = u16::try_from(specimen.original_len - specimen.octets.len()).ok()?;
        Some([&[u8::try_from(which).ok()?], &cut.to_le_bytes()[..], &specimen.octets].concat())
    };
    let specimens = captures::specimens();
    let missing = specimens.iter().find(|specimen| seed(specimen).is_none());
    assert!(
        missing.is_none(),
        "{:?} is no link type of tests/fuzz/link_types.rs",
        missing.map(|missing| missing.link_type)
    );
    specimens.iter().filter_map(seed).collect()
}

/// Frames of Ethernet: the specimens, and a recorded conversation.
fn lab_frames() -> Seeds {
    let recorded = fs::read(super::root().join("tests/vectors/lab/knock-knock.pcapng")).unwrap();
    let mut reader = SliceReader::new(&recorded);
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        frames.push(frame.octets.to_vec());
    }
    let specimens = captures::specimens();
    frames.extend(
        specimens
            .into_iter()
            .filter(|specimen| specimen.link_type == LinkType::ETHERNET)
            .map(|specimen| specimen.octets),
    );
    let with_fate = |(frame, how): (&Vec<u8>, u8)| [&framed(frame)[..2], &[how], frame].concat();
    frames
        .chunks(6)
        .map(|group| group.iter().zip([0, 1, 0, 3, 4, 6].into_iter().cycle()).flat_map(with_fate).collect())
        .collect()
}

/// ICMP messages: those of hop's tests, and what lies in the specimens.
fn icmp() -> Seeds {
    let mut all = octets(&["tools/hop/src", "tests/netns/hop.rs", "common/sys/src/errqueue.rs"]);
    for specimen in captures::specimens().iter().filter(|specimen| specimen.link_type == LinkType::ETHERNET) {
        for (protocol, kind, start) in [(23, 1, 34), (20, 58, 54)] {
            let is_icmp = specimen.octets.get(protocol) == Some(&kind);
            all.extend(specimen.octets.get(start..).filter(|_| is_icmp).map(<[u8]>::to_vec));
        }
    }
    all
}

fn nc_text() -> Seeds {
    let places = [
        "tools/nc/src/filter.rs",
        "tools/nc/src/generate.rs",
        "tools/nc/src/access.rs",
        "tools/nc/src/app.rs",
        "tools/nc/src/dump.rs",
    ];
    behind(&[0, 5], &[texts(&places), octets(&places)].concat())
}

fn proxy() -> Seeds {
    let places =
        ["tools/nc/src/proxy.rs", "tools/nc/src/proxy", "tests/suite/nc_proxy.rs", "tests/suite/nc_gateway.rs"];
    behind(&[0, 1, 2, 4, 12], &[texts(&places), octets(&places)].concat())
}

/// What a kernel said, recorded, and the octets of the tests.
fn netlink() -> Seeds {
    let folder = super::root().join("common/sys/src/sock_diag/recorded");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let recorded = files.iter().map(|path| {
        let text = fs::read_to_string(path).unwrap();
        let digits: String = text.lines().filter(|line| !line.starts_with('#')).collect();
        hex::decode(&digits).unwrap()
    });
    let recorded: Seeds = recorded.collect();
    // The payload of the first message, for what reads one.
    let payloads = recorded.iter().map(|batch| batch.get(16..).unwrap_or_default().to_vec());
    payloads.chain(recorded.clone()).chain(octets(&["common/sys/src", "tools/ports/src/details.rs"])).collect()
}

fn trace_events() -> Seeds {
    let all = texts(&["tools/ports/src/watch/ring.rs"]);
    let formats = all.iter().filter(|text| text.starts_with(b"name:"));
    // A timestamp, a length, one event of eighteen words and one with its length in front.
    let mut page = [7_u64.to_ne_bytes(), 168_u64.to_ne_bytes()].concat();
    page.extend([18_u32.to_ne_bytes().as_slice(), &[1; 72], &[0; 4], &92_u32.to_ne_bytes(), &[2; 88]].concat());
    let with_page: Seeds = formats.map(|text| [text.as_slice(), b"\n--\n", &page].concat()).collect();
    [all, with_page].concat()
}

/// A capture packed by gzip 1.12 and by zstd 1.5.4, and one that is cut.
fn unpack() -> Seeds {
    let packed = [
        "1f8b0808fb91016b02036f6e652e7063617000bb7278d3422606160604606160049220acb0909d411f48833013488a094c327230b83230\
         2882943808a69de4028a0031937087780103eff7204727671757007a24e33257000000",
        "28b52ffd0468450200d2040f18b01bd60cd9bb0535983408428772dcb3fc0377c56351932911f4388db41529a43a80899bc82683f92a47\
         877b0078e0cb978295fc7e8341c0ba302d0200056961c60d700161be3022",
        "28b52ffd84588e43e80b34a908fc620dd4c3b2a10200040004000100000000f153655c0300005a050200000000020108004500054c0c27\
         0000401153",
    ];
    packed.iter().map(|text| hex::decode(text).unwrap()).collect()
}
