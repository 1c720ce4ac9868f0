//! The form that `POST requests` takes: `application/x-www-form-urlencoded`.

use std::fmt;

use super::fields::{FieldsError, fields};

/// Most characters of an address: what browsers and proxies carry.
pub const MAX_ADDRESS: usize = 2_000;

/// A request as it is posted. Empty fields count as absent, unknown ones are passed over: clients
/// send whatever their other endpoints take.
#[derive(Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "each field means what GeoReport v2 says of it")]
pub struct NewRequest {
    pub api_key: Option<String>,
    pub jurisdiction_id: Option<String>,
    pub service_code: Option<String>,
    /// Degrees, WGS 84.
    pub lat: Option<f64>,
    /// Degrees, WGS 84.
    pub long: Option<f64>,
    pub address_string: Option<String>,
    pub address_id: Option<String>,
    pub email: Option<String>,
    /// Read, and kept nowhere: nothing is done with it here, and it follows a person around.
    pub device_id: Option<String>,
    /// Read, and kept nowhere: there are no accounts here.
    pub account_id: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub phone: Option<String>,
    pub description: Option<String>,
    /// Stored, never fetched.
    pub media_url: Option<String>,
    /// `attribute[code]=value`: each code once, with its values in their order.
    pub attributes: Vec<(String, Vec<String>)>,
}

/// Whether a body of this `Content-Type` can be read as a form; one that says nothing can.
///
/// # Errors
/// [`NotAForm`], which says what to send instead. XML and photos are not read.
pub fn form_media_type(content_type: Option<&[u8]>) -> Result<(), NotAForm> {
    let Some(content_type) = content_type else {
        return Ok(());
    };
    let kind = content_type.split(|&byte| byte == b';').next();
    let kind = kind.unwrap_or_default().trim_ascii();
    if kind.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
        Ok(())
    } else {
        Err(NotAForm)
    }
}

/// The sender's body is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAForm;

/// Why a form is not a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormError {
    /// The sender's form cannot be read.
    Fields(FieldsError),
    /// The sender's form has a field twice that can be there once.
    Repeated(&'static str),
    /// The sender's coordinate is not a number.
    NotANumber(&'static str),
    /// The sender's address of a picture is not a web address of up to [`MAX_ADDRESS`] characters.
    NotAnAddress(&'static str),
}

impl NewRequest {
    /// Reads a form's body.
    ///
    /// ```
    /// use balagh_shared::open311::NewRequest;
    /// let body = b"service_code=lighting.out&lat=26.4&long=50&attribute[extent]=one&email=";
    /// let request = NewRequest::from_form(body)?;
    /// assert_eq!(request.lat, Some(26.4));
    /// assert_eq!(request.email, None);
    /// assert_eq!(request.attributes, [("extent".to_owned(), vec!["one".to_owned()])]);
    /// # Ok::<(), balagh_shared::open311::FormError>(())
    /// ```
    ///
    /// # Errors
    /// [`FormError`], the first that applies.
    pub fn from_form(body: &[u8]) -> Result<NewRequest, FormError> {
        let mut request = NewRequest::default();
        for (name, value) in fields(body).map_err(FormError::Fields)? {
            request.take(&name, &value)?;
        }
        Ok(request)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), FormError> {
        let (field, name) = match name {
            "api_key" => (&mut self.api_key, "api_key"),
            "jurisdiction_id" => (&mut self.jurisdiction_id, "jurisdiction_id"),
            "service_code" => (&mut self.service_code, "service_code"),
            "address_string" => (&mut self.address_string, "address_string"),
            "address_id" => (&mut self.address_id, "address_id"),
            "email" => (&mut self.email, "email"),
            "device_id" => (&mut self.device_id, "device_id"),
            "account_id" => (&mut self.account_id, "account_id"),
            "first_name" => (&mut self.first_name, "first_name"),
            "last_name" => (&mut self.last_name, "last_name"),
            "phone" => (&mut self.phone, "phone"),
            "description" => (&mut self.description, "description"),
            "media_url" if !is_web_address(value) => {
                return Err(FormError::NotAnAddress("media_url"));
            }
            "media_url" => (&mut self.media_url, "media_url"),
            "lat" => return number(&mut self.lat, "lat", value),
            "long" => return number(&mut self.long, "long", value),
            other => {
                self.attribute(other, value);
                return Ok(());
            }
        };
        once(field, name, value.to_owned())
    }

    /// `attribute[code]`, or `attribute[code][]` as some clients write a list.
    fn attribute(&mut self, name: &str, value: &str) {
        let code = name
            .strip_prefix("attribute[")
            .map(|rest| rest.strip_suffix("[]").unwrap_or(rest))
            .and_then(|rest| rest.strip_suffix(']'));
        let Some(code) = code else { return };
        match self.attributes.iter_mut().find(|(known, _)| known == code) {
            Some((_, values)) => values.push(value.to_owned()),
            None => self
                .attributes
                .push((code.to_owned(), vec![value.to_owned()])),
        }
    }
}

/// Whether somebody could open it: it is stored and shown to staff, never fetched here.
fn is_web_address(text: &str) -> bool {
    let is_written = |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"');
    let scheme = ["https://", "http://"];
    let mut rest = scheme.iter().filter_map(|scheme| text.strip_prefix(scheme));
    rest.next().is_some_and(|rest| !rest.is_empty())
        && text.len() <= MAX_ADDRESS
        && text.bytes().all(is_written)
}

fn number(field: &mut Option<f64>, name: &'static str, value: &str) -> Result<(), FormError> {
    let number: f64 = value.parse().map_err(|_| FormError::NotANumber(name))?;
    if !number.is_finite() {
        return Err(FormError::NotANumber(name));
    }
    once(field, name, number)
}

fn once<T>(field: &mut Option<T>, name: &'static str, value: T) -> Result<(), FormError> {
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(FormError::Repeated(name)),
    }
}

/// Personal data and keys never reach a log through `{:?}`.
impl fmt::Debug for NewRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRequest")
            .field("service_code", &self.service_code)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormError::Fields(error) => error.fmt(f),
            FormError::Repeated(name) => write!(f, "{name} is there twice"),
            FormError::NotAnAddress(name) => write!(
                f,
                "{name} is not a web address (http or https) of up to {MAX_ADDRESS} characters"
            ),
            FormError::NotANumber(name) => write!(f, "{name} is not a number of degrees"),
        }
    }
}

impl std::error::Error for FormError {}

impl fmt::Display for NotAForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "send the fields as application/x-www-form-urlencoded, and a picture by its address in \
             media_url",
        )
    }
}

impl std::error::Error for NotAForm {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open311::MAX_FIELDS;
    use proptest::prelude::*;

    #[track_caller]
    fn check(body: &str, expected: Result<NewRequest, FormError>) {
        assert_eq!(NewRequest::from_form(body.as_bytes()), expected, "{body}");
    }

    #[test]
    fn text_in_any_script_is_decoded_and_empty_fields_are_absent() {
        check(
            "description=%D8%AD%D9%81%D8%B1%D8%A9+%D9%87%D9%86%D8%A7&phone=&first_name=%20",
            Ok(NewRequest {
                description: Some("حفرة هنا".into()),
                ..NewRequest::default()
            }),
        );
    }

    #[test]
    fn a_list_is_written_by_repeating_the_attribute() {
        let attributes = vec![("kinds".into(), vec!["a".into(), "b".into(), "c".into()])];
        check(
            "attribute[kinds]=a&attribute%5Bkinds%5D=b&attribute[kinds][]=c&attribute[=x",
            Ok(NewRequest {
                attributes,
                ..NewRequest::default()
            }),
        );
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        check("lat=north", Err(FormError::NotANumber("lat")));
        check("long=inf", Err(FormError::NotANumber("long")));
        check("lat=1&lat=2", Err(FormError::Repeated("lat")));
        check("phone=1&phone=2", Err(FormError::Repeated("phone")));
        let address = Err(FormError::NotAnAddress("media_url"));
        check("media_url=javascript:alert(1)", address.clone());
        check("media_url=https://a/%22%3E%3Cscript%3E", address.clone());
        check(
            &format!("media_url=https://{}", "a".repeat(MAX_ADDRESS)),
            address,
        );
        check(
            &"a=1&".repeat(MAX_FIELDS + 1),
            Err(FormError::Fields(FieldsError::TooMany)),
        );
    }

    proptest! {
        #[test]
        fn no_body_panics(body: Vec<u8>) {
            let _ = NewRequest::from_form(&body);
        }
    }
}
