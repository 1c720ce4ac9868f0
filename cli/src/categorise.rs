//! `balagh categorise`: what texts are about, a line each.
//!
//! An empty line is answered like any other, with no suggestion but "unsure", so that the answers
//! are as many as the lines. Bytes that are not UTF-8 are replaced (U+FFFD), and of a line longer
//! than [`MAX_LINE`] the rest is passed over: what the categoriser looks at ends long before.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufWriter, Read, Write};
use std::path::Path;

use balagh_origin::municipalities;
use balagh_shared::categorise::{Categoriser, Suggestion, compile};
use balagh_shared::language::{Script, detect};
use balagh_shared::municipality::Municipality;
use serde_json::{Value, json};

use crate::failure::Failure;

/// Most bytes of a line that are read: sixteen times the longest description, in any script.
const MAX_LINE: u64 = 1 << 18;

pub(crate) fn run(document: &Path) -> Result<(), Failure> {
    let categorisers = Categorisers::of(&municipalities::read_document(document)?)?;
    let mut input = io::stdin().lock();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    while read_line(&mut input, &mut line)? {
        let text = String::from_utf8_lossy(&line);
        writeln!(out, "{}", categorisers.answer(&text))?;
    }
    Ok(out.flush()?)
}

/// Reads the next line without its end; false where there is none.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
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

/// One a script.
struct Categorisers(BTreeMap<Script, Categoriser>);

impl Categorisers {
    fn of(municipality: &Municipality) -> Result<Categorisers, Failure> {
        let scripts = [Script::Arabic, Script::Latin, Script::Devanagari];
        let all = scripts.into_iter().map(|script| {
            let words = compile(municipality, script).map_err(Failure::new)?;
            Ok((script, Categoriser::open(&words).map_err(Failure::new)?))
        });
        all.collect::<Result<_, Failure>>().map(Categorisers)
    }

    fn answer(&self, text: &str) -> Value {
        let detected = detect(text);
        let script = match detected.script {
            Script::Other => Script::Latin,
            script => script,
        };
        let categoriser = self.0.get(&script);
        let suggestions = categoriser.map_or_else(Vec::new, |known| known.suggest(text));
        json!({
            "text": text,
            "lang": detected.language.code(),
            "suggestions": suggestions.iter().map(described).collect::<Vec<_>>(),
        })
    }
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
