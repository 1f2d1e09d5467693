//! dig +compare where no network is needed: what is refused, and an address in place of a name.

use sockeye_test_support::{Run, run, tool};

fn dig(line: &str) -> Run {
    run(tool("dig").args(line.split(' ')).env("LC_ALL", "C"))
}

#[test]
fn what_cannot_be_compared_is_refused() {
    for (line, message) in [
        ("+compare", "+compare takes a name"),
        ("+compare -x 192.0.2.1", "+compare takes a name"),
        ("+compare one.test two.test", "+compare takes one name"),
        ("+compare name.test AAAA", "+compare takes no type: +family=inet or inet6 says which addresses"),
        ("+compare name.test +gai=nohints", "+compare does not go with nohints"),
        ("+compare name.test -f names", "+compare does not go with -f"),
        ("+gai -f names", "+gai does not go with -f"),
        ("+compare name.test -y k:AAAA", "+compare asks unsigned: leave out -k and -y"),
    ] {
        dig(line).status(1).stdout_is("").stderr_is(&format!("dig: {message}\n"));
    }
}

#[test]
fn an_address_is_looked_up_nowhere() {
    let told = dig("+compare 127.0.0.1");
    told.status(0).stderr_is("");
    told.stdout_has(";; 127.0.0.1 is an address: nobody is asked for it\n");
    told.stdout_has(";; getaddrinfo: 1 address, canonical name 127.0.0.1\n");
    told.stdout_has("*  127.0.0.1  127.0.0.1  link-local  4              10  -\n");
    told.stdout_has(";; Programs try 127.0.0.1 first\n");
    assert!(!told.out().contains("DNS"), "{}", told.story());
    dig("+compare 127.0.0.1 +family=inet6").status(29).stdout_has(";; Programs get nothing: EAI_ADDRFAMILY (-9): ");
}
