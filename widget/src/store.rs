//! What is kept on the device: one record per draft, photos included, in IndexedDB.
//!
//! A device that forbids storage, is full or takes it back is no reason to refuse a report: then
//! nothing is kept, and the form says so.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{
    IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbTransactionMode,
};

use crate::js;

const STORE: &str = "reports";
const VERSION: u32 = 1;

/// The device's store, open.
#[derive(Clone)]
pub(crate) struct Store(IdbDatabase);

impl Store {
    /// Opens the store of this edge and municipality.
    ///
    /// # Errors
    /// When the browser forbids it.
    pub(crate) async fn open(edge: &str, municipality: &str) -> Result<Store, JsValue> {
        let factory: IdbFactory = js::get(&js::window(), "indexedDB").dyn_into()?;
        let name = ["balagh ", edge, " ", municipality].concat();
        let request: IdbOpenDbRequest = factory.open_with_u32(&name, VERSION)?;
        let upgrading = request.clone();
        let upgrade = Closure::once_into_js(move || {
            if let Ok(database) = upgrading
                .result()
                .and_then(|it| it.dyn_into::<IdbDatabase>())
            {
                let _ = database.create_object_store(STORE);
            }
        });
        request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
        let database: IdbDatabase = done(&request).await?.dyn_into()?;
        // Another tab may bring a newer version: this one must not stand in its way.
        let closing = database.clone();
        let close = Closure::<dyn Fn()>::wrap(Box::new(move || closing.close())).into_js_value();
        database.set_onversionchange(Some(close.unchecked_ref()));
        Ok(Store(database))
    }

    /// Keeps `record` under `key`: it is on the device when this is done, not only under way.
    ///
    /// # Errors
    /// When the device is full or forbids it.
    pub(crate) async fn put(&self, key: &str, record: &JsValue) -> Result<(), JsValue> {
        let (records, change) = self.records(IdbTransactionMode::Readwrite)?;
        records.put_with_key(record, &key.into())?;
        committed(&change).await
    }

    /// Keeps `record` under `key` in place of what is under `old`: both or neither, so that what was
    /// kept stays where the device has no room for what replaces it.
    ///
    /// # Errors
    /// When the device is full or forbids it.
    pub(crate) async fn replace(
        &self,
        old: &str,
        key: &str,
        record: &JsValue,
    ) -> Result<(), JsValue> {
        let (records, change) = self.records(IdbTransactionMode::Readwrite)?;
        // In this order: what a browser refuses at once has taken nothing away.
        records.put_with_key(record, &key.into())?;
        records.delete(&old.into())?;
        committed(&change).await
    }

    /// Forgets what is under `key`.
    ///
    /// # Errors
    /// When the device forbids it.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), JsValue> {
        let (records, change) = self.records(IdbTransactionMode::Readwrite)?;
        records.delete(&key.into())?;
        committed(&change).await
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// When the device forbids it.
    pub(crate) async fn clear(&self) -> Result<(), JsValue> {
        let (records, change) = self.records(IdbTransactionMode::Readwrite)?;
        records.clear()?;
        committed(&change).await
    }

    /// What is kept under `key`; `undefined` where that is nothing.
    ///
    /// # Errors
    /// When the device forbids it.
    pub(crate) async fn one(&self, key: &str) -> Result<JsValue, JsValue> {
        let (records, _) = self.records(IdbTransactionMode::Readonly)?;
        done(&records.get(&key.into())?).await
    }

    /// All that is kept.
    ///
    /// # Errors
    /// When the device forbids it.
    pub(crate) async fn all(&self) -> Result<Vec<JsValue>, JsValue> {
        let (records, _) = self.records(IdbTransactionMode::Readonly)?;
        Ok(Array::from(&done(&records.get_all()?).await?).to_vec())
    }

    fn records(
        &self,
        mode: IdbTransactionMode,
    ) -> Result<(IdbObjectStore, IdbTransaction), JsValue> {
        let change = self.0.transaction_with_str_and_mode(STORE, mode)?;
        Ok((change.object_store(STORE)?, change))
    }
}

/// Ends the change, and waits until it is on the device. Ended here and not by itself: a page that
/// is being left does not come to the end that browsers add.
async fn committed(change: &IdbTransaction) -> Result<(), JsValue> {
    let ended = Promise::new(&mut |resolve: Function, reject: Function| {
        change.set_oncomplete(Some(&resolve));
        change.set_onabort(Some(&reject));
    });
    js::call(change, "commit", &[]);
    match js::settled(ended.into()).await {
        Ok(_) => Ok(()),
        Err(_) => Err(js::get(change, "error")),
    }
}

/// The request's result, once it has one.
async fn done(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let ended = Promise::new(&mut |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    js::settled(ended.into()).await?;
    request.result()
}
