//! `+wire`: the octets of what goes out and what comes in, against a server that the test is.

use std::net::UdpSocket;
use std::process::Command;
use std::time::Duration;

use sockeye_capture::{LinkType, Timestamp, pcap};
use sockeye_test_support::{Run, run, run_with_input, tool};

/// Asks a server that answers once with the id and the question of the query and `answer` behind them.
fn asked(args: &[&str], counts: [u8; 4], answer: &'static [u8]) -> Run {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let serving = std::thread::spawn(move || {
        let mut query = [0; 1500];
        let (length, from) = server.recv_from(&mut query).unwrap();
        // Header and question; the OPT record has eleven octets and a cookie twelve.
        let question = &query[12..length - 23];
        let mut message = vec![query[0], query[1], 0x85, 0x80];
        message.extend(counts.iter().flat_map(|count| [0, *count]));
        message.extend_from_slice(question);
        message.extend_from_slice(answer);
        server.send_to(&message, from).unwrap();
    });
    let run = run(tool("dig").args(["@127.0.0.1", "-p", &port, "+tries=1"]).args(args));
    serving.join().unwrap();
    run
}

const ADDRESS: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\x0e\x10\0\x04\xc0\0\x02\x50";

#[test]
fn octets_of_query_and_answer_are_comments_beside_the_records() {
    let run = asked(&["+noall", "+answer", "+wire", "web.lab.test"], [1, 1, 0, 0], ADDRESS);
    run.status(0).stderr_is("");
    let text = run.out();
    let (comments, records): (Vec<&str>, Vec<&str>) =
        text.lines().filter(|line| !line.is_empty()).partition(|line| line.starts_with(';'));
    assert_eq!(records, ["web.lab.test.\t\t3600\tIN\tA\t192.0.2.80"]);
    let at = |line: &str| {
        comments
            .iter()
            .position(|comment| comment.starts_with(line))
            .unwrap_or_else(|| panic!("{line} is not in\n{text}"))
    };
    let sent = at(";; wire: sent to 127.0.0.1:");
    let received = at(";; wire: received from 127.0.0.1:");
    assert!(sent < received, "in the order of time");
    at(";; wire: 0x000c  03 77 65 62              QNAME             label \"web\", 3 octets");
    at(";; wire: 0x001e  c0 0c                    NAME              -> 0x000c web.lab.test.");
    at(";; wire: 0x002a  c0 00 02 50              ADDRESS           192.0.2.80");
}

#[test]
fn a_broken_message_shows_where_it_breaks_and_the_rest() {
    let run = asked(&["+wire", "web.lab.test"], [1, 1, 0, 0], b"\xc0\x1e\0\x01");
    run.status(0)
        .stdout_has(";; wire: undecoded: the message breaks at 0x001e: compression pointer: does not point")
        .stdout_has(";; wire: 0x001e  c0 1e 00 01                                      |....|\n")
        .stdout_has(";; Got bad packet: bad compression pointer\n");
}

#[test]
fn with_json_each_message_is_an_event_and_its_rows_are_the_message() {
    let run = asked(&["+wire", "--json", "web.lab.test"], [1, 1, 0, 0], ADDRESS);
    run.status(0).stderr_is("");
    let lines: Vec<serde_json::Value> = run.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> =
        lines.iter().map(|line| (line["type"].as_str().unwrap(), line["data"]["direction"].as_str())).collect();
    assert_eq!(kinds, [("event", Some("sent")), ("event", Some("received")), ("result", None)]);
    for event in &lines[..2] {
        let data = &event["data"];
        let mut at = 0;
        for row in data["rows"].as_array().unwrap() {
            assert_eq!(row["offset"], at);
            let length = row["length_octets"].as_u64().unwrap();
            assert_eq!(row["hex"].as_str().unwrap().len() as u64, length * 2);
            at += length;
        }
        assert_eq!(data["length_octets"], at);
        assert_eq!(
            (&data["event"], &data["transport"], &data["fault"]),
            (&"wire".into(), &"udp".into(), &serde_json::Value::Null)
        );
    }
    let flags = &lines[1]["data"]["rows"][1];
    assert_eq!((&flags["field"], &flags["hex"]), (&"flags".into(), &"8580".into()));
    assert_eq!(flags["bits"][0], serde_json::json!({"mask": "0x8000", "field": "QR", "value": "1: a response"}));
}

/// `alias.lab. IN A` answered with a CNAME and an address.
const ANSWER: &str = "123485800001000200000000\
    05616c696173036c61620000010001\
    c00c0005000100000e10000603776562c012\
    c0270001000100000e100004c0000250";

fn decode(args: &[&str]) -> Run {
    run(tool("dig").args(args))
}

#[test]
fn a_given_message_is_shown_as_one_that_came() {
    let given = format!("+decode={ANSWER}");
    decode(&[&given]).status(0).stderr_is("").stdout_is(
        ";; Got answer:\n\
         ;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660\n\
         ;; flags: qr aa rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 0\n\
         \n\
         ;; QUESTION SECTION:\n\
         ;alias.lab.\t\t\tIN\tA\n\
         \n\
         ;; ANSWER SECTION:\n\
         alias.lab.\t\t3600\tIN\tCNAME\tweb.lab.\n\
         web.lab.\t\t3600\tIN\tA\t192.0.2.80\n\
         \n\
         ;; GIVEN: command line\n\
         ;; MSG SIZE  rcvd: 61\n\
         \n",
    );
    decode(&[&given, "+short"]).status(0).stdout_is("web.lab.\n192.0.2.80\n");
    decode(&[&given, "+noall", "+wire"]).status(0).stdout_has(";; wire: given: 61 octets\n");
    decode(&[&given, "+noall", "+explain"])
        .status(0)
        .stdout_has(";; explain: alias.lab. is an alias (CNAME) of web.lab.\n");
    decode(&[&given, "+yaml"]).status(0).stdout_has("        - 'web.lab. 3600 IN A 192.0.2.80'\n");
    let json = decode(&[&given, "+json"]);
    let value: serde_json::Value = serde_json::from_str(&json.status(0).out()).unwrap();
    let data = &value["data"];
    assert_eq!(
        (&data["kind"], &data["source"], &data["frame"], &data["length_octets"]),
        (&"given".into(), &"command line".into(), &1.into(), &61.into())
    );
    assert_eq!(data["message"]["answerRRs"][1]["rdataA"], "192.0.2.80");
    let styles =
        ["+noall", "+nocomments", "+multiline", "+unknownformat", "+ttlunits", "+noclass", "+nottlid", "+rrcomments"];
    decode(&[&[given.as_str(), "+json"], &styles[..]].concat()).status(0).stderr_is("").stdout_is(json.out());
    decode(&[&given, "+json", "+short"]).status(1);
}

#[test]
fn a_given_query_is_shown_as_a_query_and_a_status_can_tell_what_the_answer_was() {
    let query = decode(&["+decode=1234 0100 0001 0000 0000 0000 03776562036c61620000010001"]);
    query
        .status(0)
        .stdout_has(";; Got query:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4660\n;; flags: rd; QUERY: 1,");
    decode(&["+decode=1234 8183 0001 0000 0000 0000 03776562036c61620000010001", "+status"]).status(3);
}

#[test]
fn a_given_message_that_breaks_is_shown_up_to_there() {
    let cut = &ANSWER[..ANSWER.len() - 4];
    decode(&[&format!("+decode={cut}")])
        .status(1)
        .stdout_has(";; Warning: Message parser reports malformed message packet.\n")
        .stdout_has("alias.lab.\t\t3600\tIN\tCNAME\tweb.lab.\n");
    decode(&["+decode=1234"]).status(1).stdout_is(";; Warning: short (< header size) message received\n");
}

#[test]
fn files_of_every_kind() {
    let folder = std::env::temp_dir().join(format!("sockeye-dig-wire-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let octets = sockeye_common::hex::decode(ANSWER).unwrap();
    let framed = [&u16::try_from(octets.len()).unwrap().to_be_bytes()[..], &octets].concat();
    let mut capture = pcap::Writer::new(Vec::new(), LinkType::RAW, pcap::Format::default()).unwrap();
    for (src, dst) in [(1_u8, 2), (2, 1)] {
        let mut packet = vec![0x45, 0, 0, u8::try_from(28 + octets.len()).unwrap(), 0, 1, 0, 0, 64, 17, 0, 0];
        packet.extend([192, 0, 2, src, 192, 0, 2, dst]);
        packet.extend([0, 53, 0x12, 0x34, 0, u8::try_from(8 + octets.len()).unwrap(), 0, 0]);
        packet.extend(&octets);
        capture.write(Timestamp::default(), packet.len(), &packet).unwrap();
    }
    for (name, content) in [("raw", octets.clone()), ("tcp", framed.clone()), ("hex", ANSWER.into())] {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        decode(&[&format!("+decode=@{}", path.display()), "+short"]).status(0).stdout_is("web.lab.\n192.0.2.80\n");
    }
    let path = folder.join("capture.pcap");
    std::fs::write(&path, capture.into_inner()).unwrap();
    let given = format!("+decode=@{}", path.display());
    let list = decode(&[&given]);
    assert_eq!(list.status(0).out().lines().count(), 2, "{}", list.story());
    list.stdout_has(
        "UDP  192.0.2.2#53          -> 192.0.2.1#4660            61 octets  id 4660   answer NOERROR alias.lab. IN A\n",
    );
    decode(&[&given, "+frame=2"])
        .status(0)
        .stdout_has(", frame 2\n;; FROM: 192.0.2.2#53 TO: 192.0.2.1#4660 (UDP)\n;; WHEN: ");
    decode(&[&given, "+frame=3"])
        .status(1)
        .stdout_is("")
        .stderr_is(&format!("dig: {}: no DNS message begins in frame 3\n", path.display()));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn packed_files_are_unpacked() {
    let octets = sockeye_common::hex::decode(ANSWER).unwrap();
    let mut packet = vec![0x45, 0, 0, u8::try_from(28 + octets.len()).unwrap(), 0, 1, 0, 0, 64, 17, 0, 0];
    packet.extend([192, 0, 2, 1, 192, 0, 2, 2, 0, 53, 0x12, 0x34, 0, u8::try_from(8 + octets.len()).unwrap(), 0, 0]);
    packet.extend(&octets);
    let mut capture = pcap::Writer::new(Vec::new(), LinkType::RAW, pcap::Format::default()).unwrap();
    capture.write(Timestamp::default(), packet.len(), &packet).unwrap();
    let capture = capture.into_inner();
    let gzip = |content: &[u8]| run_with_input(Command::new("gzip").arg("-c"), content).stdout;
    let given = |input: &[u8], args: &[&str]| run_with_input(tool("dig").arg("+decode=@-").args(args), input);
    let packed = gzip(&capture);
    given(&packed, &["+frame=1", "+short"]).status(0).stderr_is("").stdout_is("web.lab.\n192.0.2.80\n");
    given(&gzip(ANSWER.as_bytes()), &["+short"]).status(0).stdout_is("web.lab.\n192.0.2.80\n");
    // A frame of Zstandard of one segment, its size in one octet, with one block as it is: RFC 8878 section 3.1.1.
    let size = u8::try_from(capture.len()).unwrap();
    let block = ((u32::from(size) << 3) | 1).to_le_bytes();
    let zstandard = [&[0x28, 0xb5, 0x2f, 0xfd, 0x20, size][..], &block[..3], &capture].concat();
    given(&zstandard, &["+frame=1", "+short"]).status(0).stdout_is("web.lab.\n192.0.2.80\n");
    given(&packed[..packed.len() - 4], &["+frame=2"]).status(1).stderr_is(&format!(
        "dig: standard input: gzip data cut off at octet {} of the compressed file\n",
        packed.len() - 4
    ));
    given(&gzip(&packed), &[]).status(1).stderr_is("dig: standard input: packed twice: unpack it once first\n");
    // An id is no magic number.
    let like = [&[0x1f, 0x8b][..], &octets[2..]].concat();
    given(&like, &["+short"]).status(0).stdout_is("web.lab.\n192.0.2.80\n");
}

#[test]
fn standard_input_and_what_cannot_be_decoded() {
    let given = run_with_input(tool("dig").args(["+decode=@-", "+short"]), ANSWER.as_bytes());
    given.status(0).stdout_is("web.lab.\n192.0.2.80\n");
    // What +wire wrote is read back.
    let wire = decode(&[&format!("+decode={ANSWER}"), "+noall", "+wire"]).out();
    run_with_input(tool("dig").args(["+decode=@-", "+short"]), wire.as_bytes())
        .status(0)
        .stdout_is("web.lab.\n192.0.2.80\n");
    for (args, status, message) in [
        (&["+decode"][..], 1, "+decode takes hex digits or @FILE"),
        (&["+decode=@"], 1, "+decode=@ takes a file, or - for standard input"),
        (&["+decode=12 3x"], 1, "command line: line 1: '3x' is not hex"),
        (&["+decode=@/nonexistent/x"], 8, "open /nonexistent/x: No such file or directory"),
        (&["+decode=1234", "web.lab"], 1, "+decode asks nobody: 'web.lab' is one name too many"),
        (&["+frame=1", "web.lab"], 1, "+frame belongs to +decode"),
    ] {
        decode(args).status(status).stdout_is("").stderr_is(&format!("dig: {message}\n"));
    }
}
