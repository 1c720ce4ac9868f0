//! What several ask for at the same time: done as one, each for itself, whoever leads.

use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use balagh_database::{
    Asked, Batch, Commits, Connection, Question, Rows, Together, Work, among, is_taken,
};
use sqlx::Row as _;

use crate::{INSERT, count, insert, on_each};

#[derive(Debug, PartialEq)]
enum Failed {
    Taken,
    Unwanted,
    Database(String),
    Shared(Arc<Failed>),
}

impl From<sqlx::Error> for Failed {
    fn from(error: sqlx::Error) -> Failed {
        match is_taken(&error) {
            true => Failed::Taken,
            false => Failed::Database(error.to_string()),
        }
    }
}

impl From<Arc<Failed>> for Failed {
    fn from(shared: Arc<Failed>) -> Failed {
        Failed::Shared(shared)
    }
}

/// Things that are inserted at the end of their group.
struct Things(Rows<2>);

impl Default for Things {
    fn default() -> Things {
        Things(Rows::new(INSERT))
    }
}

impl Batch for Things {
    type Error = Failed;

    async fn write(self, tx: &mut Connection) -> Result<(), Failed> {
        Ok(self.0.write(tx).await?)
    }
}

/// A thing that is to be there.
struct Thing {
    name: &'static str,
    how: How,
    /// The names of those that are on disk.
    standing: Arc<Mutex<Vec<&'static str>>>,
}

#[derive(Clone, Copy)]
enum How {
    WithTheOthers,
    ByItself,
    NotAtAll,
}

impl Work for Thing {
    type Batch = Things;
    type Done = &'static str;
    type Error = Failed;

    async fn write(&self, tx: &mut Connection, batch: &mut Things) -> Result<&'static str, Failed> {
        match self.how {
            How::WithTheOthers => batch.0.push([self.name.into(), 0_i64.into()]),
            How::ByItself => drop(insert(tx, self.name, 0).await?),
            How::NotAtAll => {
                insert(tx, self.name, 0).await?;
                return Err(Failed::Unwanted);
            }
        }
        Ok(self.name)
    }

    fn stands(&self) {
        self.standing.lock().unwrap().push(self.name);
    }
}

/// Polls it once: it begins, and waits.
async fn begin<T>(mut future: Pin<&mut impl Future<Output = T>>) {
    std::future::poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn works_that_come_at_once_share_a_commit_and_one_that_cannot_be_fails_alone() {
    on_each(async |place, database| {
        for bad in [How::WithTheOthers, How::ByItself] {
            let mut write = database.write().await.unwrap();
            for table in ["DELETE FROM notes", "DELETE FROM things"] {
                sqlx::query(table).execute(&mut *write).await.unwrap();
            }
            write.commit().await.unwrap();
            let (together, standing) = (Together::default(), Arc::default());
            let write = |name, how| {
                let standing = Arc::clone(&standing);
                together.write(
                    &database,
                    Thing {
                        name,
                        how,
                        standing,
                    },
                )
            };
            // The first leads alone, and the others gather meanwhile.
            let done = tokio::join!(
                write("first", How::WithTheOthers),
                write("second", How::WithTheOthers),
                write("first", bad),
                write("third", How::ByItself),
            );
            let expected = (Ok("first"), Ok("second"), Err(Failed::Taken), Ok("third"));
            assert_eq!(done, expected, "{place}");
            let commits = Commits {
                groups: 2,
                works: 4,
            };
            assert_eq!(together.commits(), commits, "{place}");
            assert_eq!(count(&database).await, 3, "{place}");
            let standing = standing.lock().unwrap();
            assert_eq!(*standing, ["first", "second", "third"], "{place}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_work_that_is_alone_is_told_what_it_failed_with_and_leaves_nothing() {
    on_each(async |place, database| {
        let (together, standing) = (Together::default(), Arc::default());
        let write = |name, how| {
            let standing = Arc::clone(&standing);
            together.write(
                &database,
                Thing {
                    name,
                    how,
                    standing,
                },
            )
        };
        let refused = write("only", How::NotAtAll).await;
        assert_eq!(refused, Err(Failed::Unwanted), "{place}");
        assert_eq!(count(&database).await, 0, "{place}");
        assert_eq!(
            write("only", How::WithTheOthers).await,
            Ok("only"),
            "{place}"
        );
        let again = write("only", How::WithTheOthers).await;
        assert_eq!(again, Err(Failed::Taken), "{place}");
        assert_eq!(count(&database).await, 1, "{place}");
        assert_eq!(*standing.lock().unwrap(), ["only"], "{place}");
    })
    .await;
}

#[tokio::test]
async fn what_others_asked_for_is_done_although_whoever_led_them_is_gone() {
    on_each(async |place, database| {
        let (together, standing) = (Together::default(), Arc::default());
        let write = |name| {
            let standing = Arc::clone(&standing);
            let how = How::WithTheOthers;
            together.write(
                &database,
                Thing {
                    name,
                    how,
                    standing,
                },
            )
        };
        let mut first = pin!(write("first"));
        let mut leads = Box::pin(write("leads"));
        let mut follows = pin!(write("follows"));
        begin(first.as_mut()).await;
        // These two gather meanwhile, and go together.
        begin(leads.as_mut()).await;
        begin(follows.as_mut()).await;
        assert_eq!(first.await, Ok("first"), "{place}");
        begin(leads.as_mut()).await;
        drop(leads);
        assert_eq!(follows.await, Ok("follows"), "{place}");
        // Nobody was told of the other one, and it comes again.
        assert_eq!(write("leads").await, Ok("leads"), "{place}");
        assert_eq!(count(&database).await, 3, "{place}");
    })
    .await;
}

/// Which of these names are there.
struct Names(Vec<&'static str>);

impl Question for Names {
    type Answer = Vec<String>;
    type Error = Failed;

    async fn answer(reader: &mut Connection, asked: &[&Names]) -> Result<Vec<Vec<String>>, Failed> {
        let all = asked.iter().flat_map(|names| &names.0);
        let all = all.map(|name| (*name).into()).collect();
        let rows = among(reader, "SELECT name FROM things WHERE name IN", all).await?;
        let mut there = Vec::new();
        for row in rows {
            there.push(row.try_get::<String, _>(0)?);
        }
        let answers = asked.iter().map(|names| {
            let asked_for = there.iter().filter(|name| names.0.contains(&name.as_str()));
            asked_for.cloned().collect()
        });
        Ok(answers.collect())
    }
}

#[tokio::test]
async fn questions_that_come_at_once_are_each_answered_although_who_asks_for_them_is_gone() {
    on_each(async |place, database| {
        let mut write = database.write().await.unwrap();
        for name in ["one", "two"] {
            insert(&mut write, name, 0).await.unwrap();
        }
        write.commit().await.unwrap();
        let asked = Asked::default();
        let ask = |names| asked.ask(&database, Names(names));
        let mut first = pin!(ask(vec!["one", "none"]));
        let mut leads = Box::pin(ask(vec!["one"]));
        let mut both = pin!(ask(vec!["two", "one"]));
        let mut none = pin!(ask(vec![]));
        begin(first.as_mut()).await;
        begin(leads.as_mut()).await;
        begin(both.as_mut()).await;
        begin(none.as_mut()).await;
        assert_eq!(first.await, Ok(vec!["one".to_owned()]), "{place}");
        begin(leads.as_mut()).await;
        drop(leads);
        let mut there = both.await.unwrap();
        there.sort();
        assert_eq!(there, ["one", "two"], "{place}");
        assert_eq!(none.await, Ok(vec![]), "{place}");
    })
    .await;
}

#[tokio::test]
async fn more_values_than_a_statement_takes_are_all_looked_for() {
    on_each(async |place, database| {
        let names: Vec<String> = (0..150).map(|number| format!("thing {number}")).collect();
        let mut rows = Rows::new(INSERT);
        for name in &names {
            rows.push([name.into(), 0_i64.into()]);
        }
        let mut write = database.write().await.unwrap();
        rows.write(&mut write).await.unwrap();
        write.commit().await.unwrap();
        let mut reader = database.readers().acquire().await.unwrap();
        let wanted = names.iter().map(Into::into).collect();
        let found = among(&mut reader, "SELECT name FROM things WHERE name IN", wanted).await;
        let mut found: Vec<String> = found.unwrap().iter().map(|row| row.get(0)).collect();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), names.len(), "{place}");
    })
    .await;
}
