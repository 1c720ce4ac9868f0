//! Districts natively: lookups, opening, packing and growth, beside `geo` with `rstar`.
//!
//! `cargo xtask bench district` runs it on all files and prints the table; by itself it takes the
//! path of Riyadh's file and writes one JSON object of figures.
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    use balagh_shared::district::compile::*;
    use balagh_shared::district::*;
    let t = std::time::Instant::now();
    let c = compile(&[LayerSource {
        name: "districts",
        role: Role::Districts,
        partition: true,
        geojson: &text,
        id_property: "district_id",
        name_properties: &[("ar", "name_ar"), ("en", "name_en")],
        parent_property: None,
    }])
    .unwrap();
    println!("compile {:?}", t.elapsed());
    for f in &c.findings {
        if !matches!(
            f.kind,
            FindingKind::Winding { .. } | FindingKind::DuplicateVertices { .. }
        ) {
            println!("{f}");
        }
    }
    for m in [2.0, 5.0, 10.0] {
        let mut o = Options::default();
        o.simplify_m = m;
        let t = std::time::Instant::now();
        let f = compile_with(
            &[LayerSource {
                name: "districts",
                role: Role::Districts,
                partition: true,
                geojson: &text,
                id_property: "district_id",
                name_properties: &[("ar", "name_ar"), ("en", "name_en")],
                parent_property: None,
            }],
            &o,
        )
        .unwrap();
        let q = Pack::open(&f.pack).unwrap();
        println!(
            "phone {m} {} {:?} {:?} {}",
            f.pack.len(),
            t.elapsed(),
            q,
            q.arcs().map(|a| a.line().len()).sum::<usize>()
        );
        std::fs::write(format!("/tmp/dx/p{m}.pack"), &f.pack).unwrap();
    }
    std::fs::write("/tmp/dx/r.pack", &c.pack).unwrap();
    for _ in 0..5 {
        let t = std::time::Instant::now();
        let p = Pack::open(&c.pack).unwrap();
        println!("open {:?} index {} arcs", t.elapsed(), p.index_bytes());
    }
    let p = Pack::open(&c.pack).unwrap();
    let mut pts = vec![];
    let mut s = 88172645463325252u64;
    let mut rnd = || {
        s ^= s << 13;
        s ^= s >> 7;
        s ^= s << 17;
        (s >> 11) as f64 / (1u64 << 53) as f64
    };
    for _ in 0..1_000_000 {
        pts.push((46.31637509500001 + rnd() * 1.0083, 24.3223 + rnd() * 0.857));
    }
    for _ in 0..4 {
        let t = std::time::Instant::now();
        let mut n = 0usize;
        for (x, y) in &pts {
            n += p.district_at(*x, *y).unwrap().is_some() as usize;
        }
        println!(
            "{:.1} M/s {n}",
            pts.len() as f64 / t.elapsed().as_secs_f64() / 1e6
        );
    }
    let t = std::time::Instant::now();
    let mut n = 0usize;
    for (x, y) in pts.iter().take(20000) {
        n += matches!(p.locate(*x, *y, None).unwrap(), Located::Inside { .. }) as usize;
    }
    println!("locate {:.3} M/s {n}", 0.02 / t.elapsed().as_secs_f64());
}
