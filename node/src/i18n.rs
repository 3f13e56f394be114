//! The message catalogue: every word a person reads, by key and language.
//!
//! The resources are compiled in and parsed once. A key that English lacks is read in Russian; a key that nobody has
//! reads as itself, so that a page is never lost for a word. Tests walk the sources and the catalogues, so neither
//! happens in a program that passed them. Isolation marks are off: they would land in reports and table files.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::views::Incident;

/// A language of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// Russian, the language of the work.
    #[default]
    Ru,
    /// English.
    En,
}

/// A value that a message is filled with: `5.into()`, `"text".into()`.
pub type Arg<'a> = FluentValue<'a>;

/// The messages of one language. Taken with [`Catalog::of`], passed by reference, usually named `t`.
pub struct Catalog {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Lang {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Ru, Self::En];

    /// The tag: in `<html lang>`, in the cookie and on the command line.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language of a tag; regions are ignored, so «en-GB» is English.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag).trim();
        Self::ALL.into_iter().find(|it| it.tag().eq_ignore_ascii_case(primary))
    }

    fn resources(self) -> [&'static str; 5] {
        match self {
            Self::Ru => [
                include_str!("../locales/ru.ftl"),
                include_str!("../locales/report.ru.ftl"),
                include_str!("../locales/cli.ru.ftl"),
                include_str!("../locales/figures.ru.ftl"),
                include_str!("../locales/members.ru.ftl"),
            ],
            Self::En => [
                include_str!("../locales/en.ftl"),
                include_str!("../locales/report.en.ftl"),
                include_str!("../locales/cli.en.ftl"),
                include_str!("../locales/figures.en.ftl"),
                include_str!("../locales/members.en.ftl"),
            ],
        }
    }

    fn identifier(self) -> LanguageIdentifier {
        self.tag().parse().unwrap_or_default()
    }
}

impl Catalog {
    /// The catalogue of a language.
    pub fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Ru => &RU,
            Lang::En => &EN,
        }
    }

    /// Its language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The message of a key.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The message of a key, filled with `args`.
    pub fn with(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        let filled: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, value.clone())).collect();
        self.format(key, &filled)
            .or_else(|| Self::of(Lang::Ru).format(key, &filled))
            .unwrap_or_else(|| key.to_owned())
    }

    /// What an incident says. How many entries it is about stands at the end of its subject: «feed:place+count».
    pub fn incident(&self, it: &Incident) -> String {
        let count = it.subject.rsplit_once('+').and_then(|(_, count)| count.parse::<u64>().ok()).unwrap_or(1);
        self.with(&it.kind, &[("count", count.into())])
    }

    /// Whether the catalogue itself has the key.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    fn format(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors);
        Some(text.into_owned())
    }

    /// A resource with a slip in it still gives its other messages: a word must not keep a node from starting. The
    /// tests refuse such a resource.
    fn build(lang: Lang) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![lang.identifier()]);
        bundle.set_use_isolating(false);
        for source in lang.resources() {
            let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
            if let Err(errors) = bundle.add_resource(resource) {
                tracing::error!(lang = lang.tag(), ?errors, "a message is given twice");
            }
        }
        Self { lang, bundle }
    }
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalog").field("lang", &self.lang).finish_non_exhaustive()
    }
}

static RU: LazyLock<Catalog> = LazyLock::new(|| Catalog::build(Lang::Ru));
static EN: LazyLock<Catalog> = LazyLock::new(|| Catalog::build(Lang::En));

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    use super::*;

    /// The keys of a language with the variables that their messages use.
    fn messages(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::<String, BTreeSet<String>>::new();
        for source in lang.resources() {
            let mut key = String::new();
            for line in source.lines().filter(|it| !it.starts_with('#')) {
                if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '}'])) {
                    name.clone_into(&mut key);
                    assert!(found.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is given twice");
                }
                let variables = line.split('$').skip(1).map(|it| {
                    it.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').collect()
                });
                if let Some(known) = found.get_mut(&key) {
                    known.extend(variables);
                }
            }
        }
        found
    }

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|it| it == "rs") {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn resources_parse_without_a_slip() {
        for lang in Lang::ALL {
            for source in lang.resources() {
                if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
                    panic!("{}: {errors:?}", lang.tag());
                }
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_variables() {
        let (ru, en) = (messages(Lang::Ru), messages(Lang::En));
        assert_eq!(ru.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, variables) in &ru {
            assert_eq!(Some(variables), en.get(key), "variables of {key}");
        }
    }

    #[test]
    fn every_key_that_the_sources_name_is_in_the_russian_catalogue() {
        let mut files = Vec::new();
        sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut files);
        let ru = Catalog::of(Lang::Ru);
        for (file, call) in files.iter().flat_map(|it| ["t.text(\"", "t.with(\""].map(|call| (it, call))) {
            for key in file.split(call).skip(1).filter_map(|it| it.split('"').next()) {
                assert!(ru.has(key) || key.starts_with("no-such"), "no message for {key}");
            }
        }
    }

    #[test]
    fn a_key_nobody_has_reads_as_itself() {
        assert_eq!(Catalog::of(Lang::En).text("no-such-key"), "no-such-key");
    }

    #[test]
    fn a_tag_names_its_language_whatever_the_region() {
        assert_eq!(Lang::of_tag("en-GB"), Some(Lang::En));
        assert_eq!(Lang::of_tag("RU"), Some(Lang::Ru));
        assert_eq!(Lang::of_tag("de"), None);
    }
}
