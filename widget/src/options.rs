//! What the loader hands over.

use std::cell::RefCell;

use balagh_shared::municipality::PublicMunicipality;
use wasm_bindgen::prelude::*;

use crate::later::{Later, later};
use crate::locale::Locale;
use crate::{document, js};

/// The loader's options, read once.
pub(crate) struct Options {
    /// The edge's address without a slash at its end.
    pub(crate) edge: String,
    /// The municipality's id.
    pub(crate) municipality: String,
    /// Its public document, with the labels of the language shown.
    document: RefCell<PublicMunicipality>,
    /// Languages that both the document and this build have, the document's default first.
    pub(crate) languages: Vec<String>,
    /// Whether the page wants the first title focused.
    pub(crate) autofocus: bool,
    /// The element of the screens' titles, by what stands around the widget: `h1` to `h6`.
    pub(crate) heading: &'static str,
    /// What comes after the first stop, unless this widget begins without it.
    pub(crate) later: Option<&'static dyn Later>,
    functions: JsValue,
}

impl Options {
    /// Reads the options and the language to begin with.
    ///
    /// # Errors
    /// In words for the page's developer: which option, and that the edge and this widget are of
    /// different ages where the document cannot be read.
    pub(crate) fn read(options: &JsValue) -> Result<(&'static Options, Locale), JsValue> {
        let text = |key: &str| {
            js::text(options, key)
                .ok_or_else(|| JsValue::from_str(&["option missing: ", key].concat()))
        };
        let document = js::get(options, "document");
        let protocol = js::number(&document, "protocol");
        if protocol != Some(f64::from(balagh_shared::PROTOCOL)) {
            // The loader knows it by its first word.
            return Err("protocol: the edge speaks another one than this widget".into());
        }
        let later = later().filter(|_| !js::get(options, "handOver").is_function());
        let document = read(later, &document);
        let built = js_sys::Array::from(&js::get(options, "languages"));
        let languages = document
            .languages
            .iter()
            .filter(|lang| built.includes(&lang.as_str().into(), 0))
            .cloned()
            .collect();
        let locale = Locale::new(text("lang")?, js::get(options, "locale"));
        let options = Options {
            edge: text("edge")?,
            municipality: text("municipality")?,
            document: RefCell::new(document),
            languages,
            autofocus: js::get(options, "autofocus").is_truthy(),
            heading: heading(&js::text(options, "headingLevel").unwrap_or_default()),
            later,
            functions: options.clone(),
        };
        // As long-lived as the page, like the signals; see `live`.
        Ok((Box::leak(Box::new(options)), locale))
    }

    /// Runs `with` on the public document.
    pub(crate) fn document<T>(&self, with: impl FnOnce(&PublicMunicipality) -> T) -> T {
        with(&self.document.borrow())
    }

    /// Takes the document in another language, unless it is none or another municipality's.
    pub(crate) fn relabel(&self, document: &JsValue) {
        let id = js::text(document, "id");
        if id.as_deref() == Some(&self.municipality) {
            self.document.replace(read(self.later, document));
        }
    }

    /// The signed token that the page gives for who is signed in there; empty where it gives none.
    pub(crate) fn identity(&self) -> String {
        let token = js::call(&self.functions, "identity", &[]);
        token.as_string().unwrap_or_default()
    }

    /// The address of `path` at the edge, under the municipality.
    pub(crate) fn url(&self, path: &str) -> String {
        [&self.edge, "/v1/", &self.municipality, path].concat()
    }
}

fn read(later: Option<&dyn Later>, of: &JsValue) -> PublicMunicipality {
    let mut document = document::read(of);
    if let Some(later) = later {
        later.document(&mut document, of);
    }
    document
}

fn heading(level: &str) -> &'static str {
    match level {
        "1" => "h1",
        "3" => "h3",
        "4" => "h4",
        "5" => "h5",
        "6" => "h6",
        _ => "h2",
    }
}

/// The map module of `options`, fetched when first asked for: with `tiles`, or the smaller one
/// without.
///
/// Wasm has no `import()`: the loader lends its own.
///
/// # Errors
/// When it cannot be fetched.
pub(crate) async fn map_module(functions: JsValue, tiles: bool) -> Result<JsValue, JsValue> {
    module(functions, "importMap", &[tiles.into()]).await
}

/// The photo module, fetched when first asked for.
///
/// # Errors
/// When it cannot be fetched.
pub(crate) async fn photo_module(functions: JsValue) -> Result<JsValue, JsValue> {
    module(functions, "importPhoto", &[]).await
}

/// Fetches a part of the form that few need, and hands it in.
///
/// # Errors
/// When it cannot be fetched.
pub(crate) async fn part(functions: JsValue, name: &str) -> Result<(), JsValue> {
    module(functions, "importPart", &[name.into()])
        .await
        .map(drop)
}

/// The module that draws and prints receipts, fetched when first asked for.
///
/// # Errors
/// When it cannot be fetched.
pub(crate) async fn receipt_module(functions: JsValue) -> Result<JsValue, JsValue> {
    module(functions, "importReceipt", &[]).await
}

/// The module that compiles a page's own boundaries, fetched when first asked for.
///
/// # Errors
/// When it cannot be fetched.
pub(crate) async fn boundaries_module(functions: JsValue) -> Result<JsValue, JsValue> {
    module(functions, "importBoundaries", &[]).await
}

/// Asks the loader to show the widget in `lang`: it fetches the words and the labels, and calls
/// `Handle::set_language`.
///
/// # Errors
/// When the words cannot be fetched.
pub(crate) async fn set_language(functions: JsValue, lang: &str) -> Result<(), JsValue> {
    let done = js::call(&functions, "setLanguage", &[lang.into()]);
    js::settled(done).await.map(drop)
}

async fn module(functions: JsValue, name: &str, of: &[JsValue]) -> Result<JsValue, JsValue> {
    let module = js::settled(js::call(&functions, name, of)).await?;
    if module.is_object() {
        Ok(module)
    } else {
        Err(module)
    }
}

impl Options {
    /// What [`map_module`], [`photo_module`] and [`set_language`] take.
    pub(crate) fn functions(&self) -> JsValue {
        self.functions.clone()
    }
}
