//! A database as an object has it: one statement after the other, each done when it returns.

use super::StoreError;

/// What runs statements.
pub trait Sql {
    /// Runs one statement, whose place holders are `$1`, `$2` and so on, and gives its rows.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where a row that must be the only one is there already;
    /// [`StoreError::Storage`] for everything else.
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, StoreError>;

    /// Runs a script of several statements without place holders.
    ///
    /// # Errors
    /// [`StoreError::Storage`].
    fn run_script(&self, script: &str) -> Result<(), StoreError>;
}

/// A statement with its numbered place holders as SQLite counts them: `?1`. Its own `$1` is a name, and
/// is counted by where it stands first.
#[must_use]
pub fn numbered(statement: &str) -> String {
    statement.replace('$', "?")
}

/// A value in a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number; JavaScript's are exact to 2⁵³.
    Integer(i64),
    /// Degrees.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A row's values, in the order of its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(Vec<Value>);

/// What a value is read as.
pub trait Read: Sized {
    /// The value; nothing where it is something else.
    fn read(value: &Value) -> Option<Self>;
}

impl Row {
    /// A row of these values.
    #[must_use]
    pub fn new(values: Vec<Value>) -> Row {
        Row(values)
    }

    /// The value of a column.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where there is none of that kind.
    pub fn at<T: Read>(&self, column: usize) -> Result<T, StoreError> {
        let value = self.0.get(column).and_then(T::read);
        value.ok_or(StoreError::Corrupt("a column"))
    }
}

impl Read for String {
    fn read(value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Read for i64 {
    fn read(value: &Value) -> Option<i64> {
        match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl Read for bool {
    fn read(value: &Value) -> Option<bool> {
        i64::read(value).map(|number| number != 0)
    }
}

impl Read for f64 {
    fn read(value: &Value) -> Option<f64> {
        match value {
            Value::Real(number) => Some(*number),
            // JavaScript has one kind of number, and writes 50.0 as 50.
            Value::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }
}

impl Read for Vec<u8> {
    fn read(value: &Value) -> Option<Vec<u8>> {
        match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &Value) -> Option<Option<T>> {
        match value {
            Value::Null => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Integer(number.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Value {
        Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Integer(truth.into())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Real(number)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Value {
        Value::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// The values of a statement, each by its own kind.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::durable::sql::Value::from($value)),*] };
}
pub(crate) use values;
