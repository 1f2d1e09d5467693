//! What comes in and goes out at an interface, kept in memory while an experiment runs.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sockeye_capture::live::Live;
use sockeye_capture::{Header, LinkType, Timestamp, dissect, pcap};
use sockeye_cli::{Failure, Status};

use super::network::Host;

/// How long the capture waits for a frame before it looks whether it shall end.
const TURN: Duration = Duration::from_millis(20);

type Frames = Vec<(Timestamp, Vec<u8>)>;

/// A capture that is running.
#[derive(Debug)]
pub struct Capture {
    stop: Arc<AtomicBool>,
    link_type: LinkType,
    worker: JoinHandle<Frames>,
}

impl Capture {
    /// Begins to keep the frames on `interface` of `host` that hold a UDP datagram from or to `port`.
    ///
    /// # Errors
    /// [`Failure`] if no packet socket can be had there.
    pub fn start(host: &Host, interface: &str, port: u16) -> Result<Self, Failure> {
        let opened = host.run(|| Live::open(interface, TURN, now)).map_err(|error| Failure::host(error.to_string()))?;
        let mut live = opened.map_err(|error| Failure::host(error.to_string()))?;
        let link_type = live.link_type();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let mut frames = Frames::new();
            loop {
                // Looked at before the frames: what came in before the stop is still fetched.
                let last = stopped.load(Ordering::Acquire);
                match live.next_frame() {
                    Ok(Some(frame)) if is_wanted(frame.octets, link_type, port) => {
                        frames.push((frame.timestamp.unwrap_or_default(), frame.octets.to_vec()));
                    }
                    Ok(None) if last => return frames,
                    Ok(_) => {}
                    Err(_) => return frames,
                }
            }
        };
        let failed = |error: io::Error| Failure::call(Status::HOST, "clone", "a thread", &error);
        let worker = thread::Builder::new().spawn(work).map_err(failed)?;
        Ok(Self { stop, link_type, worker })
    }

    /// Ends the capture and returns it as a pcap file.
    ///
    /// # Errors
    /// [`Failure`] if a frame cannot be written.
    pub fn finish(self) -> Result<Captured, Failure> {
        self.stop.store(true, Ordering::Release);
        let frames = self.worker.join().map_err(|_| Failure::host("capture: the thread ended early"))?;
        let failed = |error: io::Error| Failure::call(Status::HOST, "write", "the capture", &error);
        let mut writer = pcap::Writer::new(Vec::new(), self.link_type, pcap::Format::default()).map_err(failed)?;
        for (timestamp, octets) in &frames {
            writer.write(*timestamp, octets.len(), octets).map_err(failed)?;
        }
        Ok(Captured { frames: frames.len(), pcap: writer.into_inner() })
    }
}

/// A capture that is over.
#[derive(Debug)]
pub struct Captured {
    /// How many frames it has.
    pub frames: usize,
    /// The file.
    pub pcap: Vec<u8>,
}

impl Captured {
    /// Writes it to `path`.
    ///
    /// # Errors
    /// [`Failure`] that names the file.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let write = || {
            let mut file = BufWriter::new(File::create(path)?);
            file.write_all(&self.pcap)?;
            file.flush()
        };
        write().map_err(|error| Failure::call(Status::HOST, "write", path.display(), &error))
    }
}

fn is_wanted(octets: &[u8], link_type: LinkType, port: u16) -> bool {
    dissect(link_type, octets, octets.len()).any(|layer| {
        !layer.quoted && matches!(layer.header, Header::Udp(udp) if udp.src_port == port || udp.dst_port == port)
    })
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp { seconds: i64::try_from(since.as_secs()).unwrap_or(0), nanoseconds: since.subsec_nanos() }
}
