//! Where links lead: to pictures and maps, as in reports; to pages nobody knows; to somewhere hidden.

use super::Found;
use super::tokens::Tokens;

/// Where people keep pictures, maps and news: no points.
const USUAL: &[&str] = &[
    "maps.app.goo.gl",
    "goo.gl",
    "maps.google.",
    "google.",
    "openstreetmap.org",
    "osm.org",
    "waze.com",
    "maps.apple.com",
    "what3words.com",
    "w3w.co",
    "plus.codes",
    "photos.app.goo.gl",
    "photos.google.com",
    "drive.google.com",
    "imgur.com",
    "ibb.co",
    "postimg.cc",
    "dropbox.com",
    "icloud.com",
    "1drv.ms",
    "onedrive.live.com",
    "youtube.com",
    "youtu.be",
    "x.com",
    "twitter.com",
    "facebook.com",
    "fb.watch",
    "instagram.com",
    "tiktok.com",
    "snapchat.com",
    "flickr.com",
    "wetransfer.com",
    "we.tl",
    "wikipedia.org",
    "bing.com",
    "here.com",
    "2gis.",
    "mapcarta.com",
    "mappls.com",
    "gov",
    "edu",
    "balady.gov.sa",
    "spa.gov.sa",
    "streamable.com",
    "imgbb.com",
    "photobucket.com",
    "share.icloud.com",
];

/// What hides where it leads.
const SHORTENERS: &[&str] = &[
    "bit.ly",
    "bitly.com",
    "tinyurl.com",
    "cutt.ly",
    "t.ly",
    "is.gd",
    "shorturl.at",
    "rb.gy",
    "rebrand.ly",
    "tiny.cc",
    "shorte.st",
    "adf.ly",
    "ow.ly",
    "s.id",
    "bl.ink",
    "goo.su",
    "clck.ru",
    "vk.cc",
    "u.to",
    "linktr.ee",
    "lnkd.in",
    "surl.li",
    "t.co",
    "v.gd",
    "qr.ae",
    "urlz.fr",
    "soo.gd",
    "clk.sh",
    "ouo.io",
    "heylink.me",
    "lynk.id",
    "linkr.bio",
    "taplink.cc",
    "msha.ke",
    "beacons.ai",
    "short.gy",
    "tr.ee",
];

/// What asks into a conversation.
const INVITATIONS: &[&str] = &[
    "wa.me",
    "chat.whatsapp.com",
    "api.whatsapp.com",
    "whatsapp.com",
    "t.me",
    "telegram.me",
    "telegram.dog",
    "discord.gg",
    "line.me",
    "signal.group",
    "m.me",
    "wa.link",
    "walink.co",
    "viber.com",
    "zalo.me",
    "imo.im",
];

/// Endings that cost next to nothing.
const CHEAP: &[&str] = &[
    "xyz", "top", "shop", "site", "online", "club", "store", "live", "vip", "win", "bet", "casino",
    "icu", "click", "link", "loan", "work", "fun", "life", "space", "website", "today", "buzz",
    "rest", "cyou", "sbs", "bond", "ru", "cn", "tk", "ml", "ga", "cf", "gq", "pw", "su", "cc",
    "ws", "pro", "biz", "io",
];

/// Words beside a link below which a text is hardly more than it.
const FEW_WORDS: usize = 4;

fn host(link: &str) -> &str {
    link.split(['/', '?', '#', ':']).next().unwrap_or_default()
}

/// Whether it leads to pictures, a map, news or an authority, where nobody sells.
fn is_usual(host: &str) -> bool {
    let is_hidden = is_among(host, SHORTENERS) || is_among(host, INVITATIONS);
    !is_hidden && (is_among(host, USUAL) || is_public(host))
}

/// Whether a link may lead to whoever wrote the text.
pub(super) fn leads_to_somebody(link: &str) -> bool {
    !is_usual(host(link))
}

pub(super) fn look(tokens: &Tokens<'_>, found: &mut Found) {
    let mut strange = 0_usize;
    for link in &tokens.links {
        let host = host(link);
        if is_among(host, SHORTENERS) {
            found.add("link.shortened", 1, host.to_owned());
        } else if is_among(host, INVITATIONS) {
            found.add("link.invitation", 1, host.to_owned());
        } else if is_usual(host) {
            continue;
        } else if host
            .rsplit('.')
            .next()
            .is_some_and(|it| CHEAP.contains(&it))
        {
            found.add("link.cheap", 1, host.to_owned());
        } else {
            found.add("link.unknown", 1, host.to_owned());
        }
        strange += 1;
    }
    if strange > 0 && tokens.words.len() < FEW_WORDS {
        found.add("link.alone", 1, String::new());
    }
    let ways = [
        ("contact.phones", tokens.phones.len()),
        ("contact.emails", tokens.emails.len()),
        ("contact.handle", tokens.handles.len()),
    ];
    for (code, number) in ways {
        if number > 0 {
            found.add(
                code,
                u32::try_from(number).unwrap_or(u32::MAX),
                String::new(),
            );
        }
    }
}

/// Whether a host is one of these, or under it; one that ends in a dot stands for every country's.
fn is_among(host: &str, hosts: &[&str]) -> bool {
    let host = host.strip_prefix("www.").unwrap_or(host);
    hosts.iter().any(|known| {
        if known.ends_with('.') {
            host.starts_with(known) || host.contains(&format!(".{known}"))
        } else {
            host == *known || host.strip_suffix(known).is_some_and(|it| it.ends_with('.'))
        }
    })
}

/// Authorities and schools of any country.
fn is_public(host: &str) -> bool {
    let mut labels = host.rsplit('.');
    let last = labels.next().unwrap_or_default();
    let before = labels.next().unwrap_or_default();
    let public = ["gov", "edu", "ac", "go", "mil"];
    public.contains(&last) || (last.len() == 2 && public.contains(&before))
}
