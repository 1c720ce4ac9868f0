//! Files of photos, under the municipality and the SHA-256 of their bytes: what `ledger.mjs` makes of an
//! R2 bucket.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// `{get(name) → bytes, put(name, bytes), has(name), remove(names), isLeaving(name), names(prefix,
    /// before, after) → [next, ...names]}`, all but `isLeaving` promises.
    pub type Bucket;

    #[wasm_bindgen(method, js_name = get)]
    fn file(this: &Bucket, name: &str) -> Promise;

    #[wasm_bindgen(method, js_name = put)]
    fn put_file(this: &Bucket, name: &str, bytes: Vec<u8>) -> Promise;

    #[wasm_bindgen(method, js_name = has)]
    fn has_file(this: &Bucket, name: &str) -> Promise;

    #[wasm_bindgen(method, js_name = remove)]
    fn remove_files(this: &Bucket, names: Vec<String>) -> Promise;

    #[wasm_bindgen(method, js_name = isLeaving)]
    fn is_leaving_file(this: &Bucket, name: &str) -> bool;

    #[wasm_bindgen(method)]
    fn names(this: &Bucket, prefix: &str, before_ms: f64, after: &str) -> Promise;
}

/// Some of the files that are old.
#[derive(Default)]
pub(super) struct Old {
    /// Their hashes.
    pub(super) files: Vec<String>,
    /// The name to go on after; empty where there are no more.
    pub(super) next: String,
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

    /// Removes those of these files that are there. From the call on they are leaving.
    pub(super) async fn remove(&self, municipality: &str, files: &[String]) -> Result<(), JsValue> {
        let names = files.iter().map(|file| file_name(municipality, file));
        JsFuture::from(self.remove_files(names.collect())).await?;
        Ok(())
    }

    /// Files that were kept before `before_ms`, in milliseconds since 1970, some thousands in the order of
    /// their names, after the name `after`.
    pub(super) async fn old(
        &self,
        municipality: &str,
        before_ms: i64,
        after: &str,
    ) -> Result<Old, JsValue> {
        let prefix = file_name(municipality, "");
        let names = JsFuture::from(self.names(&prefix, before_ms as f64, after)).await?;
        let mut names = js_sys::Array::from(&names).to_vec().into_iter();
        let next = names.next().and_then(|name| name.as_string());
        let hash = |name: JsValue| Some(name.as_string()?.strip_prefix(&prefix)?.to_owned());
        Ok(Old {
            files: names.filter_map(hash).collect(),
            next: next.unwrap_or_default(),
        })
    }
}

/// What a photo's file is called. A municipality's id holds no slash.
pub(in super::super) fn file_name(municipality: &str, sha256: &str) -> String {
    format!("{municipality}/{sha256}")
}
