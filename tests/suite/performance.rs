//! The tables of README.md and docs/performance.md are what benches/run writes of the figures that it knows.

use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- Measured by benches/run --record, which writes what stands between these lines -->\n";
const END: &str = "<!-- End of what benches/run wrote -->\n";

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A line of benches/figures.
struct Figure {
    tool: String,
    what: String,
    peer: String,
    unit: String,
    wanted: String,
    in_readme: bool,
}

impl Figure {
    /// The program that has to be installed for it.
    fn program(&self) -> &str {
        self.peer.split([' ', ',']).next().unwrap()
    }
}

fn figures() -> Vec<Figure> {
    let text = read("benches/figures");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let figures = lines.map(|line| {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let [key, what, peer, unit, wanted, readme] = cells.try_into().unwrap_or_else(|_| panic!("{line}"));
        let tool = key.split('.').next().unwrap().to_owned();
        Figure { tool, what, peer, unit, wanted, in_readme: readme == "*" }
    });
    figures.collect()
}

/// What stands between the markers of a page: the lines above the table, its head, and the cells of its rows.
fn recorded(page: &str) -> (String, String, Vec<Vec<String>>) {
    let text = read(page);
    let parts: Vec<&str> = text.split(BEGIN).collect();
    let [_, rest] = parts[..] else { panic!("{page} has {} tables", parts.len() - 1) };
    let (text, _) = rest.split_once(END).unwrap_or_else(|| panic!("{page}: the table has no end"));
    let (above, table) = text.split_at(text.find("\n|").unwrap_or_else(|| panic!("{page} has no table")));
    let mut lines = table.trim().lines();
    let head = lines.next().unwrap().to_owned();
    assert!(lines.next().unwrap().trim_matches('|').split('|').all(|rule| rule.trim() == "---"), "{page}");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    (above.to_owned(), head, lines.map(cells).collect())
}

/// Whether a cell is a number and this unit.
fn is_value(cell: &str, unit: &str) -> bool {
    cell.strip_suffix(unit).is_some_and(|number| number.trim().replace(',', "").parse::<f64>().is_ok())
}

/// Holds the cells that both tables have to the figure.
fn check(figure: &Figure, cells: &[String]) {
    let [_, _, _, ours, theirs, ratio, ..] = cells else { panic!("{cells:?}") };
    assert!(is_value(ours, &figure.unit), "{cells:?}");
    if figure.peer == "-" {
        assert_eq!((theirs.as_str(), ratio.as_str()), ("-", "-"), "{cells:?}");
    } else {
        assert!(is_value(theirs, &figure.unit) && is_value(ratio, ""), "{cells:?}");
    }
}

#[test]
fn the_whole_table_has_every_figure_or_says_why_not() {
    let (above, head, rows) = recorded("docs/performance.md");
    assert_eq!(head, "| tool | what | peer | ours | theirs | ours / theirs | wanted | rounds |");
    let list = |name: &str| {
        let line = above.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
        line.trim_end_matches('.').split([',', ':']).map(|word| word.trim().to_owned()).collect::<Vec<_>>()
    };
    let (absent, left_out) = (list("Not installed, and so not compared with:"), list("Not measured:"));
    let mut rows = rows.iter().peekable();
    for figure in figures() {
        let of_it = |cells: &&Vec<String>| {
            let peer = cells[2].strip_prefix(&figure.peer);
            cells[0] == figure.tool
                && cells[1] == figure.what
                && peer.is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
        };
        let Some(cells) = rows.next_if(of_it) else {
            let named = absent.iter().any(|name| name == figure.program()) || left_out != ["none"];
            assert!(named, "{}, {}, {}: neither measured nor left out", figure.tool, figure.what, figure.peer);
            continue;
        };
        check(&figure, cells);
        let wanted = figure.wanted.replace("<=", "≤").replace(">=", "≥");
        assert_eq!(cells[6], if wanted.is_empty() { "-" } else { &wanted }, "{cells:?}");
        assert!(cells[7].parse::<u32>().is_ok_and(|rounds| rounds > 0), "{cells:?}");
    }
    assert_eq!(rows.next(), None, "a row that benches/figures does not have, or has elsewhere");
}

#[test]
fn the_readme_has_the_headline_of_the_same_run() {
    let (above, head, rows) = recorded("README.md");
    assert_eq!(head, "| tool | what | peer | ours | theirs | ours / theirs |");
    let (whole_above, _, whole) = recorded("docs/performance.md");
    assert!(whole_above.starts_with(above.trim_end()), "the machine and the commit are those of the whole table");
    let figures: Vec<Figure> = figures().into_iter().filter(|figure| figure.in_readme).collect();
    let headline = whole.iter().filter_map(|cells| {
        let figure = figures
            .iter()
            .find(|figure| cells[0] == figure.tool && cells[1] == figure.what && cells[2].starts_with(&figure.peer))?;
        let mut cells = cells[..6].to_vec();
        cells[2].clone_from(&figure.peer);
        check(figure, &cells);
        Some(cells)
    });
    assert_eq!(rows, headline.collect::<Vec<_>>());
    assert!((20..=30).contains(&figures.len()), "short enough to be read, {} rows", figures.len());
}

#[test]
fn figures_are_each_there_once_and_bounded_as_the_script_reads_it() {
    let figures = figures();
    for (index, figure) in figures.iter().enumerate() {
        let Figure { tool, what, peer, wanted, .. } = figure;
        assert!(["nc", "dig", "url", "netsum", "ports", "addr", "hop", "lab"].contains(&tool.as_str()), "{tool}");
        let same = |other: &&Figure| (&other.tool, &other.what, &other.peer) == (tool, what, peer);
        assert_eq!(figures[..index].iter().find(same).map(|figure| &figure.what), None, "{tool}, {peer}");
        let words: Vec<&str> = wanted.split_whitespace().collect();
        match words[..] {
            [] => {}
            ["<=" | ">=", bound] => assert!(peer != "-" && bound.parse::<f64>().is_ok(), "{tool}, {what}: {wanted}"),
            ["<=" | ">=", bound, unit] => {
                assert!(bound.parse::<f64>().is_ok() && unit == figure.unit, "{tool}, {what}: {wanted}");
            }
            _ => panic!("{tool}, {what}: {wanted}"),
        }
    }
}
