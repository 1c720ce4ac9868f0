//! Where photos are kept, if not in files beside the ledger: a bucket of a store that speaks S3.

use serde::Deserialize;

/// The section `[photos]`. Whoever may write to the bucket stands in the environment:
/// `BALAGH_PHOTOS_KEY_ID` and `BALAGH_PHOTOS_SECRET`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketConfig {
    /// The bucket's name.
    pub bucket: String,
    /// The store's address, such as `https://s3.example.sa`; Amazon's own where there is none.
    #[serde(default, deserialize_with = "super::address::optional_base")]
    pub endpoint: Option<String>,
    /// The store's region.
    #[serde(default = "region")]
    pub region: String,
    /// What the names of the photos begin with in the bucket: a folder's name, without a slash at its
    /// ends.
    #[serde(default)]
    pub prefix: String,
}

/// What stores that have no regions are asked for.
fn region() -> String {
    "us-east-1".to_owned()
}
