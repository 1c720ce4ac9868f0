//! What others already reported near a place.

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::reports::unavailable;
use crate::nearby::Around;
use crate::served::Served;

/// `GET /v1/{municipality}/nearby?lon=&lat=&category=`.
pub(crate) async fn find(edge: &Edge, served: &Served, asked: Asked<'_>) -> Answer {
    let around = match Around::read(served, asked.request, clock::now()) {
        Ok(around) => around,
        Err(violation) => return Answer::refuse(&[violation], asked.language),
    };
    match edge.ledger.around(&around).await {
        Ok(found) => around.answer(found).into(),
        Err(error) => unavailable(&error, asked.language),
    }
}
