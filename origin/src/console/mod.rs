//! `/console`: where the municipality's staff work, in a browser, without a script.
//!
//! | module | idea |
//! | --- | --- |
//! | `frame` | what every page stands in, and what every answer carries |
//! | `session` | who is signed in |
//! | `form` | what a form of ours sent, and what is done where the session was over |
//! | `sign_in` | the door |
//! | `account` | a password and a language of one's own |
//! | `queue` | what there is to do |
//! | `picture`, `upload` | a photo of the work, and the form that brings it |
//! | `report` | one report: `facts`, `timeline`, what is `near`, and `steps` by `deed` |
//! | `taken` | what comes in by phone, by mail and at the counter; `slip` is what is printed of it |
//! | `customer`, `audit` | one person's reports and what may be done about them (`changed_hands`: whose contact it is since when); who looked at what |
//! | `rate`, `contact_ratings` | agent and answer, rated by whoever spoke with staff; what that comes to |
//! | `review`, `transfers`, `escalations` | what waits for a look, for others, and for too long |
//! | `words` | what is said, in Arabic and English |
//!
//! Each page is a file. What may be seen and done is [`clearance`](crate::clearance)'s to say, and
//! the lifecycle's: nothing is decided here.

mod account;
mod audit;
mod changed_hands;
mod contact_ratings;
mod customer;
mod dates;
mod deed;
mod escalations;
mod facts;
mod failure;
mod fields;
mod form;
mod frame;
mod names;
mod near;
mod photo;
mod picture;
mod queue;
mod rate;
mod report;
mod resume;
mod review;
mod rows;
mod session;
mod sign_in;
mod slip;
mod steps;
mod taken;
mod taken_form;
mod timeline;
mod transfers;
mod upload;
mod whole;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::edge_contract::MOST_PHOTO_BYTES;
use crate::server::Origin;
pub(crate) use failure::{failed, refused};
pub(crate) use frame::frame;
pub(crate) use session::Signed;

/// Where all of it is.
const PATH: &str = "/console";
/// Most bytes of a form: the longest texts, several times over.
const MOST_FORM_BYTES: usize = 128 * 1024;
/// Most bytes of a form with a photo.
const MOST_UPLOAD_BYTES: usize = MOST_PHOTO_BYTES + MOST_FORM_BYTES;
/// Most bytes of the door's, which may hold such a form, written twice over.
const MOST_KEPT_BYTES: usize = 8 * MOST_FORM_BYTES;

pub(crate) fn routes() -> Router<Arc<Origin>> {
    Router::new()
        .route("/console", get(first))
        .route("/console/", get(first))
        .route("/console/style.css", get(frame::style))
        .route(
            "/console/sign-in",
            get(sign_in::show)
                .post(sign_in::enter)
                .layer(DefaultBodyLimit::max(MOST_KEPT_BYTES)),
        )
        .route("/console/sign-out", get(first).post(sign_in::leave))
        .route("/console/language", get(first).post(account::language))
        .route("/console/account", get(account::show).post(account::change))
        .route("/console/queue", get(queue::show))
        .route("/console/reports/{number}", get(report::show))
        .route(
            "/console/reports/{number}/contact",
            get(report::back).post(report::contact),
        )
        .route(
            "/console/reports/{number}/picture",
            get(report::back)
                .post(picture::add)
                .layer(DefaultBodyLimit::max(MOST_UPLOAD_BYTES)),
        )
        .route(
            "/console/reports/{number}/{action}",
            get(report::back).post(report::act),
        )
        .route(
            "/console/reports/{number}/photos/{sha256}",
            get(photo::show),
        )
        .route("/console/reports/{number}/slip", get(slip::show))
        .route("/console/review", get(review::show))
        .route("/console/transfers", get(transfers::show))
        .route("/console/escalations", get(escalations::show))
        .route("/rate/{number}/{code}", get(rate::show).post(rate::rate))
        .route("/console/contact-ratings", get(contact_ratings::show))
        .route("/console/audit", get(audit::show))
        .route(
            "/console/customer",
            get(customer::show).post(customer::look),
        )
        .route(
            "/console/customer/{deed}",
            get(customer::show).post(customer::act),
        )
        .route("/console/new", get(taken::show).post(taken::take))
        .route("/console/{*rest}", get(failure::missing))
        .layer(DefaultBodyLimit::max(MOST_FORM_BYTES))
}

async fn first() -> Response {
    frame::guarded(Redirect::to("/console/queue").into_response())
}
