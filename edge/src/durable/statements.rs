//! Every statement of the ledger in an object, in what SQLite and PostgreSQL both understand: `$1`,
//! `ON CONFLICT`, `RETURNING`. The native ledger's are the same sentences, beside the code that binds
//! them there.

pub(super) const IS_SPENT: &str = "SELECT 1 FROM nonces WHERE nonce = $1";
pub(super) const SPEND: &str = "INSERT INTO nonces (nonce, expires_at_s) VALUES ($1, $2)";
pub(super) const FORGET_SPENT: &str = "DELETE FROM nonces WHERE expires_at_s < $1";

pub(super) const COUNTER: &str = "SELECT tat FROM counters WHERE subject = $1";
// Events decided at the same moment read the same state: each adds its own, but to none that is past
// `$4`, which a clock that was wrong wrote.
pub(super) const COUNT: &str = "INSERT INTO counters (subject, tat) VALUES ($1, $2)
    ON CONFLICT (subject) DO UPDATE SET tat = CASE
        WHEN counters.tat > $4 THEN $2
        WHEN counters.tat < $2 - $3 THEN CASE WHEN $2 > $4 THEN $4 ELSE $2 END
        WHEN counters.tat + $3 > $4 THEN $4
        ELSE counters.tat + $3 END";
pub(super) const FORGET_IDLE: &str = "DELETE FROM counters WHERE tat < $1";

pub(super) const SUBMISSION: &str =
    "SELECT fingerprint, receipt_json FROM submissions WHERE slot = $1";
pub(super) const KEEP_SUBMISSION: &str =
    "INSERT INTO submissions (slot, fingerprint, number, receipt_json, received_at)
     VALUES ($1, $2, $3, $4, $5)";
pub(super) const FORGET_SUBMISSIONS: &str = "DELETE FROM submissions WHERE received_at < $1";

pub(super) const KEEP_REPORT: &str =
    "INSERT INTO reports (number, municipality, category, verdict, secret_kid, received_at,
                          delivery_json, contact_sealed)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
pub(super) const NAME_PHOTO: &str =
    "INSERT INTO report_photos (number, sent_sha256, position) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING";
pub(super) const SECRET_KID: &str =
    "SELECT secret_kid FROM reports WHERE number = $1 AND municipality = $2";
pub(super) const RECEIVED: &str = "SELECT delivery_json FROM reports WHERE number = $1";
pub(super) const BODY: &str =
    "SELECT delivery_json, contact_sealed FROM reports WHERE number = $1 AND erased_at IS NULL";

pub(super) const PLACE: &str =
    "INSERT INTO nearby (number, municipality, category, cell, lon, lat, received_at, state, is_open,
                         is_shown)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)";
pub(super) const LEADER: &str =
    "SELECT is_open FROM nearby WHERE number = $1 AND municipality = $2 AND is_shown = 1";
pub(super) const FOLLOW_NEARBY: &str = "UPDATE nearby SET state = $1, joined = $2, is_open = $3,
                       is_shown = CASE WHEN (is_shown = 1 OR $4 = 1) AND $5 = 1 THEN 1 ELSE 0 END,
                       text = COALESCE($6, text)
     WHERE number = $7 AND municipality = $8";

pub(super) const KEEP_SCREENING: &str =
    "INSERT INTO screenings (number, municipality, received_at, category, partner, verdict,
                             screened_json)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
pub(super) const LATELY: &str =
    "SELECT screenings.received_at, screenings.category, screened_json, lon, lat
     FROM screenings LEFT JOIN nearby ON nearby.number = screenings.number
     WHERE screenings.municipality = $1 ORDER BY screenings.received_at DESC LIMIT $2";

pub(super) const PHOTO: &str =
    "SELECT sha256, sent_sha256, media_type, bytes, width, height FROM photos
     WHERE municipality = $1 AND sent_sha256 = $2";
pub(super) const PHOTOS_OF: &str =
    "SELECT sha256, photos.sent_sha256, media_type, bytes, width, height FROM report_photos
     JOIN photos ON photos.sent_sha256 = report_photos.sent_sha256
     WHERE number = $1 AND municipality = $2 ORDER BY position";
pub(super) const KEEP_PHOTO: &str =
    "INSERT INTO photos (municipality, sent_sha256, sha256, media_type, bytes, width, height, stored_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
pub(super) const RENEW_PHOTO: &str = "UPDATE photos SET stored_at = $1
     WHERE municipality = $2 AND sent_sha256 = $3 AND stored_at < $4";
pub(super) const QUEUE_LATE_PHOTO: &str =
    "INSERT INTO outbox (number, destination, photo, queued_at, due_at)
     SELECT named.number, $4, named.sent_sha256, $1, $1 FROM report_photos named
     JOIN reports ON reports.number = named.number
     JOIN outbox report ON report.number = named.number AND report.photo = ''
       AND report.destination = $4
     WHERE named.sent_sha256 = $2 AND reports.municipality = $3
     ON CONFLICT DO NOTHING";
pub(super) const NAMES_FILE: &str = "SELECT 1 FROM photos WHERE sha256 = $1";
pub(super) const FORGET_ORPHANS: &str = "DELETE FROM photos WHERE stored_at < $1 AND NOT EXISTS (
         SELECT 1 FROM report_photos named JOIN reports ON reports.number = named.number
         WHERE named.sent_sha256 = photos.sent_sha256 AND reports.municipality = photos.municipality)";

pub(super) const QUEUE: &str = "INSERT INTO outbox (number, destination, is_held, queued_at, due_at) VALUES ($1, $2, 0, $3, $3)";
pub(super) const DUE: &str = "SELECT id, number, photo, attempts, refusals FROM outbox job
     WHERE destination = $1 AND delivered_at IS NULL AND dead_at IS NULL AND is_held = 0
       AND (due_at <= $2 OR due_at > $3) AND (photo = '' OR EXISTS (
         SELECT 1 FROM outbox report WHERE report.number = job.number
         AND report.destination = $1 AND report.photo = '' AND report.delivered_at IS NOT NULL))
     ORDER BY due_at LIMIT $4";
pub(super) const NEXT_DUE: &str = "SELECT min(due_at) FROM outbox job
     WHERE destination = $1 AND delivered_at IS NULL AND dead_at IS NULL AND is_held = 0
       AND (photo = '' OR EXISTS (
         SELECT 1 FROM outbox report WHERE report.number = job.number
         AND report.destination = $1 AND report.photo = '' AND report.delivered_at IS NOT NULL))";
pub(super) const DELIVERED: &str =
    "UPDATE outbox SET delivered_at = $1, dead_at = NULL, in_doubt = 0, last_error = NULL
     WHERE id = $2";
pub(super) const DELIVERED_WITH: &str = "UPDATE outbox SET delivered_at = $1, dead_at = NULL
     WHERE number = $2 AND photo = $3 AND delivered_at IS NULL AND destination = $4";
pub(super) const STAYED_BEHIND: &str =
    "INSERT INTO outbox (number, destination, photo, attempts, queued_at, due_at)
     VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT DO NOTHING";
pub(super) const FAILED: &str =
    "UPDATE outbox SET attempts = attempts + 1, refusals = refusals + $1, last_error = $2,
                       due_at = COALESCE($3, due_at), dead_at = $4
     WHERE id = $5";
pub(super) const HASTEN: &str = "UPDATE outbox SET due_at = $1
     WHERE destination = $2 AND delivered_at IS NULL AND dead_at IS NULL AND is_held = 0
       AND due_at > $1";

pub(super) const STATUS: &str = "SELECT status_json FROM statuses WHERE number = $1";
pub(super) const KEEP_STATUS: &str =
    "INSERT INTO statuses (number, municipality, revision, status_json) VALUES ($1, $2, $3, $4)
     ON CONFLICT (number) DO UPDATE
     SET revision = excluded.revision, status_json = excluded.status_json
     WHERE excluded.revision > statuses.revision AND excluded.municipality = statuses.municipality
     RETURNING number";

pub(super) const OVERDUE_BODIES: &str = "SELECT number, delivery_json FROM reports
     WHERE erased_at IS NULL AND municipality = $1 AND received_at < $2
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.number = reports.number
                       AND (delivered_at IS NULL OR delivered_at >= $2))
     ORDER BY received_at LIMIT $3";
pub(super) const ERASE_BODY: &str = "UPDATE reports SET delivery_json = $1, contact_sealed = NULL, erased_at = $2 WHERE number = $3";
pub(super) const ERASE_NEARBY: &str = "DELETE FROM nearby WHERE municipality = $1
       AND (received_at < $2 OR is_open = 0 OR is_shown = 0)
       AND number IN (SELECT number FROM reports WHERE erased_at IS NOT NULL)";
pub(super) const OVERDUE_PHOTOS: &str = "SELECT number FROM reports
     WHERE municipality = $1 AND received_at < $2
       AND EXISTS (SELECT 1 FROM report_photos WHERE report_photos.number = reports.number)
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.number = reports.number
                       AND (delivered_at IS NULL OR delivered_at >= $2))
     ORDER BY received_at LIMIT $3";
pub(super) const UNNAME_PHOTOS: &str =
    "DELETE FROM report_photos WHERE number = $1 RETURNING sent_sha256";
pub(super) const FORGET_PHOTO: &str =
    "DELETE FROM photos WHERE municipality = $1 AND sent_sha256 = $2
       AND NOT EXISTS (
         SELECT 1 FROM report_photos named JOIN reports ON reports.number = named.number
         WHERE named.sent_sha256 = $2 AND reports.municipality = $1)
     RETURNING sha256";
