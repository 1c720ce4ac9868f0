//! Limits and thresholds that contradict each other or lock people out.

use super::Check;

impl Check<'_> {
    pub(super) fn screening(&mut self) {
        let document = self.document;
        let screening = &document.screening;
        for (name, rate) in [
            ("sender", screening.sender),
            ("network", screening.network),
            ("contact", screening.contact),
            ("whole", screening.whole),
            ("ceiling", screening.ceiling),
        ] {
            if rate.burst == 0 {
                self.fault(
                    format!("/screening/{name}/burst"),
                    "rate.zero",
                    "a burst of 0 lets nobody through",
                    "write at least 1",
                );
            }
        }
        if screening.ceiling.burst < screening.sender.burst {
            self.fault(
                "/screening/ceiling/burst",
                "threshold.order",
                "the hard ceiling is reached before the sender's limit",
                "write more than /screening/sender/burst",
            );
        }
        let spam = screening.spam;
        for (name, threshold) in [
            ("challenge", spam.challenge),
            ("quarantine", spam.quarantine),
        ] {
            if !(0.0..=1.0).contains(&threshold) {
                self.fault(
                    format!("/screening/spam/{name}"),
                    "number.range",
                    format!("no score is {threshold}: they go from 0 to 1"),
                    "write a number from 0 to 1",
                );
            }
        }
        if spam.quarantine < spam.challenge {
            self.fault(
                "/screening/spam/quarantine",
                "threshold.order",
                "a report would be kept back before its sender is asked for more work",
                "write at least /screening/spam/challenge",
            );
        }
        let proof = screening.proof;
        if proof.least > proof.most {
            self.fault(
                "/screening/proof/most",
                "threshold.order",
                "the hardest proof is easier than the easiest",
                "write at least /screening/proof/least",
            );
        }
        let text = &document.text;
        if text.min > text.max {
            self.fault(
                "/text/max",
                "threshold.order",
                "no text is long enough and short enough",
                "write at least /text/min",
            );
        }
        if text.max > 4_000 {
            self.fault(
                "/text/max",
                "number.range",
                format!("{} characters do not fit into a report's body", text.max),
                "write at most 4000",
            );
        }
        let photos = &document.photos;
        if photos.count > 5 || photos.bytes > 8 * 1024 * 1024 {
            self.fault(
                "/photos",
                "number.range",
                "the edge reads at most 5 photos of 8,388,608 bytes",
                "write no more than that",
            );
        }
    }
}
