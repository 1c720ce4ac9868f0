//! Open311 GeoReport v2: its types, what they mean in ours, and how they are written.
//!
//! | module | idea |
//! | --- | --- |
//! | [`answer`] | everything the specification answers with |
//! | `encode` | those as JSON and as XML |
//! | `fields` | fields of forms and queries |
//! | `form` | the form that `POST requests` takes |
//! | `intake` | from that form to a report |
//! | [`outgoing`] | from a report of ours to another city's endpoint |
//! | `records` | lists that endpoints answer with |
//! | `words` | the few sentences that go along, in six languages |
//!
//! The JSON is by the convention that Spark set and most clients expect: bare arrays, ids as
//! strings, every field present, absent values `null`. The XML is transcribed from it, so that the
//! two cannot differ.

pub mod answer;
mod encode;
mod fields;
mod form;
mod intake;
pub mod outgoing;
mod records;
mod words;

pub use answer::{
    Attribute, AttributeValue, Created, Definition, Discovery, Endpoint, Extended, Fault, Request,
    Service, ServiceType, Status, Token,
};
pub use encode::{Answer, Format, encode};
pub use fields::{FieldsError, MAX_FIELDS, fields, path_segment};
pub use form::{FormError, MAX_ADDRESS, NewRequest, NotAForm, form_media_type};
pub use intake::report_of;
pub use words::expected_by;
