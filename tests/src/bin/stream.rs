//! Records the stream and judges it natively, for the runtimes to be compared with.
//!
//! `stream FOLDER [COUNT]` writes there the setting (`setting.json`, `municipality.pack`), a request a
//! line (`requests.jsonl`), and what becomes of each, by the function (`function.txt`) and by the whole
//! screen (`whole.txt`), a line each.

use std::error::Error;
use std::path::PathBuf;

use balagh_tests::stream::{Judge, Recording, record};

/// How many requests there are where nobody says.
const COUNT: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder: PathBuf = arguments.next().ok_or("stream FOLDER [COUNT]")?.into();
    let count = arguments.next().map_or(Ok(COUNT), |count| count.parse())?;
    let Recording {
        setting,
        pack,
        requests,
    } = record(count)?;
    let mut judge = Judge::open(&setting, pack.clone())?;
    let (mut lines, mut function, mut whole) = (String::new(), String::new(), String::new());
    for recorded in &requests {
        let judged = judge.judge(recorded);
        for (text, line) in [
            (&mut lines, serde_json::to_string(recorded)?),
            (&mut function, judged.function),
            (&mut whole, judged.whole),
        ] {
            text.push_str(&line);
            text.push('\n');
        }
    }
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("setting.json"), serde_json::to_vec(&setting)?)?;
    std::fs::write(folder.join("municipality.pack"), &pack)?;
    std::fs::write(folder.join("requests.jsonl"), lines)?;
    std::fs::write(folder.join("function.txt"), function)?;
    std::fs::write(folder.join("whole.txt"), whole)?;
    Ok(())
}
