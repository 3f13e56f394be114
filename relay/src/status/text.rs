//! The status in lines for people.

use super::Status;
use crate::room::Level;
use crate::words::Language;

impl Status {
    /// The lines that `svod-relay status` prints.
    pub fn text(&self, language: Language) -> String {
        let words = Words::of(language);
        let free = self.disk_free_bytes.map_or_else(|| words.unknown.to_owned(), |it| mebibytes(it, &words));
        let disk = match self.disk {
            Level::Enough => words.enough,
            Level::Low => words.low,
            Level::Reserve => words.full,
        };
        let up = format!(
            "{} {} {} {}",
            self.up_seconds / 3600,
            words.hours,
            self.up_seconds / 60 % 60,
            words.minutes
        );
        let facts = [
            (words.version, format!("svod-relay {}", self.version)),
            (words.network, self.network.clone()),
            (words.address, self.address.clone()),
            (words.key, self.key.clone()),
            (words.up, up),
            (
                words.roster,
                if self.roster_height == 0 {
                    words.no_roster.to_owned()
                } else {
                    self.roster_height.to_string()
                },
            ),
            (words.entries, self.entries.to_string()),
            (words.connections, self.connections.to_string()),
            (words.letters, self.letters_waiting.to_string()),
            (words.disk, format!("{free}, {disk}")),
        ];
        let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        for (name, fact) in &facts {
            text += &format!("{name:width$}  {fact}\n");
        }
        if !self.organisations.is_empty() {
            text += &format!("\n{}\n", words.organisations);
        }
        for it in &self.organisations {
            let online = if it.nodes_connected > 0 { words.online } else { words.offline };
            let stored = mebibytes(it.stored_bytes, &words);
            let full = if it.stored_bytes >= self.quota_bytes { words.over } else { "" };
            text += &format!("{:>4}  {online:10}  {stored:>12}{full}  {}\n", it.ordinal, it.name);
        }
        text
    }
}

/// With a tenth, by the decimal mark of the language.
fn mebibytes(bytes: u64, words: &Words) -> String {
    let tenths = bytes.saturating_mul(10) >> 20;
    format!("{}{}{} {}", tenths / 10, words.mark, tenths % 10, words.mebibytes)
}

struct Words {
    version: &'static str,
    network: &'static str,
    address: &'static str,
    key: &'static str,
    up: &'static str,
    hours: &'static str,
    minutes: &'static str,
    roster: &'static str,
    no_roster: &'static str,
    entries: &'static str,
    connections: &'static str,
    letters: &'static str,
    disk: &'static str,
    unknown: &'static str,
    enough: &'static str,
    low: &'static str,
    full: &'static str,
    organisations: &'static str,
    online: &'static str,
    offline: &'static str,
    over: &'static str,
    mark: &'static str,
    mebibytes: &'static str,
}

impl Words {
    fn of(language: Language) -> Self {
        match language {
            Language::Russian => Self {
                version: "Версия",
                network: "Сеть",
                address: "Адрес UDP",
                key: "Ключ",
                up: "Работает",
                hours: "ч",
                minutes: "мин",
                roster: "Записей в реестре участников",
                no_roster: "0: узел лидера ещё не подключался",
                entries: "Записей в журналах",
                connections: "Соединений",
                letters: "Писем ждут лидера",
                disk: "Свободно на диске",
                unknown: "неизвестно",
                enough: "места достаточно",
                low: "место кончается: освободите диск",
                full: "мест нет: новые записи не принимаются, освободите диск",
                organisations: "Организации (номер, связь, занято, название):",
                online: "на связи",
                offline: "нет связи",
                over: " (квота исчерпана)",
                mark: ",",
                mebibytes: "МиБ",
            },
            Language::English => Self {
                version: "Version",
                network: "Network",
                address: "UDP address",
                key: "Key",
                up: "Up",
                hours: "h",
                minutes: "min",
                roster: "Roster statements",
                no_roster: "0: the lead's node has not come yet",
                entries: "Entries in the log",
                connections: "Connections",
                letters: "Letters waiting for the lead",
                disk: "Free on disk",
                unknown: "unknown",
                enough: "enough room",
                low: "filling up: free some space",
                full: "full: new entries are not taken, free some space",
                organisations: "Organisations (number, line, stored, name):",
                online: "connected",
                offline: "away",
                over: " (quota used up)",
                mark: ".",
                mebibytes: "MiB",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::OrganisationStatus;

    fn status() -> Status {
        Status {
            version: "1".to_owned(),
            network: "07".to_owned(),
            key: "aa".to_owned(),
            address: "0.0.0.0:7443".to_owned(),
            up_seconds: 3 * 3600 + 125,
            connections: 1,
            roster_height: 9,
            entries: 40,
            letters_waiting: 0,
            disk: Level::Reserve,
            disk_free_bytes: Some(3 << 19),
            quota_bytes: 1 << 20,
            organisations: vec![OrganisationStatus {
                ordinal: 2,
                name: "ИМЦ".to_owned(),
                nodes_connected: 0,
                stored_bytes: 1 << 20,
            }],
        }
    }

    #[test]
    fn a_keeper_reads_what_is_wrong() {
        let russian = status().text(Language::Russian);
        for words in ["3 ч 2 мин", "1,5 МиБ, мест нет", "нет связи", "квота исчерпана", "ИМЦ"]
        {
            assert!(russian.contains(words), "{words} in\n{russian}");
        }
        assert!(status().text(Language::English).contains("1.5 MiB, full"));
    }

    #[test]
    fn it_travels_as_json() {
        let json = serde_json::to_string(&status()).unwrap();
        assert_eq!(serde_json::from_str::<Status>(&json).unwrap(), status());
    }
}
