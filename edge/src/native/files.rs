//! Files from a folder: the widget's, and the municipality's own site.

use std::path::PathBuf;

use crate::http::{Request, Response};
use crate::served::etag;

/// A folder whose files are served.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    root: PathBuf,
}

/// Files that keep their name over releases are asked for again after five minutes.
const SHORT: &str = "public, max-age=300";
/// Files that carry their content's hash or a version in their name never change.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// The municipality's own page: asked for each time, sent only when it changed.
const REVALIDATE: &str = "no-cache";

/// Scripts and wasm of our own and nothing from anywhere else; pictures that a script drew.
const SITE_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'self'";

impl Files {
    pub(crate) fn new(root: PathBuf) -> Files {
        Files { root }
    }

    /// A file of the widget; nothing where there is none.
    pub(crate) async fn widget(&self, path: &str, request: &Request) -> Option<Response> {
        let cache = if path.contains('/') { IMMUTABLE } else { SHORT };
        self.read(path, request, cache).await
    }

    /// A file of the site, `index.html` for a folder; nothing where there is none.
    pub(crate) async fn site(&self, path: &str, request: &Request) -> Option<Response> {
        let folder = path.is_empty() || path.ends_with('/');
        let path = if folder {
            format!("{path}index.html")
        } else {
            path.to_owned()
        };
        let response = self.read(&path, request, REVALIDATE).await?;
        Some(
            response
                .with("content-security-policy", SITE_POLICY)
                .with("referrer-policy", "strict-origin-when-cross-origin"),
        )
    }

    async fn read(&self, path: &str, request: &Request, cache: &str) -> Option<Response> {
        let name = safe(path)?;
        let media_type = media_type(name);
        // The build compresses once, at the strongest level; what it did not, the server does.
        let compressed = if accepts_brotli(request) {
            tokio::fs::read(self.root.join(format!("{name}.br")))
                .await
                .ok()
        } else {
            None
        };
        let is_compressed = compressed.is_some();
        let body = match compressed {
            Some(body) => body,
            None => tokio::fs::read(self.root.join(name)).await.ok()?,
        };
        let tag = etag(&body);
        let known = request
            .headers
            .get("if-none-match")
            .is_some_and(|known| known == tag);
        let mut response = if known {
            Response::empty(304)
        } else {
            Response::new(200, media_type, body)
        };
        if is_compressed && !known {
            response.headers.add("content-encoding", "br");
        }
        response.headers.add_token("vary", "Accept-Encoding");
        Some(response.with("etag", tag).with("cache-control", cache))
    }
}

/// The path, if each part of it is an ordinary name: nothing hidden, nothing that climbs, nothing
/// encoded. Our own files have no other names.
fn safe(path: &str) -> Option<&str> {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'@');
    let is_name =
        |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(is_plain);
    path.split('/').all(is_name).then_some(path)
}

fn accepts_brotli(request: &Request) -> bool {
    request
        .headers
        .get("accept-encoding")
        .is_some_and(|accepted| {
            accepted.split(',').any(|one| {
                let mut parts = one.split(';').map(str::trim);
                parts.next() == Some("br") && !parts.any(|weight| weight == "q=0")
            })
        })
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "ts" | "txt" => "text/plain; charset=utf-8",
        "json" | "map" => "application/json",
        "geojson" => "application/geo+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: bool) {
        assert_eq!(safe(path).is_some(), expected, "{path}");
    }

    #[test]
    fn no_path_leaves_the_folder() {
        check("balagh.js", true);
        check("a/balagh-1a2b_bg.wasm", true);
        check("r/0.1.0/balagh.js", true);
        for path in [
            "",
            "../edge.toml",
            "a/../../x",
            "a//x",
            "/etc/passwd",
            ".git/config",
            "a/.x",
        ] {
            check(path, false);
        }
        for path in ["a\\..\\x", "%2e%2e/x", "a/x\0", "بلاغ"] {
            check(path, false);
        }
    }
}
