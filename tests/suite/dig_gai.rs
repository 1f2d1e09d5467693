//! dig +gai where no network is needed: numbers, hints that the C library refuses, and what is told beside the answer.

use sockeye_test_support::{Run, run, tool};

fn dig(line: &str) -> Run {
    run(tool("dig").args(line.split(' ')).env("LC_ALL", "C"))
}

/// reference/dig.md section 6: each code that needs no network has its status, its number, its name and its text.
#[cfg(target_env = "gnu")]
#[test]
fn every_failure_has_its_status() {
    for (line, status, text) in [
        ("+gai=0x40000000 192.0.2.1", 21, ";; EAI_BADFLAGS (-1): Bad value for ai_flags"),
        ("+gai=canonname +service=80", 21, ";; EAI_BADFLAGS (-1): "),
        ("+gai", 22, ";; EAI_NONAME (-2): Name or service not known"),
        ("+gai=numericserv 192.0.2.1 +service=http", 22, ";; EAI_NONAME (-2): "),
        ("+gai=numerichost fe80::1%nope", 22, ";; EAI_NONAME (-2): "),
        ("+gai 192.0.2.1 +family=99", 26, ";; EAI_FAMILY (-6): ai_family not supported"),
        ("+gai 192.0.2.1 +socktype=99", 27, ";; EAI_SOCKTYPE (-7): ai_socktype not supported"),
        ("+gai 192.0.2.1 +socktype=stream +protocol=udp", 27, ";; EAI_SOCKTYPE (-7): "),
        (
            "+gai 192.0.2.1 +service=no-such-service +socktype=stream",
            28,
            ";; EAI_SERVICE (-8): Servname not supported for ai_socktype",
        ),
        ("+gai 192.0.2.1 +family=inet6", 29, ";; EAI_ADDRFAMILY (-9): Address family for hostname not supported"),
        ("+gai=idn b\u{fc}cher", 45, ";; EAI_IDN_ENCODE (-105): Parameter string not correctly encoded"),
        ("+gai=numerichost,namereqd -x 192.0.2.1", 22, ";; EAI_NONAME (-2): "),
        ("+gai=0x40000000 -x 192.0.2.1", 21, ";; EAI_BADFLAGS (-1): "),
    ] {
        dig(line).status(status).stderr_is("").stdout_has(text);
    }
}

#[cfg(target_env = "gnu")]
#[test]
fn what_surprises_is_told() {
    for (line, warning) in [
        (
            "+gai 127.0.0.1 +service=99999",
            "service 99999 is no port (0 to 65535): the C library took its low 16 bits, which are port 34463",
        ),
        ("+gai 192.0.517", "node 192.0.517 is not a name but the address 192.0.2.5 in an old form of inet_aton(3)"),
        ("+gai 2130706433", "node 2130706433 is not a name but the address 127.0.0.1 in an old form of inet_aton(3)"),
        ("+gai=passive 127.0.0.1", "AI_PASSIVE has no effect with a node"),
        ("+gai=v4mapped 127.0.0.1", "AI_V4MAPPED has no effect without AF_INET6"),
        ("+gai=all 127.0.0.1", "AI_ALL has no effect without AI_V4MAPPED"),
        ("+gai=canonidn 127.0.0.1", "AI_CANONIDN has no effect without AI_CANONNAME"),
        ("+gai=idn_allow_unassigned 127.0.0.1", "the flags for unassigned characters and STD3 have no effect"),
    ] {
        dig(line).status(0).stderr_is("").stdout_has(&format!(";; WARNING: {warning}"));
    }
    for line in ["+gai 127.0.0.1 +service=65535", "+gai=passive +service=80", "+gai ::1", "+gai=nohints 127.0.0.1"] {
        let told = dig(line);
        told.status(0);
        assert!(!told.out().contains("WARNING"), "{}", told.story());
    }
}

#[test]
fn null_hints_are_shown_as_such() {
    dig("+gai=nohints 192.0.2.1")
        .status(0)
        .stdout_has(";; hints: NULL\nAF_INET  SOCK_STREAM IPPROTO_TCP  192.0.2.1 0 ");
    let json = dig("+gai=nohints 192.0.2.1 --json");
    let value: serde_json::Value = serde_json::from_str(&json.out()).unwrap();
    assert_eq!((&value["data"]["hints"], &value["data"]["node"]), (&serde_json::Value::Null, &"192.0.2.1".into()));
}

#[test]
fn the_sockaddr_is_laid_out_and_the_entries_are_counted() {
    let told = dig("+gai 192.0.2.1 +service=8080 +explain");
    told.status(0).stdout_has(
        ";; explain: 3 entries: 1 address, each with SOCK_STREAM/IPPROTO_TCP, SOCK_DGRAM/IPPROTO_UDP, SOCK_RAW/0: no hint \
         names a type",
    );
    told.stdout_has(";; explain: sockaddr of 1, 2, 3, octet 2: sin_port = 1f90: 8080 (network order)\n");
    told.stdout_has(";; explain: sockaddr of 1, 2, 3, octet 4: sin_addr = c0000201: 192.0.2.1 (network order)\n");
    dig("+gai 192.0.2.1 +socktype=raw +explain")
        .stdout_has(";; explain: 1 entry: 1 address, each with SOCK_RAW/0: the hints name the type or the protocol\n");
    dig("+gai=numerichost -x fe80::1%lo +service=514 +explain")
        .status(0)
        .stdout_has(": sin6_addr = fe800000000000000000000000000001: fe80::1 (network order)\n")
        .stdout_has("host \"fe80::1%lo\"\nservice \"shell\"\n");
    dig("+gai=numerichost,dgram -x 192.0.2.1 +service=514").status(0).stdout_has("service \"syslog\"\n");
}
