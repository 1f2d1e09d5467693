//! What prints or sends for ever neither takes the memory of the machine nor keeps lab from ending.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::Value;
use sockeye_test_support::{Background, Case, Net, Run, run, tools_dir, wait_until};

/// In KiB: the address space of lab and of all that it starts. A thread needs some of it, whatever it does.
const MEMORY: u32 = 1_500_000;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("lab_limits::lines_without_end", &[], lines_without_end),
        Case::new("lab_limits::a_line_without_end", &[], a_line_without_end),
        Case::new("lab_limits::a_child_that_prints_for_ever", &[], a_child_that_prints_for_ever),
        Case::new("lab_limits::signals_are_heard", &["ps"], signals_are_heard),
        Case::new("lab_limits::tries_of_until_need_no_room", &[], tries_of_until_need_no_room),
        Case::new("lab_limits::a_flood_on_a_cable", &[], a_flood_on_a_cable),
        Case::new("lab_limits::what_is_under_way_was_sent", &[], what_is_under_way_was_sent),
        Case::new("lab_limits::a_relative_folder_for_temporary_files", &[], a_relative_folder_for_temporary_files),
        Case::new(
            "lab_limits::every_host_has_a_mac_address_of_its_own",
            &["ip"],
            every_host_has_a_mac_address_of_its_own,
        ),
    ]
}

fn lines_without_end(net: &Net) {
    let file = written(
        net,
        "  bob& [beside] yes no\n\
         \x20 alice$ [yes within 1 s] yes\n\
         \x20 expect It printed something\n\
         \x20   yes prints \"y\"\n\
         \x20 expect It never printed n\n\
         \x20   yes prints \"n\" x0\n",
    );
    let told = run(&mut lab(net, &["run", &file, "--json", "--html", "page.html"]));
    told.status(1);
    let left_out = records(&told, "left_out");
    let of = |label: &str| left_out.iter().find(|left| left["label"] == label).unwrap().clone();
    let yes = of("yes");
    assert_eq!((&yes["kind"], &yes["node"], &yes["link"]), (&"lines".into(), &"alice".into(), &Value::Null));
    assert!(yes["count"].as_u64() > Some(0) && of("beside")["count"].as_u64() > Some(0), "{left_out:?}");
    assert_eq!(yes["octets"].as_u64(), yes["count"].as_u64().map(|count| 2 * count));
    assert_eq!(records(&told, "line").iter().filter(|line| line["label"] == "yes").count(), 10_000);
    assert_eq!(
        records(&told, "finished")[0]["failed"],
        serde_json::json!(["It never printed n", "yes did not end within 1 s"])
    );
    let page = fs::read_to_string(net.dir().join("page.html")).unwrap();
    assert!(page.contains(&format!("yes printed {} lines more", yes["count"])), "{}", page.len());
}

fn a_line_without_end(net: &Net) {
    let file = written(
        net,
        "  alice$ [zeros within 1 s] cat /dev/zero\n\
         \x20 expect It goes on\n\
         \x20   zeros status 0\n",
    );
    let told = run(&mut lab(net, &["run", &file]));
    told.status(1)
        .stdout_has("  alice's zeros printed ")
        .stdout_has(" octets more in a long line: lab did not keep so much");
    let shown = told.out().matches("\\x00").count();
    assert_eq!(shown, 65_536);
}

/// The process has ended; a child of it has the other end of the pipe, and never stops.
fn a_child_that_prints_for_ever(net: &Net) {
    let file = written(
        net,
        "  alice$ [parent within 20 s] sh -c 'setsid yes & yes | head -n 20000; exit 7'\n\
         \x20 expect The parent ended\n\
         \x20   parent status 7\n",
    );
    let told = run(&mut lab(net, &["run", &file]));
    told.status(0).stdout_has("  ✓ The parent ended\n").stdout_has("  alice's parent printed ");
}

fn signals_are_heard(net: &Net) {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let file = written(net, "  alice& [one] yes\n  bob& [two] cat /dev/zero\n  alice$ [last within 1000 s] yes\n");
        let mut command = Command::new("env");
        command.arg("--default-signal=INT,TERM").arg(tools_dir().join("lab")).args(["run", &file]);
        let lab = Background::spawn(limited(&command, net));
        lab.wait_for_stdout("alice$ yes");
        wait_until("all of them run", || children(net, lab.pid()) > 3);
        lab.signal(name);
        lab.wait().status(status).stderr_is("");
    }
}

/// How many processes there are below this one.
fn children(net: &Net, pid: u32) -> usize {
    let listed = run(net.peer("ps").args(["-o", "pid=", "--ppid", &pid.to_string()])).out();
    let pids: Vec<u32> = listed.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
    pids.len() + pids.into_iter().map(|pid| children(net, pid)).sum::<usize>()
}

/// Each try prints as much as may be kept of a command; those that are over need no room in the run.
fn tries_of_until_need_no_room(net: &Net) {
    let script = "echo x >> tries; seq 9000; [ $(wc -l < tries) -ge 8 ] && echo enough";
    let file = written(
        net,
        &format!(
            "  until alice$ [try] sh -c '{script}; true' shows \"enough\"\n\
             \x20 expect The last try is whole\n\
             \x20   try prints \"9000\" x1\n\
             \x20   try last \"enough\"\n"
        ),
    );
    run(&mut lab(net, &["run", &file])).status(0).stdout_has("✓ The last try is whole");
}

fn a_flood_on_a_cable(net: &Net) {
    let file = written(
        net,
        "  bob& [sink] nc -l -n -v -d 7000 > /dev/null\n\
         \x20 await sink \"Listening\"\n\
         \x20 alice$ [source] head -c 60000000 /dev/zero | nc -N -n 10.0.0.2 7000\n\
         \x20 expect It was opened\n\
         \x20   frames alice-bob tcp syn\n\
         \x20   sink status 0\n\
         \x20 expect Nothing was reset\n\
         \x20   frames alice-bob tcp rst x0\n",
    );
    let told = run(&mut lab(net, &["run", &file, "--pcap", "kept"]));
    told.status(1)
        .stdout_has(" frames more went over alice-bob")
        .stdout_has("  ✓ It was opened\n")
        .stdout_has("  ✗ Nothing was reset: found frames alice-bob tcp rst x0: it cannot be told; ");
    let capture = fs::metadata(net.dir().join("kept/alice-bob.pcapng")).unwrap();
    // 32 MiB of frames, or 20,000 of them, and what stands around them.
    assert!((1 << 20..40 << 20).contains(&capture.len()), "{capture:?}");
}

/// A frame that is on a wire was sent: it counts before it has arrived.
fn what_is_under_way_was_sent(net: &Net) {
    let file = written(
        net,
        "  alice$ hop ping -c 1 10.1.0.2\n\
         \x20 wire middle delay 1000 s rate 1 Mbit/s\n\
         \x20 alice$ [source] sh -c 'for i in 1 2 3; do echo $i | nc -u -n -q 0 10.1.0.2 7000; done'\n\
         \x20 expect Nothing was sent\n\
         \x20   frames middle udp x0\n\
         \x20 expect Three were sent\n\
         \x20   frames middle udp from=alice x3\n\
         \x20   frames middle udp lost x0\n",
    );
    let told = run(&mut lab(net, &["run", &file]));
    told.status(1).stdout_has("  ✗ Nothing was sent: found frames middle udp x0: seen 3 times, as in ");
    told.stdout_has("  ✓ Three were sent\n").stdout_has("floods: 1 failed:\n");
}

/// Folders with relative names are those of where lab was started, not of where its commands run.
fn a_relative_folder_for_temporary_files(net: &Net) {
    fs::create_dir(net.dir().join("below")).unwrap();
    let file = written(
        net,
        "  alice$ echo kept > {dir}/here && cat here\n\
         \x20 alice$ [hosts] cat /etc/hosts\n\
         \x20 expect It is there\n\
         \x20   cat prints \"kept\"\n\
         \x20   hosts prints \"10.9.9.9\"\n",
    );
    let path = net.dir().join("floods.lab");
    let text = fs::read_to_string(&path).unwrap().replace("watch", "file alice /etc/hosts \"10.9.9.9 x\\n\"\nwatch");
    fs::write(&path, text.replace("echo kept", "[cat] echo kept")).unwrap();
    run(lab(net, &["run", &file]).env("TMPDIR", "below")).status(0).stdout_has("✓ It is there");
    // An empty one is none.
    run(lab(net, &["run", &file]).env("TMPDIR", "")).status(0).stdout_has("✓ It is there");
    assert_eq!(fs::read_dir(net.dir().join("below")).unwrap().count(), 0);
}

/// Hosts beyond the 255th have addresses of their own too.
fn every_host_has_a_mac_address_of_its_own(net: &Net) {
    let hosts: Vec<String> = (1..=300).map(|number| format!("h{number}")).collect();
    let text = format!(
        "experiment many\ntitle Many\nhost {}\nlink h299:eth0 10.0.0.1/24 -- h300:eth0 10.0.0.2/24\nwatch none\n\
         step One\n  h299$ hop ping -c 1 10.0.0.2\n  h300$ ip -brief link show dev eth0\n\
         \x20 expect They hear each other\n    hop status 0\n    ip prints \"02:00:00:01:2c:00\"\n",
        hosts.join(" ")
    );
    fs::write(net.dir().join("many.lab"), text).unwrap();
    run(&mut lab(net, &["run", "./many.lab"])).status(0);
}

fn written(net: &Net, step: &str) -> String {
    let head = "experiment floods\ntitle Floods\nhost alice bob\nlink alice:eth0 10.0.0.1/24 -- bob:eth0 10.0.0.2/24\n\
                link alice:eth1 10.1.0.1/24 == bob:eth1 10.1.0.2/24 as middle\n\
                watch none\nstep It goes on\n";
    fs::write(net.dir().join("floods.lab"), format!("{head}{step}")).unwrap();
    "./floods.lab".to_owned()
}

fn lab(net: &Net, args: &[&str]) -> Command {
    let mut command = net.tool("lab");
    command.args(args);
    limited(&command, net)
}

fn limited(command: &Command, net: &Net) -> Command {
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -v {MEMORY} && exec \"$@\""), "sh"]);
    limited.arg(command.get_program()).args(command.get_args());
    limited.process_group(0).current_dir(net.dir()).env("TMPDIR", net.dir()).env_remove("CARGO");
    limited
}

fn records(run: &Run, record: &str) -> Vec<Value> {
    let lines = run.out();
    let all = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["data"].take());
    all.filter(|data| data["record"] == record).collect()
}
