//! Whatever becomes of lab, nothing is left: processes and theirs, interfaces, named namespaces, temporary files.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::Value;
use sockeye_test_support::{Background, Case, Net, Run, is_root, run, tools_dir, wait_until};

/// An ordinary user.
const NOBODY: u32 = 65534;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("lab_clean::after_success", &["ip"], |net| {
            let before = Machine::of(net);
            run(&mut lab(net, &["run", &experiment(net, "0"), "--pcap", "kept"])).status(0).stderr_is("");
            assert!(net.dir().join("kept/alice-bob.pcapng").is_file());
            before.nothing_is_left(net);
        }),
        Case::new("lab_clean::after_a_failure", &["ip"], |net| {
            let before = Machine::of(net);
            let told = run(&mut lab(net, &["run", &experiment(net, "77")]));
            told.status(1)
                .stdout_has("✗ The end is as it should be: found ending status 77: it ended with status 0\n")
                .stderr_is("");
            run(&mut lab(net, &["verify", &experiment(net, "77")]))
                .status(1)
                .stdout_has("FAILED\n  ✗ The end is as it should be: found ending status 77: it ended with status 0\n")
                .stderr_is("");
            before.nothing_is_left(net);
        }),
        Case::new("lab_clean::after_signals", &["ip"], |net| {
            for (name, status) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
                let before = Machine::of(net);
                let lab = waiting(net, &["run", "--html", "page.html", "--pcap", "sent"]);
                assert!(before.is_at_work(net), "{name}: no process is marked");
                lab.signal(name);
                lab.wait().status(status).stderr_is("");
                before.nothing_is_left(net);
                assert!(!net.dir().join("page.html").exists() && !net.dir().join("sent").exists());
            }
        }),
        Case::new("lab_clean::after_a_signal_to_verify", &["ip"], |net| {
            let before = Machine::of(net);
            let verify = Background::spawn(lab_that_hears(net, &["verify", &forever(net), &forever(net)]));
            wait_until("the experiments wait", || sleepers(net) > 1);
            verify.signal("INT");
            verify.wait().status(130);
            before.nothing_is_left(net);
        }),
        Case::new("lab_clean::after_a_kill", &["ip"], |net| after_a_kill(net, false)),
        Case::new("lab_clean::after_a_kill_without_a_pid_namespace", &["ip", "unshare"], |net| after_a_kill(net, true)),
        Case::new("lab_clean::a_lab_that_runs_is_left_alone", &[], |net| {
            let lab_at_work = waiting(net, &["run"]);
            run(&mut lab(net, &["clean"])).status(0).stdout_is("Nothing was left.\n").stderr_is("");
            assert!(sleepers(net) > 0);
            lab_at_work.signal("TERM");
            lab_at_work.wait().status(143);
        }),
        Case::new("lab_clean::as_an_ordinary_user", &["ip"], |net| {
            let bin = net.tools_for_everybody();
            let before = Machine::of(net);
            let mut command = Command::new(bin.join("lab"));
            command.args(["run", &experiment(net, "0"), "--json"]);
            // Without real root this harness is in a user namespace, and so an ordinary user already.
            if is_root() {
                command.uid(NOBODY).gid(NOBODY);
            }
            let told = run(prepared(&mut command, net));
            if told.status == 4 && std::env::var_os("SOCKEYE_REQUIRE").is_none() {
                // This system allows no user namespaces.
                told.stderr_has("hosts cannot be made here");
                net.lacks("this system allows no user namespaces");
            }
            told.status(0).stderr_is("");
            before.nothing_is_left(net);
        }),
        Case::new("lab_clean::shells_share_a_network", &["ip"], shells_share_a_network),
    ]
}

/// lab is killed in the middle, and its processes cannot all have died with it: then `lab clean` ends them.
fn after_a_kill(net: &Net, without_pid_namespace: bool) {
    let before = Machine::of(net);
    let lab_at_work = if without_pid_namespace {
        // A limit of zero in a user namespace of our own: nobody else's processes count there.
        let line = format!(
            "echo 0 >/proc/sys/user/max_pid_namespaces && exec {}/lab run {}",
            tools_dir().display(),
            forever(net)
        );
        let mut command = net.peer("unshare");
        command.args(["--user", "--map-root-user", "sh", "-c", &line]);
        prepared(&mut command, net);
        let lab = Background::spawn(command);
        wait_until("the experiment waits", || sleepers(net) > 0);
        lab
    } else {
        waiting(net, &["run"])
    };
    lab_at_work.kill();
    if without_pid_namespace {
        // The child of a child lives on.
        assert!(sleepers(net) > 0);
    } else {
        wait_until("the processes are gone", || sleepers(net) == 0);
    }
    let found = || objects(&run(&mut lab(net, &["clean", "--dry-run", "--json"])));
    // A process that was about to start something else, when lab was killed, has the lock for a moment more.
    wait_until("the folder is nobody's", || found().iter().any(|left| left["record"] == "folder"));
    let found = found();
    assert_eq!(found.iter().any(|left| left["record"] == "process"), without_pid_namespace, "{found:?}");
    assert_eq!(found.last().unwrap()["removed"], false);
    run(&mut lab(net, &["clean"])).status(0).stdout_has("removed: ").stderr_is("");
    before.nothing_is_left(net);
    run(&mut lab(net, &["clean"])).status(0).stdout_is("Nothing was left.\n").stderr_is("");
}

/// A shell on each of two hosts, in one network, which ends with the first.
fn shells_share_a_network(net: &Net) {
    let before = Machine::of(net);
    let file = experiment(net, "0");
    let mut first = Background::spawn(lab(net, &["shell", &file, "alice"]));
    let typed = b"ip -brief address show dev eth0; nc -l -n -v 7000\n";
    first.stdin.as_mut().unwrap().write_all(typed).unwrap();
    first.wait_for_stdout("10.0.0.1/24").wait_for_stderr("Listening on");
    let mut second = lab(net, &["shell", &file, "bob"]);
    let said = run_with_lines(&mut second, "ip -brief address show dev eth0\necho hello | nc -n -N 10.0.0.1 7000\n");
    said.status(0).stdout_has("10.0.0.2/24").stderr_has("joining the network of cleaning");
    first.wait_for_stdout("hello");
    drop(first.stdin.take());
    first.wait().status(0);
    run(&mut lab(net, &["shell", &file, "carol"])).status(2).stderr_has("carol: no host of cleaning (alice, bob)");
    before.nothing_is_left(net);
}

fn run_with_lines(command: &mut Command, lines: &str) -> Run {
    sockeye_test_support::run_with_input(command, lines.as_bytes())
}

/// What is on this machine before lab comes.
struct Machine {
    links: String,
    namespaces: String,
    files: Vec<String>,
}

impl Machine {
    fn of(net: &Net) -> Self {
        let told = |args: &[&str]| run(net.peer("ip").args(args)).status(0).out();
        Self { links: told(&["-brief", "link"]), namespaces: told(&["netns"]), files: files(net) }
    }

    /// Whether lab has processes now, and a folder.
    fn is_at_work(&self, net: &Net) -> bool {
        !marked(net).is_empty() && files(net) != self.files
    }

    #[track_caller]
    fn nothing_is_left(&self, net: &Net) {
        // A process that was killed is listed until its parent has heard of it.
        wait_until("every process is gone", || marked(net).is_empty() && sleepers(net) == 0);
        let now = Self::of(net);
        assert_eq!((&now.links, &now.namespaces), (&self.links, &self.namespaces));
        assert_eq!(now.files, self.files);
    }
}

/// The working folders of labs.
fn files(net: &Net) -> Vec<String> {
    let names = fs::read_dir(net.dir()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("sockeye-lab")).collect()
}

/// The processes that carry the mark of a lab of this test.
fn marked(net: &Net) -> Vec<u32> {
    let mark = format!("SOCKEYE_LAB={}/", net.dir().display());
    processes().filter(|pid| has(*pid, "environ", &mark)).collect()
}

/// How many of the processes live that the experiment leaves to themselves.
fn sleepers(net: &Net) -> usize {
    let mark = format!("sleep\0{}\0", long(net));
    processes().filter(|pid| has(*pid, "cmdline", &mark)).count()
}

fn processes() -> impl Iterator<Item = u32> {
    fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn has(pid: u32, file: &str, mark: &str) -> bool {
    // It may end while it is looked at.
    let octets = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
    octets.windows(mark.len()).any(|window| window == mark.as_bytes())
}

/// A number of seconds by which the processes of this test are known: its folder has a name of its own.
fn long(net: &Net) -> u64 {
    let name = net.dir().to_str().unwrap();
    1_000_000 + name.bytes().fold(0, |sum: u64, octet| (sum * 31 + u64::from(octet)) % 900_000_007)
}

/// A lab file with children of children, which ends with this status or not.
fn experiment(net: &Net, status: &str) -> String {
    let long = long(net);
    written(
        net,
        &format!(
            "step Alice leaves children behind\n\
             \x20 bob& [server] nc -l -k -n -v 7000\n\
             \x20 await server \"Listening\"\n\
             \x20 alice$ [ending] setsid sh -c 'setsid sleep {long} >/dev/null 2>&1 & setsid sleep {long} >/dev/null 2>&1 &'\n\
             \x20 bob& [stopped] sleep {long}\n\
             \x20 signal stopped STOP\n\
             \x20 alice$ nc -n -z 10.0.0.2 7000\n\
             \x20 expect The end is as it should be\n\
             \x20   ending status {status}\n"
        ),
    )
}

/// A lab file that goes on until somebody ends it.
fn forever(net: &Net) -> String {
    let long = long(net);
    written(
        net,
        &format!(
            "step Alice waits\n\
             \x20 alice& [orphan] sh -c 'setsid sleep {long} & setsid sleep {long} & wait'\n\
             \x20 bob& [server] nc -l -n -v 7000\n\
             \x20 await server \"Listening\"\n\
             \x20 pause 1000 s\n\
             \x20 expect Nothing\n\
             \x20   server running\n"
        ),
    )
}

fn written(net: &Net, steps: &str) -> String {
    let head = "experiment cleaning\ntitle Cleaning\nwhat What.\nwhy Why.\nquestion Which?\nanswer That.\n\
                host alice bob\nlink alice:eth0 10.0.0.1/24 -- bob:eth0 10.0.0.2/24\n\n";
    fs::write(net.dir().join("cleaning.lab"), format!("{head}{steps}")).unwrap();
    "./cleaning.lab".to_owned()
}

/// A lab in the middle of an experiment.
fn waiting(net: &Net, arguments: &[&str]) -> Background {
    let mut command = lab_that_hears(net, arguments);
    command.arg(forever(net));
    let lab = Background::spawn(command);
    wait_until("the experiment waits", || sleepers(net) > 1);
    lab
}

fn lab(net: &Net, args: &[&str]) -> Command {
    let mut command = net.tool("lab");
    command.args(args);
    prepared(&mut command, net);
    command
}

/// lab, with the usual signals: whoever started the tests in the background may have had them ignored.
fn lab_that_hears(net: &Net, args: &[&str]) -> Command {
    let mut command = Command::new("env");
    command.arg("--default-signal=INT,HUP,TERM").arg(tools_dir().join("lab")).args(args);
    prepared(&mut command, net);
    command
}

/// Temporary files go into the test's own folder; shells are plain ones.
fn prepared<'a>(command: &'a mut Command, net: &Net) -> &'a mut Command {
    command.current_dir(net.dir()).env("TMPDIR", net.dir()).env("SHELL", "/bin/sh").env_remove("CARGO")
}

fn objects(run: &Run) -> Vec<Value> {
    let lines = run.out();
    let objects = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    objects.map(|mut object| object["data"].take()).collect()
}
