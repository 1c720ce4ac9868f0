//! Charts as SVG, drawn here. Each has a name and a description, says nothing by colour alone, runs
//! the way its language does, and stands beside a table with the same figures.

use maud::{Markup, html};

use super::words::{Words, count};

/// A bar or column: what it is called, how many came, and how many of these are done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) received: u64,
    pub(super) completed: u64,
}

/// Units across, of any chart.
const WIDTH: u64 = 640;
/// Units down for a bar with its name above it.
const ROW: u64 = 46;
/// Units down of columns.
const HEIGHT: u64 = 180;
/// Bars that are drawn; the table has the others.
const MOST_BARS: usize = 8;
/// Units for a number beside the longest bar.
const BESIDE: u64 = 80;

/// Bars below each other, the longest first.
pub(super) fn bars(id: &str, title: &str, bars: &[Bar], words: &Words) -> Markup {
    let drawn = bars.get(..MOST_BARS.min(bars.len())).unwrap_or_default();
    let most = drawn
        .iter()
        .map(|bar| bar.received)
        .max()
        .unwrap_or(0)
        .max(1);
    let height = ROW * drawn.len() as u64;
    let length = |of: u64| of * (WIDTH - BESIDE) / most;
    // Where a bar of this length begins, counted from the left.
    let begin = |from: u64, length: u64| match words.is_rtl() {
        true => WIDTH - from - length,
        false => from,
    };
    let inner = html! {
        @for (row, bar) in (0_u64..).zip(drawn) {
            @let (done, all) = (length(bar.completed), length(bar.received));
            @let (text, top) = (row * ROW + 16, row * ROW + 22);
            text x=(begin(0, 0)) y=(text) direction=(direction(words)) { (bar.name) }
            rect.done x=(begin(0, done)) y=(top) width=(done) height="16" {}
            rect.rest x=(begin(done, all - done)) y=(top) width=(all - done) height="16" fill=(hatched(id)) {}
            text.value x=(begin(all + 8, 0)) y=(top + 13) direction=(direction(words)) { (count(bar.received)) }
        }
    };
    drawing(id, title, height, &inner, words)
}

/// Columns beside each other, in time.
pub(super) fn columns(id: &str, title: &str, columns: &[Bar], words: &Words) -> Markup {
    let most = columns
        .iter()
        .map(|it| it.received)
        .max()
        .unwrap_or(0)
        .max(1);
    let across = WIDTH / (columns.len() as u64).max(1);
    let floor = HEIGHT - 24;
    let length = |of: u64| of * (floor - 20) / most;
    let left = |at: u64| match words.is_rtl() {
        true => WIDTH - (at + 1) * across,
        false => at * across,
    };
    let (first, last) = (columns.first(), columns.last());
    let (start, end) = match words.is_rtl() {
        true => (WIDTH, 0),
        false => (0, WIDTH),
    };
    let inner = html! {
        text.value x=(start) y="12" direction=(direction(words)) { (count(most)) }
        @for (at, column) in (0_u64..).zip(columns) {
            @let (done, all) = (length(column.completed), length(column.received));
            @let width = across.saturating_sub(across / 5 + 1).max(1);
            rect.done x=(left(at)) y=(floor - done) width=(width) height=(done) {}
            rect.rest x=(left(at)) y=(floor - all) width=(width) height=(all - done) fill=(hatched(id)) {}
        }
        line x1="0" x2=(WIDTH) y1=(floor) y2=(floor) {}
        @if let Some(first) = first {
            text x=(start) y=(HEIGHT - 6) direction=(direction(words)) { (first.name) }
        }
        @if let (Some(last), true) = (last, columns.len() > 1) {
            text x=(end) y=(HEIGHT - 6) text-anchor="end" direction=(direction(words)) { (last.name) }
        }
    };
    drawing(id, title, HEIGHT, &inner, words)
}

fn drawing(id: &str, title: &str, height: u64, inner: &Markup, words: &Words) -> Markup {
    let (named, described) = (format!("{id}-title"), format!("{id}-desc"));
    html! {
        svg.chart viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-labelledby=(named) aria-describedby=(described) {
            title id=(named) { (title) }
            desc id=(described) { (words.chart) }
            pattern id=(format!("{id}-rest")) width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                rect.hatch width="2" height="6" {}
            }
            (inner)
        }
    }
}

fn hatched(id: &str) -> String {
    format!("url(#{id}-rest)")
}

fn direction(words: &Words) -> &'static str {
    if words.is_rtl() { "rtl" } else { "ltr" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(name: &str, received: u64, completed: u64) -> Bar {
        Bar {
            name: name.to_owned(),
            received,
            completed,
        }
    }

    #[test]
    fn a_chart_has_a_name_and_a_description_and_escapes_what_it_shows() {
        let drawn = bars("x", "By <kind>", &[bar("<b>&", 3, 1)], Words::of("en")).into_string();
        assert!(
            drawn.contains("role=\"img\" aria-labelledby=\"x-title\""),
            "{drawn}"
        );
        assert!(
            drawn.contains("<title id=\"x-title\">By &lt;kind&gt;</title>"),
            "{drawn}"
        );
        assert!(
            drawn.contains("&lt;b&gt;&amp;") && !drawn.contains("<b>"),
            "{drawn}"
        );
        assert!(!drawn.contains("style="), "{drawn}");
    }

    #[test]
    fn a_chart_in_arabic_begins_at_the_right() {
        let drawn = bars("x", "t", &[bar("a", 4, 2)], Words::of("ar")).into_string();
        assert!(drawn.contains("<rect class=\"done\" x=\"360\""), "{drawn}");
        let drawn = bars("x", "t", &[bar("a", 4, 2)], Words::of("en")).into_string();
        assert!(drawn.contains("<rect class=\"done\" x=\"0\""), "{drawn}");
    }

    #[test]
    fn nothing_is_drawn_of_nothing_and_the_largest_number_fits() {
        bars("x", "t", &[], Words::of("en"));
        columns("x", "t", &[], Words::of("ar"));
        columns("x", "t", &[bar("a", 0, 0)], Words::of("en"));
        let drawn = bars("x", "t", &[bar("a", 1 << 50, 1 << 50)], Words::of("en"));
        assert!(drawn.into_string().contains("width=\"560\""));
    }
}
