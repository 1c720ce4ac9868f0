//! What the pages point at is there: files, headings, and the source files they name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::{check, files};

/// Every committed file and the folders they are in, from the root.
struct Tree {
    files: BTreeSet<String>,
    folders: BTreeSet<String>,
}

impl Tree {
    fn read() -> Tree {
        let listed = super::output(
            "git",
            &["ls-files", "--cached", "--others", "--exclude-standard"],
        );
        let files: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
        let folders = files
            .iter()
            .flat_map(|file| Path::new(file).ancestors().skip(1))
            .filter_map(|folder| folder.to_str().map(str::to_owned))
            .collect();
        Tree { files, folders }
    }

    fn has(&self, path: &str) -> bool {
        self.files.contains(path) || self.folders.contains(path)
    }

    /// Whether some file ends with this path: pages leave out what they just spoke of.
    fn ends_with(&self, path: &str) -> bool {
        let end = format!("/{path}");
        self.files
            .iter()
            .any(|file| file == path || file.ends_with(&end))
    }
}

/// `path` as seen from the folder of `page`, without dots.
fn from_page(page: &str, path: &str) -> String {
    let folder = Path::new(page).parent().unwrap();
    let mut parts = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(name) => parts.push(name),
            _ => {}
        }
    }
    parts.to_str().unwrap().to_owned()
}

/// What may stand behind `#` on a page: its headings, as code hosts write them, and ids of its own.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        let title = line.trim_start_matches('#');
        if !is_code && title != line {
            let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
            let title: String = title.trim().to_lowercase().chars().filter(kept).collect();
            anchors.insert(title.replace(' ', "-"));
        }
        for (at, id) in line.match_indices("<a id=\"") {
            let rest = line.get(at + id.len()..).unwrap_or_default();
            anchors.extend(rest.split_once('"').map(|(name, _)| name.to_owned()));
        }
    }
    anchors
}

fn pages() -> BTreeMap<String, String> {
    files().filter(|(path, _)| path.ends_with(".md")).collect()
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let (tree, pages) = (Tree::read(), pages());
    let mut wrong = Vec::new();
    for (page, text) in &pages {
        let links = text.split("](").skip(1);
        for link in links.filter_map(|rest| Some(rest.split_once(')')?.0)) {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let to = match path {
                "" => page.clone(),
                path => from_page(page, path),
            };
            let is_there = tree.has(&to)
                && (anchor.is_empty()
                    || pages
                        .get(&to)
                        .is_some_and(|text| anchors(text).contains(anchor)));
            if !is_there {
                wrong.push(format!("{page}: {link}"));
            }
        }
    }
    check("links that lead nowhere", wrong.into_iter());
}

#[test]
fn every_source_file_that_a_page_or_a_comment_names_is_there() {
    let tree = Tree::read();
    let ends = [".rs", ".mjs", ".sh", ".service", ".md"];
    let is_source = |name: &str| {
        let is_path = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        name.contains('/')
            && !name.starts_with('/')
            && name.chars().all(is_path)
            && ends.iter().any(|end| name.ends_with(end))
    };
    let texts = files().filter(|(path, _)| {
        [".md", ".rs", ".mjs", ".js", ".toml"]
            .iter()
            .any(|end| path.ends_with(end))
    });
    let wrong = texts.flat_map(|(path, text)| {
        let named: BTreeSet<String> = text
            .lines()
            .flat_map(|line| line.split('`').skip(1).step_by(2))
            .filter(|name| is_source(name))
            .map(str::to_owned)
            .collect();
        let named = named
            .into_iter()
            .filter(|name| !tree.ends_with(name) && !tree.has(&from_page(&path, name)));
        named
            .map(|name| format!("{path}: {name}"))
            .collect::<Vec<_>>()
    });
    check("files that are not there", wrong);
}
