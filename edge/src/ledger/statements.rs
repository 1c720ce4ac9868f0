//! Statements that every ledger has in common, once: in what SQLite, PostgreSQL and the storage of a
//! Durable Object all understand. Place holders are `$1`, `$2`; whoever binds them stands beside the
//! code that reads the rows.

/// Nonce.
pub(crate) const IS_SPENT: &str = "SELECT expires_at_s FROM nonces WHERE nonce = $1";
/// Nonce, its end in seconds since 1970.
pub(crate) const SPEND: &str = "INSERT INTO nonces (nonce, expires_at_s) VALUES ($1, $2)";
/// Now in seconds since 1970.
pub(crate) const FORGET_SPENT: &str = "DELETE FROM nonces WHERE expires_at_s < $1";

/// Subject.
pub(crate) const COUNTER: &str = "SELECT tat FROM counters WHERE subject = $1";
/// Subject, new state.
pub(crate) const KEEP_COUNTER: &str = "INSERT INTO counters (subject, tat) VALUES ($1, $2)
    ON CONFLICT (subject) DO UPDATE SET tat = excluded.tat";
/// Now: what is before it weighs nothing any more.
pub(crate) const FORGET_IDLE: &str = "DELETE FROM counters WHERE tat < $1";

/// Slot, fingerprint, number, receipt, now.
pub(crate) const KEEP_SUBMISSION: &str =
    "INSERT INTO submissions (slot, fingerprint, number, receipt_json, received_at)
     VALUES ($1, $2, $3, $4, $5)";
/// Before when.
pub(crate) const FORGET_SUBMISSIONS: &str = "DELETE FROM submissions WHERE received_at < $1";

/// Number, municipality, category, verdict, key of the code, now, delivery, sealed contact.
pub(crate) const KEEP_REPORT: &str =
    "INSERT INTO reports (number, municipality, category, verdict, secret_kid, received_at,
                          delivery_json, contact_sealed)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
/// Number, name, position.
pub(crate) const NAME_PHOTO: &str =
    "INSERT INTO report_photos (number, sent_sha256, position) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING";
/// Number: a report's own words.
pub(crate) const RECEIVED: &str = "SELECT delivery_json FROM reports WHERE number = $1";
/// Number: all that is delivered of a report, unless it was erased.
pub(crate) const BODY: &str =
    "SELECT delivery_json, contact_sealed FROM reports WHERE number = $1 AND erased_at IS NULL";
/// Number, municipality. What staff took in by phone has its key in the news of it.
pub(crate) const SECRET_KID: &str =
    "SELECT secret_kid FROM reports WHERE number = $1 AND municipality = $2
     UNION SELECT secret_kid FROM statuses
     WHERE number = $1 AND municipality = $2 AND secret_kid IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM reports WHERE reports.number = $1)";

/// Number, municipality, category, square, longitude, latitude, received, state, is shown.
pub(crate) const PLACE: &str =
    "INSERT INTO nearby (number, municipality, category, cell, lon, lat, received_at, state, is_open,
                         is_shown)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)";
/// Number, municipality.
pub(crate) const LEADER: &str =
    "SELECT is_open FROM nearby WHERE number = $1 AND municipality = $2 AND is_shown = 1";
/// State, how many joined, is open, was seen by a person, leads itself, public words, number,
/// municipality.
pub(crate) const FOLLOW_NEARBY: &str = "UPDATE nearby SET state = $1, joined = $2, is_open = $3,
                       is_shown = CASE WHEN (is_shown = 1 OR $4 = 1) AND $5 = 1 THEN 1 ELSE 0 END,
                       text = COALESCE($6, text)
     WHERE number = $7 AND municipality = $8";

/// Number, municipality, now, category, partner, verdict, what the screen made of it.
pub(crate) const KEEP_SCREENING: &str =
    "INSERT INTO screenings (number, municipality, received_at, category, partner, verdict,
                             screened_json)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Municipality, the name it was sent under.
pub(crate) const PHOTO: &str =
    "SELECT sha256, sent_sha256, media_type, bytes, width, height FROM photos
     WHERE municipality = $1 AND sent_sha256 = $2";
/// Number, municipality.
pub(crate) const PHOTOS_OF: &str =
    "SELECT sha256, sent_sha256, media_type, bytes, width, height FROM report_photos
     JOIN photos USING (sent_sha256)
     WHERE number = $1 AND municipality = $2 ORDER BY position";
/// Municipality, the name it was sent under, file, media type, bytes, width, height, now.
pub(crate) const KEEP_PHOTO: &str =
    "INSERT INTO photos (municipality, sent_sha256, sha256, media_type, bytes, width, height, stored_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
/// Now, municipality, the name it was sent under, before when it is renewed.
pub(crate) const RENEW_PHOTO: &str = "UPDATE photos SET stored_at = $1
     WHERE municipality = $2 AND sent_sha256 = $3 AND stored_at < $4";
/// Now, the name it was sent under, municipality, our own origin: others are told of a photo, and fetch
/// none.
pub(crate) const QUEUE_LATE_PHOTO: &str =
    "INSERT INTO outbox (number, destination, photo, queued_at, due_at)
     SELECT named.number, $4, named.sent_sha256, $1, $1 FROM report_photos named
     JOIN reports USING (number)
     JOIN outbox report ON report.number = named.number AND report.photo = ''
       AND report.destination = $4
     WHERE named.sent_sha256 = $2 AND reports.municipality = $3
     ON CONFLICT DO NOTHING";
/// File.
pub(crate) const NAMES_FILE: &str = "SELECT sha256 FROM photos WHERE sha256 = $1
     UNION SELECT sha256 FROM team_photos WHERE sha256 = $1";
/// Before when.
pub(crate) const FORGET_ORPHANS: &str = "DELETE FROM photos WHERE stored_at < $1 AND NOT EXISTS (
         SELECT 1 FROM report_photos named JOIN reports USING (number)
         WHERE named.sent_sha256 = photos.sent_sha256 AND reports.municipality = photos.municipality)";

/// File, number, media type, now.
pub(crate) const KEEP_TEAM_PHOTO: &str =
    "INSERT INTO team_photos (sha256, number, media_type, stored_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (sha256, number) DO UPDATE SET stored_at = excluded.stored_at";
/// File, number.
pub(crate) const TEAM_PHOTO: &str =
    "SELECT media_type FROM team_photos WHERE sha256 = $1 AND number = $2";
/// Before when. A status that names the file is another text without its name: an object takes no pattern
/// of LIKE that is longer than fifty bytes.
pub(crate) const FORGET_UNNAMED_TEAM_PHOTOS: &str =
    "DELETE FROM team_photos WHERE stored_at < $1 AND NOT EXISTS (
         SELECT 1 FROM statuses WHERE statuses.number = team_photos.number
           AND REPLACE(statuses.status_json, team_photos.sha256, '') <> statuses.status_json)";

/// Number, destination, is held, now.
pub(crate) const QUEUE: &str =
    "INSERT INTO outbox (number, destination, is_held, queued_at, due_at)
     VALUES ($1, $2, $3, $4, $4)";
/// Destination, now, longest time of being put off, most.
pub(crate) const DUE: &str =
    "SELECT id, number, photo, attempts, refusals, due_at, in_doubt FROM outbox job
     WHERE destination = $1 AND delivered_at IS NULL AND dead_at IS NULL AND is_held = 0
       AND (due_at <= $2 OR due_at > $3) AND (photo = '' OR EXISTS (
         SELECT 1 FROM outbox report WHERE report.number = job.number
         AND report.destination = $1 AND report.photo = '' AND report.delivered_at IS NOT NULL))
     ORDER BY due_at LIMIT $4";
/// Destination.
pub(crate) const NEXT_DUE: &str = "SELECT min(due_at) FROM outbox job
     WHERE destination = $1 AND delivered_at IS NULL AND dead_at IS NULL AND is_held = 0
       AND (photo = '' OR EXISTS (
         SELECT 1 FROM outbox report WHERE report.number = job.number
         AND report.destination = $1 AND report.photo = '' AND report.delivered_at IS NOT NULL))";
/// Now, what the destination calls it, row.
pub(crate) const DELIVERED: &str =
    "UPDATE outbox SET delivered_at = $1, dead_at = NULL, in_doubt = 0, last_error = NULL,
                       reference = $2
     WHERE id = $3";
/// Now, number, photo, row of the report it came with.
pub(crate) const DELIVERED_WITH: &str = "UPDATE outbox SET delivered_at = $1, dead_at = NULL
     WHERE number = $2 AND photo = $3 AND delivered_at IS NULL
       AND destination = (SELECT destination FROM outbox WHERE id = $4)";
/// Photo, now, due, row of its report.
pub(crate) const STAYED_BEHIND: &str =
    "INSERT INTO outbox (number, destination, photo, attempts, queued_at, due_at)
     SELECT number, destination, $1, 1, $2, $3 FROM outbox WHERE id = $4
     ON CONFLICT DO NOTHING";
/// Is a refusal, is in doubt, code, due, put aside, row.
pub(crate) const FAILED: &str =
    "UPDATE outbox SET attempts = attempts + 1, refusals = refusals + $1, in_doubt = $2,
                       last_error = $3, due_at = COALESCE($4, due_at), dead_at = $5
     WHERE id = $6";
/// Now, destination.
pub(crate) const HASTEN: &str = "UPDATE outbox SET due_at = $1
     WHERE destination = $2 AND delivered_at IS NULL AND dead_at IS NULL AND is_held = 0
       AND due_at > $1";

/// Only what was put aside, destination, number, most: what is not delivered, the oldest first.
pub(crate) const LETTERS: &str =
    "SELECT number, destination, photo, is_held, queued_at, due_at, dead_at, attempts, last_error
     FROM outbox
     WHERE delivered_at IS NULL AND ($1 = 0 OR dead_at IS NOT NULL)
       AND (CAST($2 AS TEXT) IS NULL OR destination = $2)
       AND (CAST($3 AS TEXT) IS NULL OR number = $3)
     ORDER BY queued_at, id LIMIT $4";
/// Now, destination, number: queued anew what was put aside, as if it had never been tried.
pub(crate) const REPLAY: &str =
    "UPDATE outbox SET dead_at = NULL, attempts = 0, refusals = 0, due_at = $1
     WHERE dead_at IS NOT NULL AND delivered_at IS NULL
       AND (CAST($2 AS TEXT) IS NULL OR destination = $2)
       AND (CAST($3 AS TEXT) IS NULL OR number = $3)";

/// Number.
pub(crate) const STATUS: &str = "SELECT status_json FROM statuses WHERE number = $1";
/// Number, municipality, revision, status, key of the code. A row where it was kept.
pub(crate) const KEEP_STATUS: &str =
    "INSERT INTO statuses (number, municipality, revision, status_json, secret_kid)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (number) DO UPDATE
     SET revision = excluded.revision, status_json = excluded.status_json,
         secret_kid = COALESCE(excluded.secret_kid, statuses.secret_kid)
     WHERE excluded.revision > statuses.revision AND excluded.municipality = statuses.municipality
     RETURNING number";

/// Municipality, before when, most.
pub(crate) const OVERDUE_BODIES: &str = "SELECT number, delivery_json FROM reports
     WHERE erased_at IS NULL AND municipality = $1 AND received_at < $2
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.number = reports.number
                       AND (delivered_at IS NULL OR delivered_at >= $2))
     ORDER BY received_at LIMIT $3";
/// What is left, now, number.
pub(crate) const ERASE_BODY: &str =
    "UPDATE reports SET delivery_json = $1, contact_sealed = NULL, erased_at = $2
     WHERE number = $3";
/// Municipality, before when.
pub(crate) const ERASE_NEARBY: &str = "DELETE FROM nearby WHERE municipality = $1
       AND (received_at < $2 OR is_open = 0 OR is_shown = 0)
       AND number IN (SELECT number FROM reports WHERE erased_at IS NOT NULL)";
/// Municipality, before when, most.
pub(crate) const OVERDUE_PHOTOS: &str = "SELECT number FROM reports
     WHERE municipality = $1 AND received_at < $2
       AND EXISTS (SELECT 1 FROM report_photos WHERE report_photos.number = reports.number)
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.number = reports.number
                       AND (delivered_at IS NULL OR delivered_at >= $2))
     ORDER BY received_at LIMIT $3";
/// Number.
pub(crate) const UNNAME_PHOTOS: &str =
    "DELETE FROM report_photos WHERE number = $1 RETURNING sent_sha256";
/// Municipality, the name it was sent under.
pub(crate) const FORGET_PHOTO: &str =
    "DELETE FROM photos WHERE municipality = $1 AND sent_sha256 = $2
       AND NOT EXISTS (SELECT 1 FROM report_photos named JOIN reports USING (number)
                       WHERE named.sent_sha256 = $2 AND reports.municipality = $1)
     RETURNING sha256";

macro_rules! screenings {
    ($rest:literal) => {
        concat!(
            "SELECT number, municipality, received_at, category, partner, verdict, screened_json, \
             label FROM screenings ",
            $rest
        )
    };
}

/// Most: what waits for a person, the oldest first.
pub(crate) const HELD: &str =
    screenings!("WHERE verdict = 'quarantine' AND label IS NULL ORDER BY received_at LIMIT $1");
/// Since when, before when.
pub(crate) const SCREENINGS: &str =
    screenings!("WHERE received_at >= $1 AND received_at < $2 ORDER BY received_at");
/// Number.
pub(crate) const SCREENING: &str = screenings!("WHERE number = $1");
/// Number.
pub(crate) const LABEL_OF: &str = "SELECT verdict, label FROM screenings WHERE number = $1";
/// Label, now, number.
pub(crate) const LABEL: &str =
    "UPDATE screenings SET label = $1, labelled_at = $2 WHERE number = $3";
/// Number, what stands for a photo, now, our own origin: behind the report itself.
pub(crate) const QUEUE_REVIEW: &str =
    "INSERT INTO outbox (number, destination, photo, queued_at, due_at)
     SELECT number, destination, $2, $3, $3 FROM outbox
     WHERE number = $1 AND photo = '' AND destination = $4 ON CONFLICT DO NOTHING";
/// Subject.
pub(crate) const CODE: &str =
    "SELECT sent_json, mac, expires_at, asked_by, tries_left, others_left FROM codes
     WHERE subject = $1";
/// Subject, when codes were sent, hash, end, who asked, their tries, all others' tries, until when.
pub(crate) const KEEP_CODE: &str =
    "INSERT INTO codes (subject, sent_json, mac, expires_at, asked_by, tries_left, others_left,
                        forget_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (subject) DO UPDATE SET sent_json = excluded.sent_json, mac = excluded.mac,
         expires_at = excluded.expires_at, asked_by = excluded.asked_by,
         tries_left = excluded.tries_left, others_left = excluded.others_left,
         forget_at = excluded.forget_at";
/// Now.
pub(crate) const FORGET_CODES: &str = "DELETE FROM codes WHERE forget_at < $1";
/// Number, municipality.
pub(crate) const CONTACT: &str =
    "SELECT secret_kid, contact_sealed FROM reports WHERE number = $1 AND municipality = $2";

/// Municipality, category, received since, most: open reports in these squares, the newest first. The
/// squares are whole numbers that were computed: as many place holders would be another statement for
/// each number of squares as well.
pub(crate) fn around(cells: impl Iterator<Item = i64>) -> String {
    let cells: Vec<String> = cells.map(|cell| cell.to_string()).collect();
    format!(
        "SELECT number, category, lon, lat, received_at, state, joined, text FROM nearby
         WHERE is_open = 1 AND is_shown = 1 AND municipality = $1 AND category = $2
           AND received_at >= $3 AND cell IN ({})
         ORDER BY received_at DESC LIMIT $4",
        cells.join(", ")
    )
}
