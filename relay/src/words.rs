//! The relay's few sentences for people, in Russian and English.

use crate::error::{Kind, RelayError};

/// A language of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Russian.
    Russian,
    /// English.
    English,
}

impl Language {
    /// The language of the environment: `LC_ALL` before `LANG`, Russian if it begins with "ru".
    pub fn from_variables(get: impl Fn(&str) -> Option<String>) -> Self {
        let told = ["LC_ALL", "LANG"].into_iter().filter_map(get).find(|value| !value.is_empty());
        match told {
            Some(value) if value.to_lowercase().starts_with("ru") => Self::Russian,
            _ => Self::English,
        }
    }
}

/// One plain sentence on what went wrong and what to do, with the facts at its end.
pub fn sentence(error: &RelayError, language: Language) -> String {
    let text = match language {
        Language::Russian => russian(error.kind()),
        Language::English => english(error.kind()),
    };
    format!("{text} ({})", error.causes())
}

fn russian(kind: Kind) -> &'static str {
    match kind {
        Kind::Config => "Настройки ретранслятора заданы неверно: исправьте названное значение.",
        Kind::NoNetwork => {
            "Не указано, какую сеть обслуживать: передайте --network с идентификатором сети, его показывает узел лидера."
        }
        Kind::OtherNetwork => {
            "Эта папка данных принадлежит другой сети: укажите другую папку или прежний идентификатор сети."
        }
        Kind::PortInUse => {
            "Этот порт уже занят другой программой: закройте её или укажите другой адрес в --listen."
        }
        Kind::FolderInUse => {
            "С этой папкой данных уже работает другой процесс: остановите его или укажите другую папку."
        }
        Kind::Damaged => {
            "Данные в папке повреждены: восстановите её из резервной копии; записи, которых в ней нет, узлы пришлют снова."
        }
        Kind::FromFuture => "Папка данных записана более новой версией программы: обновите svod-relay.",
        Kind::DiskFull => "На диске не осталось места: освободите его и запустите ретранслятор снова.",
        Kind::NotRunning => {
            "С этой папкой данных сейчас не работает ни один ретранслятор: проверьте --data или запустите svod-relay serve."
        }
        Kind::Other => "Ретранслятор не может работать.",
    }
}

fn english(kind: Kind) -> &'static str {
    match kind {
        Kind::Config => "The relay's settings are wrong: correct the value named here.",
        Kind::NoNetwork => {
            "It is not said which network to serve: pass --network with the network's id, which the lead's node shows."
        }
        Kind::OtherNetwork => {
            "This data folder belongs to another network: choose another folder or the network's former id."
        }
        Kind::PortInUse => {
            "This port is taken by another program: close it or choose another address with --listen."
        }
        Kind::FolderInUse => "Another process is using this data folder: stop it or choose another folder.",
        Kind::Damaged => {
            "The data in the folder is damaged: restore it from a backup; nodes will send again what it lacks."
        }
        Kind::FromFuture => {
            "The data folder was written by a newer version of the program: update svod-relay."
        }
        Kind::DiskFull => "The disk is full: free some space and start the relay again.",
        Kind::NotRunning => {
            "No relay is running on this data folder: check --data, or start it with svod-relay serve."
        }
        Kind::Other => "The relay cannot run.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_follows_the_environment() {
        let check = |all: Option<&str>, lang: Option<&str>, expected: Language| {
            let get = |name: &str| if name == "LC_ALL" { all } else { lang }.map(str::to_owned);
            assert_eq!(Language::from_variables(get), expected, "{all:?} {lang:?}");
        };
        check(None, Some("ru_RU.UTF-8"), Language::Russian);
        check(Some(""), Some("ru_RU.UTF-8"), Language::Russian);
        check(Some("C.UTF-8"), Some("ru_RU.UTF-8"), Language::English);
        check(Some("ru"), None, Language::Russian);
        check(None, None, Language::English);
    }

    #[test]
    fn every_ending_but_the_ordinary_has_its_code() {
        let kinds = [
            Kind::PortInUse,
            Kind::FolderInUse,
            Kind::Damaged,
            Kind::FromFuture,
            Kind::DiskFull,
            Kind::NotRunning,
        ];
        let codes: std::collections::BTreeSet<u8> = kinds.iter().map(|kind| kind.exit_code()).collect();
        assert_eq!(codes.len(), kinds.len());
        assert!(!codes.contains(&0));
    }
}
