//! Words that point to a category.

use std::collections::BTreeMap;

use super::Check;
use crate::text::fold;

impl Check<'_> {
    pub(super) fn keywords(&mut self) {
        let document = self.document;
        // By language, the folded keyword and whose it was first.
        let mut owners: BTreeMap<(&str, String), &str> = BTreeMap::new();
        for (g, group) in document.groups.iter().enumerate() {
            for (c, category) in group.categories.iter().enumerate() {
                for (language, words) in &category.keywords {
                    for (index, word) in words.iter().enumerate() {
                        let path =
                            || format!("/groups/{g}/categories/{c}/keywords/{language}/{index}");
                        let folded = fold(word);
                        if folded.is_empty() {
                            self.fault(
                                path(),
                                "keyword.empty",
                                format!("{word:?} holds no letter"),
                                "write a word, or leave it out",
                            );
                            continue;
                        }
                        let code = category.code.as_str();
                        match owners.get(&(language.as_str(), folded.clone())) {
                            None => {
                                owners.insert((language, folded), code);
                            }
                            // Two spellings of one word that searching does not tell apart.
                            Some(owner) if *owner == code => {}
                            Some(owner) => self.fault(
                                path(),
                                "keyword.shared",
                                format!(
                                    "{word:?} is a keyword of {owner:?} too, and decides nothing"
                                ),
                                "leave it out of one of them, or write a longer phrase",
                            ),
                        }
                    }
                }
            }
        }
    }
}
