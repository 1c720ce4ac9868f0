//! Files of photos, under the municipality and the SHA-256 of their bytes: what `ledger.mjs` makes of an
//! R2 bucket.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// `{get(name) → bytes, put(name, bytes), has(name), remove(name), isLeaving(name), names(prefix,
    /// before) → names}`, all but `isLeaving` promises.
    pub type Bucket;

    #[wasm_bindgen(method, js_name = get)]
    fn file(this: &Bucket, name: &str) -> Promise;

    #[wasm_bindgen(method, js_name = put)]
    fn put_file(this: &Bucket, name: &str, bytes: Vec<u8>) -> Promise;

    #[wasm_bindgen(method, js_name = has)]
    fn has_file(this: &Bucket, name: &str) -> Promise;

    #[wasm_bindgen(method, js_name = remove)]
    fn remove_file(this: &Bucket, name: &str) -> Promise;

    #[wasm_bindgen(method, js_name = isLeaving)]
    fn is_leaving_file(this: &Bucket, name: &str) -> bool;

    #[wasm_bindgen(method)]
    fn names(this: &Bucket, prefix: &str, before_ms: f64) -> Promise;
}

impl Bucket {
    /// A file's bytes; nothing where there is none.
    pub(super) async fn read(
        &self,
        municipality: &str,
        sha256: &str,
    ) -> Result<Option<Vec<u8>>, JsValue> {
        let found = JsFuture::from(self.file(&file_name(municipality, sha256))).await?;
        Ok(found.is_object().then(|| Uint8Array::new(&found).to_vec()))
    }

    /// Keeps a file.
    pub(super) async fn write(
        &self,
        municipality: &str,
        sha256: &str,
        bytes: Vec<u8>,
    ) -> Result<(), JsValue> {
        JsFuture::from(self.put_file(&file_name(municipality, sha256), bytes)).await?;
        Ok(())
    }

    /// Whether there is such a file.
    pub(super) async fn has(&self, municipality: &str, sha256: &str) -> Result<bool, JsValue> {
        let has = JsFuture::from(self.has_file(&file_name(municipality, sha256))).await?;
        Ok(has.is_truthy())
    }

    /// Whether a file is being removed just now.
    pub(super) fn is_leaving(&self, municipality: &str, sha256: &str) -> bool {
        self.is_leaving_file(&file_name(municipality, sha256))
    }

    /// Removes a file, if it is there.
    pub(super) async fn remove(&self, municipality: &str, sha256: &str) -> Result<(), JsValue> {
        JsFuture::from(self.remove_file(&file_name(municipality, sha256))).await?;
        Ok(())
    }

    /// The hashes of files that were kept before `before_ms`, in milliseconds since 1970.
    pub(super) async fn old(
        &self,
        municipality: &str,
        before_ms: i64,
    ) -> Result<Vec<String>, JsValue> {
        let prefix = file_name(municipality, "");
        let names = JsFuture::from(self.names(&prefix, before_ms as f64)).await?;
        let hash = |name: JsValue| Some(name.as_string()?.strip_prefix(&prefix)?.to_owned());
        Ok(js_sys::Array::from(&names)
            .iter()
            .filter_map(hash)
            .collect())
    }
}

/// What a photo's file is called. A municipality's id holds no slash.
pub(in super::super) fn file_name(municipality: &str, sha256: &str) -> String {
    format!("{municipality}/{sha256}")
}
