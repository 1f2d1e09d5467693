//! For each target, where its seeds come from and what form they take.

use std::fs;

use sockeye_common::hex;
use sockeye_lab::catalog::EXPERIMENTS;

use self::dns::{answers, bulk, doh, lab_names, messages, rdata_text, tsig};
use self::frames::{captures, icmp, in_fragments, lab_frames, layers, seen};
use super::literals::{self, Literal};
use crate::captures;

mod dns;
mod frames;

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
    ("lab_file", || [experiments(Part::Whole), texts(&["tools/lab/src/language"]), seen()].concat()),
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
    ("why", || [captures(), in_fragments()].concat()),
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
