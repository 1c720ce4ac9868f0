//! Where a database is.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a database is. Shown without the password that an address may hold.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// In this process, and gone with it.
    Memory,
    /// In a file, made if it is not there.
    File(PathBuf),
    /// On a PostgreSQL server, by its address.
    Postgres(String),
}

/// An address that is none of a PostgreSQL database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPlace;

impl Place {
    /// What an operator wrote: `postgres://user:password@host/name`, else the path of a file, with or
    /// without `sqlite:` before it.
    ///
    /// # Errors
    /// [`BadPlace`] for another scheme's address, and for nothing.
    pub fn parse(written: &str) -> Result<Place, BadPlace> {
        let written = written.trim();
        if written.starts_with("postgres://") || written.starts_with("postgresql://") {
            return Ok(Place::Postgres(written.to_owned()));
        }
        let path = match written.strip_prefix("sqlite:") {
            Some(path) => path.strip_prefix("//").unwrap_or(path),
            None if written.contains("://") => return Err(BadPlace),
            None => written,
        };
        if path.is_empty() {
            return Err(BadPlace);
        }
        Ok(Place::File(path.into()))
    }

    /// The same, with a path meant from `folder`.
    #[must_use]
    pub fn from_folder(self, folder: &Path) -> Place {
        match self {
            Place::File(path) => Place::File(folder.join(path)),
            other => other,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Memory => f.write_str("memory"),
            Place::File(path) => path.display().fmt(f),
            Place::Postgres(address) => {
                let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", ""));
                // A password may hold an `@` that nobody escaped, and parameters another one.
                let without = rest.split('?').next().unwrap_or("");
                let host = without.rsplit('@').next().unwrap_or("");
                write!(f, "{scheme}://{host}")
            }
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for BadPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a database is the path of a file, or postgres://user:password@host/name")
    }
}

impl std::error::Error for BadPlace {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_what_an_operator_writes() {
        let file = |path: &str| Ok(Place::File(path.into()));
        assert_eq!(
            Place::parse("data/origin.sqlite"),
            file("data/origin.sqlite")
        );
        assert_eq!(
            Place::parse("sqlite:///srv/a b.sqlite"),
            file("/srv/a b.sqlite")
        );
        assert_eq!(Place::parse("sqlite:a.sqlite"), file("a.sqlite"));
        for address in ["postgres://a@b/c", "postgresql:///c?host=/run"] {
            assert_eq!(Place::parse(address), Ok(Place::Postgres(address.into())));
        }
        for wrong in ["", "  ", "sqlite:", "mysql://a@b/c", "http://b"] {
            assert_eq!(Place::parse(wrong), Err(BadPlace), "{wrong:?}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        for address in [
            "postgres://balagh:secret@db.example:5432/origin",
            "postgres://balagh:se@secret@db.example:5432/origin",
            "postgres://db.example:5432/origin?user=balagh&password=secret",
        ] {
            let place = Place::parse(address).unwrap();
            let shown = format!("{place} {place:?}");
            assert!(!shown.contains("secret"), "{shown}");
            assert!(shown.contains("db.example:5432/origin"), "{shown}");
        }
    }
}
