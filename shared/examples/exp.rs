use balagh_shared::categorise::training::*;
use std::collections::BTreeMap;
fn main() {
    let dev = "/work/main/shared/development";
    let mut examples = Vec::new();
    let langs = std::env::var("LANGS").unwrap_or("ar,en,hi,id,ms,ur".into());
    for l in langs.split(',') {
        if let Ok(t) = std::fs::read_to_string(format!("{dev}/{l}.tsv")) {
            match parse(l, &t) { Ok(e) => examples.extend(e), Err(e) => eprintln!("{e}") }
        }
    }
    let mut keywords: Keywords = BTreeMap::new();
    for l in langs.split(',') {
        if let Ok(t) = std::fs::read_to_string(format!("/work/plan/i3/labels/keywords.{l}.json")) {
            if let Ok(k) = serde_json::from_str::<BTreeMap<String, Vec<String>>>(&t) { for (c, w) in k { keywords.entry(c).or_default().extend(w); } } else { eprintln!("kw {l} shape"); }
        }
    }
    let concepts = Concepts::parse(&std::fs::read_to_string("shared/development/concepts.txt").unwrap()).unwrap();
    let mut s = Settings::default();
    for a in std::env::args().skip(1) {
        let (k, v) = a.split_once('=').unwrap();
        s.set(k, v.parse().unwrap());
    }
    let t = std::time::Instant::now();
    let m = cross_validate(&examples, &keywords, &concepts, &s, 5);
    let el = t.elapsed();
    let mut line = String::new();
    for (l, a) in &m { line += &format!("{l} {:.1}/{:.1} ({}) ", 100. * a.first as f64 / a.texts as f64, 100. * a.three as f64 / a.texts as f64, a.texts); }
    println!("{line} {:?} {:?}", el, std::env::args().skip(1).collect::<Vec<_>>());
    if std::env::var("SIZE").is_ok() {
        for (w, b) in files(&examples, &keywords, &concepts, &s) { std::fs::write(format!("/tmp/words.{w:?}.bin"), &b).unwrap(); println!("{w:?} {}", b.len()); }
    }
}
