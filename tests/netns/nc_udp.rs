//! nc and datagrams whose network goes away and comes back.

use std::io::Write;

use sockeye_test_support::{Background, Case, Net, tool};

pub(crate) fn tests() -> Vec<Case> {
    vec![Case::new("nc_udp::goes_on_when_the_interface_is_back", &["ip"], interface_goes_down)]
}

fn interface_goes_down(net: &Net) {
    let up = || {
        net.ip("link set v0 up");
        // Nobody answers to ARP there.
        net.ip("neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev v0");
    };
    net.ip("link add v0 type veth peer name v1");
    net.ip("addr add 10.9.0.1/24 dev v0");
    net.ip("link set v1 up");
    up();
    let mut command = tool("nc");
    command.args(["-uvn", "-q0", "10.9.0.2", "9"]);
    let mut sender = Background::spawn(command);
    let mut stdin = sender.stdin.take().unwrap();
    sender.wait_for_stderr("succeeded!\n");
    net.ip("link set v0 down");
    stdin.write_all(b"lost").unwrap();
    sender.wait_for_stderr("nc: send 10.9.0.2:9: Network is unreachable; going on\n");
    up();
    stdin.write_all(b"sent").unwrap();
    sender.wait_for_stderr("nc: send 10.9.0.2:9: works again; 1 datagram did not go out\n");
    drop(stdin);
    sender.wait().status(0);
}
