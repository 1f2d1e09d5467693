//! A ladder as a picture: time goes down, and what takes time on its way slopes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::columns::columns;
use super::super::ends::Ends;
use super::super::{Selection, duration, earlier_states, earlier_words, event_words, seconds};
use super::text;
use crate::frames::Annotated;
use crate::frames::words::{Look, QUOTED_LENS};
use crate::model::Lab;
use crate::record::{Kept, Micros, Record, What};

/// The width of the times, of the states beside the first and the last host, and of the margins where there are none.
const TIMES: i64 = 84;
const SIDE: i64 = 216;
const MARGIN: i64 = 70;
/// The distance of two hosts: the picture is about as wide as the page.
const LEAST_GAP: i64 = 250;
const WIDTH: i64 = 1060;
/// The room for the names of the hosts, and for each row of their addresses.
const HEAD: i64 = 46;
const ADDRESS: i64 = 14;
/// The distance of two moments.
const ROW: i64 = 27;
/// A pause of this length gets a row of its own.
const PAUSE_US: Micros = 300_000;
/// What takes less is drawn level.
const LEVEL_US: Micros = 500;
/// About the width of a character of a label, and of a small one.
const CHARACTER: i64 = 7;
const SMALL: i64 = 6;

/// The room for the bars beside a host, and how many fit into it.
const BARS: i64 = 30;
const LANES: usize = 3;

/// What happens at a moment.
#[derive(Clone, Copy)]
enum Moment<'a> {
    Sent(&'a Annotated<'a>),
    Arrived(u64),
    Event(&'a Record),
}

/// Draws these frames, with the states of the sockets that changed meanwhile. `None` if there is nothing to draw.
pub(super) fn svg(
    records: &[Record],
    frames: &[&Annotated<'_>],
    lab: &Lab,
    selection: &Selection<'_>,
) -> Option<String> {
    let events: Vec<&Record> = records
        .iter()
        .filter(|record| selection.has_step(record.step))
        .filter(|record| match &record.what {
            What::State { .. } | What::Fault { .. } | What::Clock { .. } => true,
            What::LeftOut(left_out) => left_out.kind != Kept::Lines,
            _ => false,
        })
        .collect();
    if frames.is_empty() && !events.iter().any(|record| matches!(record.what, What::State { .. })) {
        return None;
    }
    let moments = moments(records, frames, &events);
    let nodes = columns(records, frames, lab, selection);
    let before = earlier_states(records, selection);
    let has_states = events.iter().chain(&before).any(|record| matches!(record.what, What::State { .. }));
    let mut drawing = Drawing::new(&nodes, Ends::new(frames, lab), has_states);
    drawing.rows(&moments, &before);
    Some(drawing.svg(&moments, &before))
}

/// What is drawn, in the order of time. Where the experiment's clock was started anew, times begin again.
fn moments<'a>(
    records: &'a [Record],
    frames: &[&'a Annotated<'a>],
    events: &[&'a Record],
) -> Vec<(Micros, Moment<'a>)> {
    let mut moments = Vec::new();
    let (mut rounds, mut last) = (0, Micros::MIN);
    let (mut frames, mut events) = (frames.iter().peekable(), events.iter().peekable());
    for record in records {
        rounds += usize::from(record.at_us < last);
        last = record.at_us;
        let is_event = events.next_if(|event| std::ptr::eq(**event, record)).is_some();
        // That the clock was set is no news where nothing stands before it.
        if is_event && !(moments.is_empty() && matches!(record.what, What::Clock { .. })) {
            moments.push((rounds, record.at_us, Moment::Event(record)));
        }
        let What::Frame(frame) = &record.what else { continue };
        let Some(annotated) = frames.next_if(|next| std::ptr::eq(next.frame, frame)) else { continue };
        moments.push((rounds, record.at_us, Moment::Sent(annotated)));
        if let Some(arrived) = slope(annotated) {
            moments.push((rounds, arrived, Moment::Arrived(frame.number)));
        }
    }
    moments.sort_by_key(|(round, at_us, _)| (*round, *at_us));
    moments.into_iter().map(|(_, at_us, moment)| (at_us, moment)).collect()
}

/// When it arrived, if it was on its way for so long that its arrow slopes.
fn slope(frame: &Annotated<'_>) -> Option<Micros> {
    frame.frame.arrived_us.filter(|arrived| arrived.saturating_sub(frame.at_us) >= LEVEL_US)
}

struct Drawing<'a> {
    hosts: Vec<(&'a str, i64)>,
    ends: Ends<'a>,
    /// The room beside the first and the last host.
    side: i64,
    head: i64,
    width: i64,
    height: i64,
    /// Where each moment is.
    places: Vec<i64>,
    /// Where frames arrive.
    arrivals: BTreeMap<u64, i64>,
    /// Pauses: where, and how long.
    pauses: Vec<(i64, Micros)>,
}

impl<'a> Drawing<'a> {
    fn new(hosts: &[&'a str], ends: Ends<'a>, has_states: bool) -> Self {
        let side = if has_states { SIDE } else { MARGIN };
        let gaps = i64::try_from(hosts.len()).unwrap_or(1).saturating_sub(1).max(1);
        let gap = ((WIDTH - TIMES - 2 * side) / gaps).max(LEAST_GAP);
        let first = TIMES + side;
        let places = (0_i64..).map(|number| first + number * gap);
        let rows = hosts.iter().map(|host| ends.addresses(host).len()).max().unwrap_or(0);
        let head = HEAD + ADDRESS * i64::try_from(rows).unwrap_or(0);
        let hosts: Vec<(&str, i64)> = hosts.iter().copied().zip(places).collect();
        let width = hosts.last().map_or(first, |(_, x)| *x) + side;
        let (places, arrivals, pauses) = (Vec::new(), BTreeMap::new(), Vec::new());
        Self { hosts, ends, side, head, width, height: 0, places, arrivals, pauses }
    }

    fn x(&self, host: &str) -> i64 {
        self.hosts.iter().find(|(name, _)| *name == host).map_or(TIMES, |(_, x)| *x)
    }

    /// Gives each moment its place.
    fn rows(&mut self, moments: &[(Micros, Moment<'_>)], before: &[&Record]) {
        let earlier = self.hosts.iter().map(|(host, _)| earlier_words(before, host).len()).max().unwrap_or(0);
        let mut y = self.head + ROW + ADDRESS * i64::try_from(earlier).unwrap_or(0);
        let mut last: Option<Micros> = None;
        for (at_us, moment) in moments {
            if let Some(last) = last {
                y += ROW;
                let pause = at_us.saturating_sub(last);
                if pause >= PAUSE_US {
                    self.pauses.push((y, pause));
                    y += ROW;
                }
            }
            last = Some(*at_us);
            self.places.push(y);
            if let Moment::Arrived(number) = moment {
                self.arrivals.insert(*number, y);
            }
        }
        self.height = y + ROW;
    }

    fn svg(&self, moments: &[(Micros, Moment<'_>)], before: &[&Record]) -> String {
        let (width, height) = (self.width, self.height);
        let names: Vec<&str> = self.hosts.iter().map(|(name, _)| *name).collect();
        let mut svg = format!(
            "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"group\" aria-label=\"{}\">",
            text(&format!("ladder of the frames between {}, in the order of time", names.join(", ")))
        );
        for (name, x) in &self.hosts {
            self.host(&mut svg, name, *x);
        }
        for (y, pause) in &self.pauses {
            let _ = write!(
                svg,
                "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\" font-size=\"12\">⋮ {}</text>",
                TIMES - 10,
                y + 4,
                duration(pause.unsigned_abs())
            );
        }
        self.bars(&mut svg, moments, before);
        self.earlier(&mut svg, before);
        let mut last = None;
        for ((at_us, moment), y) in moments.iter().zip(&self.places) {
            if last.replace(*at_us) != Some(*at_us) {
                let _ = write!(
                    svg,
                    "<text class=\"time\" x=\"{}\" y=\"{}\" text-anchor=\"end\" font-size=\"11\">{}</text>",
                    TIMES - 10,
                    y + 4,
                    seconds(*at_us)
                );
            }
            match moment {
                Moment::Sent(frame) => self.frame(&mut svg, frame, *y),
                Moment::Event(record) => self.event(&mut svg, record, *y),
                Moment::Arrived(_) => {}
            }
        }
        svg.push_str("</svg>");
        svg
    }

    /// The line of a host, with its name and its addresses above.
    fn host(&self, svg: &mut String, name: &str, x: i64) {
        let _ = write!(
            svg,
            "<path class=\"life\" d=\"M{x} {}V{}\"/>\
             <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" font-size=\"15\" font-weight=\"600\">{}</text>",
            self.head,
            self.height,
            HEAD - 14,
            text(name)
        );
        for (address, y) in self.ends.addresses(name).iter().zip((HEAD + 2..).step_by(14)) {
            let _ = write!(
                svg,
                "<text class=\"soft\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" font-size=\"11\">{}</text>",
                text(address)
            );
        }
    }

    /// What is said of a frame: which connection, who to whom where the arrow does not say it, and what it is.
    fn words(&self, annotated: &Annotated<'_>, quoted_len: usize) -> String {
        let number = annotated.segment.as_ref().filter(|_| self.ends.has_several_connections());
        let number = number.map(|segment| format!("[{}] ", segment.connection)).unwrap_or_default();
        let ends = self.ends.words(annotated).map(|ends| format!("{ends}: ")).unwrap_or_default();
        format!("{number}{ends}{}", annotated.words_quoting(quoted_len))
    }

    fn frame(&self, svg: &mut String, annotated: &Annotated<'_>, y: i64) {
        let frame = annotated.frame;
        let (from, to) = (self.x(&frame.from), self.x(&frame.to));
        let (class, lost) = (class(annotated), frame.fate.is_lost());
        let again = if annotated.is_retransmission() { " again" } else { "" };
        // What takes no time is drawn a little down, so that it is seen where it comes from.
        let arrives = self.arrivals.get(&frame.number).copied().unwrap_or(y + 6);
        let (end_x, end_y) = if lost { (from + (to - from) * 3 / 5, y + (arrives - y) * 3 / 5) } else { (to, arrives) };
        let number = frame.number;
        let _ = write!(
            svg,
            "<a href=\"#f{number}\" aria-label=\"{}\"><g class=\"frame {class}\"><title>{}</title>",
            text(&spoken(annotated)),
            title(annotated)
        );
        let _ = write!(svg, "<path class=\"arrow{again}\" d=\"M{from} {y}L{end_x} {end_y}\"/>");
        if !lost {
            let _ = write!(svg, "<path class=\"head\" d=\"{}\"/>", head((from, y), (end_x, end_y)));
        }
        let words = QUOTED_LENS.map(|len| self.words(annotated, len));
        label(svg, &words, (from, y), (to, arrives), if lost { 9 } else { 6 });
        if lost {
            let (left, top) = (end_x - 6, end_y - 6);
            let _ = write!(svg, "<path class=\"arrow\" d=\"M{left} {top}l12 12m0 -12l-12 12\"/>");
        }
        svg.push_str("</g></a>");
    }

    fn event(&self, svg: &mut String, record: &Record, y: i64) {
        let Some((node, words)) = event_words(record) else { return };
        let Some(node) = node else {
            let (first, last) = (TIMES + self.side / 2, self.width - self.side / 2);
            let class = if matches!(record.what, What::Fault { .. }) { "wire faulty" } else { "life" };
            let _ = write!(
                svg,
                "<path class=\"{class}\" d=\"M{first} {y}H{last}\"/>\
                 <text class=\"halo\" x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"13\" font-weight=\"600\">{}</text>",
                i64::midpoint(first, last),
                y - 5,
                text(&words)
            );
            return;
        };
        self.beside(svg, node, y + 4, "halo", &words);
    }

    /// What sockets the hosts have had from before, beside the beginnings of their bars.
    fn earlier(&self, svg: &mut String, before: &[&Record]) {
        for (host, _) in &self.hosts {
            for (words, y) in earlier_words(before, host).iter().zip((self.head + 22..).step_by(14)) {
                self.beside(svg, host, y, "soft halo", words);
            }
        }
    }

    /// Words beside a host.
    fn beside(&self, svg: &mut String, host: &str, y: i64, class: &str, words: &str) {
        let x = self.x(host);
        let (x, anchor) = if self.is_left(host) { (x - BARS, "end") } else { (x + BARS, "start") };
        let _ = write!(
            svg,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"12\">{}</text>",
            text(words)
        );
    }

    /// Whether the states of a host stand at its left: those of the first one, so that they are at the side.
    fn is_left(&self, host: &str) -> bool {
        self.hosts.first().is_some_and(|(name, _)| *name == host)
    }

    /// A bar beside a host for each of its sockets, in the colour of its state, from one change to the next.
    fn bars(&self, svg: &mut String, moments: &[(Micros, Moment<'_>)], before: &[&Record]) {
        let top = self.head + ROW / 2;
        let changes = before.iter().map(|record| (*record, top));
        let here = moments.iter().zip(&self.places).filter_map(|((_, moment), y)| match moment {
            Moment::Event(record) => Some((*record, *y)),
            _ => None,
        });
        let changes: Vec<(&Record, i64)> = changes.chain(here).collect();
        let mut lanes: BTreeMap<&str, Lanes> = BTreeMap::new();
        svg.push_str("<g class=\"states\">");
        for (index, (record, from)) in changes.iter().enumerate() {
            let What::State { node, protocol, to, cookie, local, peer, .. } = &record.what else { continue };
            let lane = lanes.entry(node).or_default().of(*cookie, to.is_some());
            let (Some(state), true) = (to, self.hosts.iter().any(|(host, _)| host == node)) else { continue };
            let later = changes.get(index + 1..).unwrap_or_default();
            let next = later.iter().find(|(later, _)| {
                matches!(&later.what, What::State { node: other, cookie: same, .. } if other == node && same == cookie)
            });
            let until = next.map_or(self.height - ROW / 2, |(_, y)| *y);
            let aside = 8 + 7 * i64::try_from(lane % LANES).unwrap_or(0);
            let x = if self.is_left(node) { self.x(node) - aside - 5 } else { self.x(node) + aside };
            let _ = write!(
                svg,
                "<rect x=\"{x}\" y=\"{from}\" width=\"5\" height=\"{}\" rx=\"2\" fill=\"{}\"><title>{}</title></rect>",
                (until - from).max(3),
                colour(state),
                text(&format!("{protocol} {state}: {local}, peer {peer}"))
            );
        }
        svg.push_str("</g>");
    }
}

/// Which socket of a host has which bar: one that is gone leaves its place to another.
#[derive(Default)]
struct Lanes(Vec<Option<u64>>);

impl Lanes {
    /// The place of a socket, which is free from now on if it is gone.
    fn of(&mut self, cookie: u64, stays: bool) -> usize {
        let place = |wanted: Option<u64>| move |held: &Option<u64>| *held == wanted;
        let known = self.0.iter().position(place(Some(cookie))).or_else(|| self.0.iter().position(place(None)));
        let lane = known.unwrap_or(self.0.len());
        self.0.resize(self.0.len().max(lane + 1), None);
        if let Some(held) = self.0.get_mut(lane) {
            *held = stays.then_some(cookie);
        }
        lane
    }
}

/// The words of an arrow, along it: the first that fit, small where they must be; otherwise the last ones, cut, since the
/// title has all of them.
fn label(svg: &mut String, words: &[String], (from, y): (i64, i64), (to, arrives): (i64, i64), above: i64) {
    let room = (to - from).abs() - 24;
    let count = |words: &String| i64::try_from(words.chars().count()).unwrap_or(i64::MAX);
    let fits = |width: i64| words.iter().find(|words| count(words).saturating_mul(width) <= room);
    let large = words.first().filter(|whole| count(whole).saturating_mul(CHARACTER) <= room);
    let (size, shown) = match (large, fits(SMALL), words.last()) {
        (Some(whole), ..) => (13, whole.clone()),
        (None, Some(some), _) => (11, some.clone()),
        (None, None, last) => {
            let most = usize::try_from(room / SMALL - 1).unwrap_or(0);
            (11, last.map_or("", String::as_str).chars().take(most).chain(['…']).collect())
        }
    };
    let (left, right) = if from < to { ((from, y), (to, arrives)) } else { ((to, arrives), (from, y)) };
    let (x, middle) = (i64::midpoint(left.0, right.0), i64::midpoint(left.1, right.1));
    let angle = degrees(right.1 - left.1, right.0 - left.0);
    let turned =
        if angle.abs() < 0.5 { String::new() } else { format!(" transform=\"rotate({angle:.1} {x} {middle})\"") };
    let _ = write!(
        svg,
        "<text class=\"halo\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\" font-size=\"{size}\"{turned}>{}</text>",
        middle - above,
        text(&shown)
    );
}

/// What a frame is called where it is not seen.
fn spoken(annotated: &Annotated<'_>) -> String {
    let frame = annotated.frame;
    format!(
        "{}. at {} s, {} to {}: {}",
        frame.number,
        seconds(annotated.at_us),
        frame.from,
        frame.to,
        annotated.words()
    )
}

/// What a frame says when the pointer rests on it: the line, and its headers.
fn title(annotated: &Annotated<'_>) -> String {
    let frame = annotated.frame;
    let mut title = format!("{}. {} → {}: {}", frame.number, frame.from, frame.to, annotated.words());
    if let Some(arrived) = frame.arrived_us
        && arrived > annotated.at_us
    {
        let _ = write!(title, "\u{1f}arrived after {}", duration((arrived - annotated.at_us).unsigned_abs()));
    }
    for view in annotated.headers() {
        let fields: Vec<_> = view.fields.iter().map(|(name, value)| format!("{name} {value}")).collect();
        let _ = write!(title, "\u{1f}{}: {}", view.name, fields.join(", "));
    }
    title.split('\u{1f}').map(text).collect::<Vec<_>>().join("\n")
}

/// The head of an arrow: a triangle of which the point is at its end.
fn head((from_x, from_y): (i64, i64), (x, y): (i64, i64)) -> String {
    let (run, rise) = (real(x - from_x), real(y - from_y));
    let length = run.hypot(rise).max(1.0);
    let (run, rise) = (run / length, rise / length);
    let (back_x, back_y) = (real(x) - 11.0 * run, real(y) - 11.0 * rise);
    format!(
        "M{x} {y}L{:.1} {:.1}L{:.1} {:.1}Z",
        back_x - 4.5 * rise,
        back_y + 4.5 * run,
        back_x + 4.5 * rise,
        back_y - 4.5 * run
    )
}

#[expect(clippy::cast_precision_loss, reason = "pixels")]
fn real(pixels: i64) -> f64 {
    pixels as f64
}

fn degrees(rise: i64, run: i64) -> f64 {
    real(rise).atan2(real(run.max(1))).to_degrees()
}

fn class(annotated: &Annotated<'_>) -> &'static str {
    if annotated.frame.fate.is_lost() {
        return "lost";
    }
    match annotated.look() {
        Look::Opens => "opens",
        Look::Data => "data",
        Look::Plain => "plain",
        Look::Closes => "closes",
        Look::Complains => "complains",
        Look::Neighbours => "neighbours",
    }
}

/// The colour of a state: one for opening, for being open, for closing first, for closing second, and for waiting.
fn colour(state: &str) -> &'static str {
    match state {
        "LISTEN" | "unconnected" => "#7a8699",
        "SYN_SENT" => "#d9a400",
        "SYN_RECV" => "#efcf6b",
        "ESTABLISHED" | "connected" => "#2e9e55",
        "FIN_WAIT1" => "#d2691e",
        "FIN_WAIT2" => "#f2a663",
        "CLOSING" => "#7a4a1e",
        "CLOSE_WAIT" => "#c67bb6",
        "LAST_ACK" => "#7d3c98",
        "TIME_WAIT" => "#c2242b",
        _ => "#4a7fd0",
    }
}

/// What the colours and signs mean, of those that are there.
pub(super) fn legend(records: &[Record], frames: &[&Annotated<'_>], lab: &Lab, selection: &Selection<'_>) -> String {
    const KINDS: [(&str, &str); 7] = [
        ("opens", "opens a connection"),
        ("data", "has data"),
        ("plain", "acknowledges"),
        ("closes", "closes it"),
        ("complains", "refuses or complains"),
        ("neighbours", "finds a neighbour"),
        ("lost", "× lost on the way"),
    ];
    let mut signs = Vec::new();
    let sign = |class: &str, again: &str, words: &str| {
        format!(
            "<li><svg width=\"34\" height=\"10\" viewBox=\"0 0 34 10\"><g class=\"frame {class}\">\
             <path class=\"arrow{again}\" d=\"M0 5H34\"/></g></svg>{words}</li>"
        )
    };
    for (kind, words) in KINDS {
        if frames.iter().any(|frame| class(frame) == kind) {
            signs.push(sign(kind, "", words));
        }
    }
    if frames.iter().any(|frame| frame.is_retransmission()) {
        signs.push(sign("plain", " again", "sent again"));
    }
    let here = records.iter().filter(|record| selection.has_step(record.step));
    let mut states: Vec<&str> = Vec::new();
    for record in earlier_states(records, selection).into_iter().chain(here) {
        if let What::State { to: Some(state), .. } = &record.what
            && !states.contains(&state.as_str())
        {
            states.push(state);
        }
    }
    signs.extend(states.iter().map(|state| {
        let colour = colour(state);
        let bar = format!("<svg width=\"8\" height=\"14\" viewBox=\"0 0 8 14\"><rect width=\"5\" height=\"14\" fill=\"{colour}\"/></svg>");
        format!("<li>{bar}{}</li>", text(state))
    }));
    let ends = Ends::new(frames, lab);
    let others = ends.others(&columns(records, frames, lab, selection));
    signs.extend(ends.connections().into_iter().chain(others).map(|words| format!("<li>{}</li>", text(&words))));
    if signs.is_empty() { String::new() } else { format!("<ul class=\"legend\">{}</ul>", signs.concat()) }
}
