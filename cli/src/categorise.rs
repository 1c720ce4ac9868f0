//! `balagh categorise`: what texts are about, a line each.
//!
//! An empty line is answered like any other, with no suggestion but "unsure", so that the answers
//! are as many as the lines. Bytes that are not UTF-8 are replaced (U+FFFD), and of a line longer
//! than [`MAX_LINE`] the rest is passed over: what the categoriser looks at ends long before.

use std::io::{self, BufRead, BufWriter, Read, Write};
use std::path::Path;

use balagh_origin::municipalities;
use balagh_shared::categorise::{Categorisers, Suggestion};
use balagh_shared::language::detect;
use serde_json::{Value, json};

use crate::failure::Failure;

/// Most bytes of a line that are read: sixteen times the longest description, in any script.
const MAX_LINE: u64 = 1 << 18;

pub(crate) fn run(document: &Path) -> Result<(), Failure> {
    let document = municipalities::read_document(document)?;
    let categorisers = Categorisers::of(&document).map_err(Failure::new)?;
    let mut input = io::stdin().lock();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    skip_mark(&mut input)?;
    while read_line(&mut input, &mut line)? {
        let text = String::from_utf8_lossy(&line);
        writeln!(out, "{}", answer(&categorisers, &text))?;
    }
    Ok(out.flush()?)
}

/// Passes over the mark (U+FEFF) that some editors put before a text: nobody typed it.
pub(crate) fn skip_mark(input: &mut impl BufRead) -> io::Result<()> {
    let mark = "\u{feff}".as_bytes();
    if input.fill_buf()?.starts_with(mark) {
        input.consume(mark.len());
    }
    Ok(())
}

/// Reads the next line without its end; false where there is none.
pub(crate) fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    if input.take(MAX_LINE).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
        line.pop_if(|last| *last == b'\r');
    } else {
        input.skip_until(b'\n')?;
    }
    Ok(true)
}

fn answer(categorisers: &Categorisers, text: &str) -> Value {
    let suggestions = categorisers.suggest(text);
    json!({
        "text": text,
        "lang": detect(text).language.code(),
        "suggestions": suggestions.iter().map(described).collect::<Vec<_>>(),
    })
}

fn described(suggestion: &Suggestion<'_>) -> Value {
    json!({
        "category": suggestion.category,
        "score": suggestion.score,
        "because": suggestion.because,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut input: &[u8]) -> Vec<usize> {
        let (mut lengths, mut line) = (Vec::new(), Vec::new());
        while read_line(&mut input, &mut line).unwrap() {
            lengths.push(line.len());
        }
        lengths
    }

    #[test]
    fn every_line_is_read_also_an_empty_and_an_endless_one() {
        assert_eq!(lines(b"pothole\r\n\nlamp"), [7, 0, 4]);
        let most = usize::try_from(MAX_LINE).unwrap();
        let mut endless = vec![b'x'; 3 * most];
        endless.extend(b"\nlamp\n");
        assert_eq!(lines(&endless), [most, 4]);
        assert!(lines(b"").is_empty());
    }
}
