//! EXAMPLES of the man page. A test runs every one.

use sockeye_cli::manual::Example;

pub(super) const EXAMPLES: &[Example] = &[
    Example {
        says: "What is 127.1, and who takes it?",
        command: "addr 127.1",
        shows: "the last of two parts fills three octets",
        status: 0,
    },
    Example {
        says: "The octets that connect(2) gets for an address and a port:",
        command: "addr '[2001:db8::1]:8080'",
        shows: "1f 90",
        status: 0,
    },
    Example {
        says: "A network by hand, the mask applied bit by bit:",
        command: "addr 192.0.2.33/27 --explain",
        shows: "AND  mask     255.255.255.224",
        status: 0,
    },
    Example {
        says: "The same network by its mask, one line of it:",
        command: "addr --get '{network} {broadcast}' 192.0.2.33 255.255.255.224",
        shows: "192.0.2.32/27 192.0.2.63",
        status: 0,
    },
    Example {
        says: "Every line of a file that is no address is told of:",
        command: "printf '192.0.2.1\\n256.0.0.1\\n' | addr -f - --get '{decimal}'",
        shows: "standard input:2: \"256.0.0.1\"",
        status: 1,
    },
    Example {
        says: "What a forgotten htons makes of a port:",
        command: "addr port 8080",
        shows: "you get 36895",
        status: 0,
    },
    Example {
        says: "A number of 32 bits in both orders:",
        command: "addr order 0x0a000001",
        shows: "01 00 00 0a",
        status: 0,
    },
    Example { says: "Four subnets:", command: "addr split 192.0.2.0/24 -n 4", shows: "192.0.2.192/26", status: 0 },
    Example {
        says: "A plan for three floors and a link:",
        command: "addr vlsm 10.0.0.0/22 first=500 second=60 third=20 link=2",
        shows: "10.0.0.0/23",
        status: 0,
    },
    Example {
        says: "One route for several networks, and what it takes in besides:",
        command: "addr supernet 10.0.1.0/24 10.0.2.0/24",
        shows: "512 addresses that are in none",
        status: 0,
    },
    Example {
        says: "A range as networks:",
        command: "addr range 192.0.2.5-192.0.2.20 --explain",
        shows: "192.0.2.8/29",
        status: 0,
    },
    Example {
        says: "Do any of these overlap?",
        command: "addr overlap 10.0.0.0/8 10.1.0.0/16 192.168.0.0/16",
        shows: "contains",
        status: 0,
    },
    Example {
        says: "Two hosts, one of which has the wrong mask:",
        command: "addr same 10.0.0.1/16 10.0.1.2/24",
        shows: "Only one thinks so",
        status: 1,
    },
    Example {
        says: "Which route wins?",
        command: "addr lpm --route default=192.0.2.1 --route 10.0.0.0/8=10.255.0.1 --route 10.1.0.0/16=10.255.0.2 10.1.2.3",
        shows: "8 bits shorter than /16",
        status: 0,
    },
    Example {
        says: "The same for this machine's routes:",
        command: "printf 'default via 192.0.2.1 dev eth0\\n192.0.2.0/24 dev eth0 proto kernel\\n' > table\naddr lpm table 198.51.100.7",
        shows: "default route",
        status: 0,
    },
    Example { says: "This machine's interfaces:", command: "addr if lo", shows: "LOOPBACK", status: 0 },
    Example {
        says: "The bits of a MAC address:",
        command: "addr mac 52:54:00:12:34:56",
        shows: "made up locally",
        status: 0,
    },
    Example {
        says: "The address that it makes in a network:",
        command: "addr eui64 52:54:00:12:34:56 2001:db8:1:2::/64 --explain",
        shows: "2001:db8:1:2:5054:ff:fe12:3456",
        status: 0,
    },
    Example {
        says: "IANA's special ranges in a network:",
        command: "addr special 192.0.0.0/24",
        shows: "RFC 7335",
        status: 0,
    },
];
