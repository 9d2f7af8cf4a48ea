//! Bars, one for each day, drawn on the server.

use std::fmt::Write;

use crate::ui::escape;

/// Width of a drawing, in its own units.
const WIDTH: usize = 600;
/// Height of the highest bar.
const HEIGHT: i64 = 120;

/// A bar.
pub(super) struct Bar {
    /// How high; what is below zero hangs down.
    pub(super) value: i64,
    /// What whoever points at it reads.
    pub(super) label: String,
}

/// The drawing, as SVG, called `title`. What it shows is in a table as well.
pub(super) fn bars(title: &str, bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(0);
    let least = bars.iter().map(|bar| bar.value).min().unwrap_or(0).min(0);
    let scale = (most - least).max(1);
    let high = |value: i64| {
        let height = i128::from(value.abs()) * i128::from(HEIGHT) / i128::from(scale);
        i64::try_from(height).unwrap_or(HEIGHT)
    };
    // Where nothing is lost the line is at the bottom, also where nothing is won.
    let zero = if least == 0 { HEIGHT } else { high(most) };
    let count = bars.len().max(1);
    let mut svg = format!(
        r#"<svg viewBox="0 0 {WIDTH} {}" role="img" preserveAspectRatio="none"><title>{}</title>"#,
        HEIGHT + 1,
        escape(title)
    );
    for (at, bar) in bars.iter().enumerate() {
        let (left, right) = (at * WIDTH / count, (at + 1) * WIDTH / count);
        let height = high(bar.value);
        let top = if bar.value < 0 { zero } else { zero - height };
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            r#"<g><title>{}</title><rect class="day" x="{left}" y="0" width="{}" height="{}" /><rect class="bar" x="{left}" y="{top}" width="{}" height="{height}" /></g>"#,
            escape(&bar.label),
            right - left,
            HEIGHT + 1,
            (right - left).saturating_sub(1).max(1),
        );
    }
    let _ = write!(
        svg,
        r#"<line class="axis" x1="0" x2="{WIDTH}" y1="{zero}" y2="{zero}" /></svg>"#
    );
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[i64]) -> String {
        let all: Vec<Bar> = values
            .iter()
            .map(|value| Bar {
                value: *value,
                label: format!("<{value}>"),
            })
            .collect();
        bars("Sales & more", &all)
    }

    fn heights(svg: &str) -> Vec<(i64, i64)> {
        svg.split(r#"class="bar""#)
            .skip(1)
            .map(|bar| {
                let attribute = |name: &str| {
                    let (_, rest) = bar.split_once(&format!("{name}=\"")).expect("there");
                    rest.split_once('"')
                        .expect("ends")
                        .0
                        .parse()
                        .expect("a number")
                };
                (attribute("y"), attribute("height"))
            })
            .collect()
    }

    #[test]
    fn the_highest_bar_fills_the_drawing_and_what_is_lost_hangs_below() {
        assert_eq!(heights(&of(&[0, 5, 10])), [(120, 0), (60, 60), (0, 120)]);
        assert_eq!(heights(&of(&[30, -10])), [(0, 90), (90, 30)]);
        assert_eq!(heights(&of(&[0, 0])), [(120, 0), (120, 0)]);
        assert_eq!(heights(&of(&[i64::MAX])), [(0, 120)]);
        assert_eq!(heights(&of(&[])), []);
    }

    #[test]
    fn what_it_says_is_text() {
        let svg = of(&[1]);
        assert!(
            svg.contains("Sales &amp; more") && svg.contains("&lt;1&gt;"),
            "{svg}"
        );
    }
}
