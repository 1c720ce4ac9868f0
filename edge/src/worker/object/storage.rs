//! The object's storage as a database, and its alarm: what `ledger.mjs` makes of `ctx.storage`.

use balagh_shared::municipality::{Algorithm, Jwk};
use balagh_shared::time::Timestamp;
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::super::configured::Configured;
use crate::durable::sql::{Row, Sql, Value, numbered};
use crate::durable::{Keeper, StoreError};

#[wasm_bindgen]
extern "C" {
    /// `{exec(statement, values) → rows, script(text), transact(body) → refusal, wake(at), verifies(…),
    /// instance}`.
    #[derive(Clone)]
    pub type Storage;

    #[wasm_bindgen(method, catch)]
    fn exec(this: &Storage, statement: &str, values: &Array) -> Result<Array, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn script(this: &Storage, text: &str) -> Result<(), JsValue>;

    // Not caught: a trap within must end the instance, and takes the transaction back on its way.
    #[wasm_bindgen(method)]
    fn transact(this: &Storage, body: &mut dyn FnMut() -> bool) -> Option<String>;

    #[wasm_bindgen(method)]
    fn wake(this: &Storage, at_ms: f64);

    /// Whether a signature over `signed` is the key's, a JSON Web Key, by its one algorithm.
    #[wasm_bindgen(method, js_name = verifies)]
    fn verifies_by(
        this: &Storage,
        key: &str,
        algorithm: &str,
        signature: &Uint8Array,
        signed: &Uint8Array,
    ) -> Promise;

    /// Whether the tables were brought up to date in this life of the object.
    #[wasm_bindgen(method, getter, js_name = isPrepared)]
    fn is_prepared(this: &Storage) -> bool;

    #[wasm_bindgen(method, setter, js_name = isPrepared)]
    fn set_is_prepared(this: &Storage, is_prepared: bool);

    /// A number that no other life of an object in this isolate has.
    #[wasm_bindgen(method, getter)]
    pub(super) fn instance(this: &Storage) -> f64;
}

impl Storage {
    /// Does something with the ledger in it.
    pub(super) fn keeper<T>(
        &self,
        edge: &Configured,
        work: impl FnOnce(&Keeper<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(&Keeper::new(self, &edge.behind.secrets.seals))
    }

    /// Brings the tables up to date, once in the life of the object: all of them, or none.
    pub(super) fn prepare(&self) -> Result<(), StoreError> {
        if self.is_prepared() {
            return Ok(());
        }
        self.all_or_nothing(|| Keeper::prepare(self))?;
        self.set_is_prepared(true);
        Ok(())
    }

    /// Does something with the ledger in it: all of it, or nothing where it fails.
    pub(super) fn at_once<T>(
        &self,
        edge: &Configured,
        mut work: impl FnMut(&Keeper<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.all_or_nothing(|| self.keeper(edge, &mut work))
    }

    fn all_or_nothing<T>(
        &self,
        mut work: impl FnMut() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut outcome = None;
        let refused = self.transact(&mut || {
            let done = work();
            let is_done = done.is_ok();
            outcome = Some(done);
            is_done
        });
        match (refused, outcome) {
            (Some(why), Some(Ok(_)) | None) => Err(StoreError::Storage(why)),
            (_, Some(done)) => done,
            (None, None) => Err(StoreError::Storage("nothing was done".to_owned())),
        }
    }

    /// Whether `signature` over `signed` is `key`'s, by the one algorithm the key has.
    pub(super) async fn verifies(&self, key: &Jwk, signed: &[u8], signature: &[u8]) -> bool {
        let Ok(json) = serde_json::to_string(key) else {
            return false;
        };
        let algorithm = match key.alg {
            Algorithm::Es256 => "ES256",
            Algorithm::Rs256 => "RS256",
        };
        let [signature, signed] = [signature, signed].map(Uint8Array::from);
        let verified =
            JsFuture::from(self.verifies_by(&json, algorithm, &signature, &signed)).await;
        verified.is_ok_and(|verified| verified.is_truthy())
    }

    /// Sets the alarm, in place of one that was set. It goes to the disk with what was just written.
    pub(super) fn wake_at(&self, at: Timestamp) {
        self.wake(at.millis() as f64);
    }
}

impl Sql for Storage {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let bound: Array = values.iter().map(bound).collect();
        let rows = self.exec(&numbered(statement), &bound).map_err(refused)?;
        Ok(rows.iter().map(|row| row_of(&Array::from(&row))).collect())
    }

    fn run_script(&self, script: &str) -> Result<(), StoreError> {
        // The runtime takes a comment after the last statement for one that says nothing.
        let is_said = |line: &&str| !line.trim_start().starts_with("--");
        let said: Vec<&str> = script.lines().filter(is_said).collect();
        self.script(said.join("\n").trim_end()).map_err(refused)
    }
}

fn bound(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Integer(number) => JsValue::from_f64(*number as f64),
        Value::Real(number) => JsValue::from_f64(*number),
        Value::Text(text) => JsValue::from_str(text),
        Value::Bytes(bytes) => Uint8Array::from(bytes.as_slice()).into(),
    }
}

fn row_of(row: &Array) -> Row {
    Row::new(row.iter().map(|value| read(&value)).collect())
}

fn read(value: &JsValue) -> Value {
    if let Some(text) = value.as_string() {
        return Value::Text(text);
    }
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 => Value::Integer(number as i64),
        Some(number) => Value::Real(number),
        None if value.is_object() => Value::Bytes(Uint8Array::new(value).to_vec()),
        None => Value::Null,
    }
}

/// Why a statement was not run. SQLite names the columns of a row that must be the only one, never what
/// stands in them.
fn refused(error: JsValue) -> StoreError {
    let said = js_sys::Error::from(error).message();
    let said = String::from(said);
    if said.contains("UNIQUE constraint failed") {
        StoreError::Conflict
    } else {
        StoreError::Storage(said)
    }
}
