//! The rules, numbered: what an endpoint must and should do, each with the section of the
//! specification it is from. What a rule says is data; how it is judged is in [`super::checks`].

use serde::Serialize;

use super::checks::{Check, discovery, encoding, posting, requests, services};

/// How much a rule binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Level {
    /// Clients break where it is not kept.
    Must,
    /// Some clients break, or somebody is surprised.
    Should,
}

/// In which formats a rule is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// In each.
    Each,
    /// In XML alone.
    Xml,
    /// In JSON alone.
    Json,
    /// Once, about the endpoint.
    Endpoint,
}

/// A rule.
pub(super) struct Rule {
    /// Its number, which never changes.
    pub(super) id: &'static str,
    /// The specification's section.
    pub(super) section: &'static str,
    pub(super) level: Level,
    pub(super) of: Of,
    /// What is expected.
    pub(super) expected: &'static str,
    pub(super) check: Check,
}

use Level::{Must, Should};
use Of::{Each, Endpoint, Json, Xml};

const fn rule(
    id: &'static str,
    section: &'static str,
    level: Level,
    of: Of,
    expected: &'static str,
    check: Check,
) -> Rule {
    Rule {
        id,
        section,
        level,
        of,
        expected,
        check,
    }
}

const FORMATS: &str = "Format Support";
const ENCODING: &str = "Encoding";
const XML: &str = "XML Support";
const SPARK: &str = "JSON Support";
const OPTIONAL: &str = "Optional Arguments";
const JURISDICTION: &str = "jurisdiction_id";
const SERVICES: &str = "GET Service List";
const DEFINITION: &str = "GET Service Definition";
const CREATE: &str = "POST Service Request";
const TOKEN: &str = "GET service_request_id from a token";
const REQUESTS: &str = "GET Service Requests";
const ONE: &str = "GET Service Request";
const DISCOVERY: &str = "Service Discovery";
const DATES: &str = "Date/time format";
const PRACTICE: &str = "Practice beyond the specification";

/// All of them, in the order of the report.
pub(super) const RULES: &[Rule] = &[
    rule(
        "R-FMT-01",
        FORMATS,
        Must,
        Endpoint,
        "XML is offered: services.xml answers 200 with XML",
        encoding::xml_is_offered,
    ),
    rule(
        "R-FMT-02",
        FORMATS,
        Should,
        Endpoint,
        "JSON is offered: services.json answers 200 with JSON",
        encoding::json_is_offered,
    ),
    rule(
        "R-FMT-03",
        FORMATS,
        Must,
        Xml,
        "XML answers have Content-Type text/xml",
        encoding::xml_media_type,
    ),
    rule(
        "R-FMT-04",
        FORMATS,
        Must,
        Json,
        "JSON answers have Content-Type application/json",
        encoding::json_media_type,
    ),
    rule(
        "R-FMT-05",
        FORMATS,
        Should,
        Each,
        "Content-Type names charset=utf-8",
        encoding::charset,
    ),
    rule(
        "R-ENC-01",
        ENCODING,
        Must,
        Each,
        "every answer is encoded as UTF-8",
        encoding::utf8,
    ),
    rule(
        "R-ENC-02",
        ENCODING,
        Must,
        Xml,
        "an XML declaration with encoding=\"UTF-8\" precedes the root",
        encoding::declaration,
    ),
    rule(
        "R-XML-01",
        XML,
        Should,
        Xml,
        "no document type, namespace or prefix",
        encoding::foreign,
    ),
    rule(
        "R-JSN-01",
        SPARK,
        Must,
        Json,
        "lists are bare arrays, by the Spark convention",
        encoding::bare_arrays,
    ),
    rule(
        "R-SVC-01",
        SERVICES,
        Must,
        Each,
        "a list of services; <services> in XML",
        services::list,
    ),
    rule(
        "R-SVC-02",
        SERVICES,
        Must,
        Each,
        "each service has service_code, service_name, metadata (true or false) and type (realtime, batch or blackbox)",
        services::fields,
    ),
    rule(
        "R-SVC-03",
        SERVICES,
        Must,
        Each,
        "each service_code is there once",
        services::unique,
    ),
    rule(
        "R-SVC-04",
        SERVICES,
        Should,
        Json,
        "codes and names are text, metadata is a boolean",
        services::types,
    ),
    rule(
        "R-SVC-05",
        SERVICES,
        Should,
        Endpoint,
        "both formats list the same services",
        services::same,
    ),
    rule(
        "R-SVC-06",
        JURISDICTION,
        Must,
        Endpoint,
        "an unknown jurisdiction_id is answered with 404, or the parameter is ignored",
        services::elsewhere,
    ),
    rule(
        "R-DEF-01",
        DEFINITION,
        Must,
        Each,
        "a service with metadata=true has a definition with its service_code and a list of attributes; <service_definition> in XML",
        services::definition,
    ),
    rule(
        "R-DEF-02",
        DEFINITION,
        Must,
        Each,
        "each attribute has variable, code, datatype, required and description",
        services::attributes,
    ),
    rule(
        "R-DEF-03",
        DEFINITION,
        Must,
        Each,
        "attributes of the two list types have values, each with key and name",
        services::values,
    ),
    rule(
        "R-DEF-04",
        DEFINITION,
        Should,
        Each,
        "codes and orders of attributes are there once each",
        services::attributes_unique,
    ),
    rule(
        "R-DEF-05",
        DEFINITION,
        Must,
        Each,
        "an unknown service_code is answered with 404",
        services::unknown,
    ),
    rule(
        "R-REQ-01",
        REQUESTS,
        Must,
        Each,
        "a list of requests; <service_requests> of <request> in XML",
        requests::list,
    ),
    rule(
        "R-REQ-02",
        REQUESTS,
        Must,
        Each,
        "each request has service_request_id, status (open or closed), service_code and requested_datetime",
        requests::fields,
    ),
    rule(
        "R-REQ-03",
        DATES,
        Must,
        Each,
        "every date has a time and a zone",
        requests::dates,
    ),
    rule(
        "R-REQ-04",
        REQUESTS,
        Must,
        Each,
        "each service_request_id is there once",
        requests::unique,
    ),
    rule(
        "R-REQ-05",
        REQUESTS,
        Must,
        Each,
        "without dates at most 1000 requests of 90 days",
        requests::volume,
    ),
    rule(
        "R-REQ-06",
        REQUESTS,
        Should,
        Each,
        "lat and long are degrees, media_url is an address, description has 4000 characters at most",
        requests::optional_fields,
    ),
    rule(
        "R-REQ-07",
        REQUESTS,
        Must,
        Endpoint,
        "service_code gives requests of that service alone",
        requests::by_code,
    ),
    rule(
        "R-REQ-08",
        REQUESTS,
        Must,
        Endpoint,
        "status gives requests in that state alone",
        requests::by_status,
    ),
    rule(
        "R-REQ-09",
        REQUESTS,
        Must,
        Endpoint,
        "service_request_id gives the requests of a list separated by commas",
        requests::by_numbers,
    ),
    rule(
        "R-REQ-10",
        REQUESTS,
        Must,
        Endpoint,
        "start_date and end_date give requests made between them alone",
        requests::by_dates,
    ),
    rule(
        "R-REQ-11",
        OPTIONAL,
        Must,
        Endpoint,
        "empty parameters are as absent ones",
        requests::empty,
    ),
    rule(
        "R-REQ-12",
        REQUESTS,
        Should,
        Endpoint,
        "a start_date that is none is refused with 400",
        requests::bad_date,
    ),
    rule(
        "R-REQ-13",
        REQUESTS,
        Should,
        Json,
        "ids and codes are text, lat and long are numbers",
        requests::types,
    ),
    rule(
        "R-REQ-14",
        REQUESTS,
        Should,
        Each,
        "no request was changed before it was made",
        requests::order_of_times,
    ),
    rule(
        "R-REQ-15",
        REQUESTS,
        Should,
        Endpoint,
        "each service_code is one of the services",
        requests::known_services,
    ),
    rule(
        "R-ONE-01",
        ONE,
        Must,
        Each,
        "requests/{id} gives that request alone, in a list",
        requests::one,
    ),
    rule(
        "R-ONE-02",
        ONE,
        Must,
        Each,
        "an unknown service_request_id is answered with 404",
        requests::unknown,
    ),
    rule(
        "R-ONE-03",
        ONE,
        Should,
        Endpoint,
        "both formats say the same of a request",
        requests::same,
    ),
    rule(
        "R-TOK-01",
        TOKEN,
        Should,
        Endpoint,
        "an unknown token is refused with 404 or 400",
        requests::unknown_token,
    ),
    rule(
        "R-ERR-01",
        "Errors",
        Must,
        Each,
        "errors have code and description; <errors> of <error> in XML",
        encoding::error_bodies,
    ),
    rule(
        "R-ERR-02",
        "Errors",
        Should,
        Each,
        "the code in an error is the status it comes with",
        encoding::error_codes,
    ),
    rule(
        "R-ERR-03",
        "Errors",
        Must,
        Endpoint,
        "no refusal has another status than 400, 403 and 404",
        encoding::error_statuses,
    ),
    rule(
        "R-DIS-01",
        DISCOVERY,
        Must,
        Each,
        "discovery is there in both formats, in the endpoint or beside it",
        discovery::is_there,
    ),
    rule(
        "R-DIS-02",
        DISCOVERY,
        Must,
        Each,
        "discovery has changeset, contact, key_service and endpoints",
        discovery::fields,
    ),
    rule(
        "R-DIS-03",
        DISCOVERY,
        Must,
        Each,
        "each endpoint has specification, url, changeset, type (production or test) and formats",
        discovery::endpoints,
    ),
    rule(
        "R-DIS-04",
        DISCOVERY,
        Should,
        Each,
        "this endpoint is one of them, of GeoReport v2, in the formats it answers in",
        discovery::names_this,
    ),
    rule(
        "R-PST-01",
        CREATE,
        Must,
        Endpoint,
        "a request without api_key is refused",
        posting::without_key,
    ),
    rule(
        "R-PST-02",
        CREATE,
        Should,
        Endpoint,
        "a request without api_key is refused with 403",
        posting::without_key_403,
    ),
    rule(
        "R-PST-03",
        CREATE,
        Must,
        Endpoint,
        "a request without service_code is refused with 400",
        posting::without_service,
    ),
    rule(
        "R-PST-04",
        CREATE,
        Must,
        Endpoint,
        "a request to an unknown service_code is refused with 404 or 400",
        posting::unknown_service,
    ),
    rule(
        "R-PST-05",
        CREATE,
        Must,
        Endpoint,
        "a request is answered with its service_request_id or a token, in a list of one",
        posting::created,
    ),
    rule(
        "R-PST-06",
        CREATE,
        Should,
        Endpoint,
        "what was answered can be asked for",
        posting::found,
    ),
    rule(
        "R-WEB-01",
        PRACTICE,
        Should,
        Endpoint,
        "pages of any site may read: Access-Control-Allow-Origin",
        encoding::open_to_pages,
    ),
    rule(
        "R-WEB-02",
        PRACTICE,
        Should,
        Endpoint,
        "the endpoint is called by https",
        encoding::https,
    ),
    rule(
        "R-WEB-03",
        PRACTICE,
        Should,
        Endpoint,
        "nothing is redirected",
        encoding::redirects,
    ),
];
