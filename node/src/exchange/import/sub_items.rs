//! Takes apart titles that list several activities.

/// The activities of «Участие в мероприятиях: - Постер-сессия, - Фестиваль, -Конкурс»; nothing unless there are two.
///
/// An activity begins with a dash at the start of a line or after `:`, `;`, `,` or `.`; the dash of «Постер-сессия» and
/// the dash between two words do not begin one.
pub fn sub_items(title: &str) -> Vec<&str> {
    let mut starts = Vec::new();
    let mut before = '\n';
    let mut spaced = true;
    for (at, letter) in title.char_indices() {
        let is_dash = matches!(letter, '-' | '–' | '—' | '•');
        let opens = matches!(before, '\n' | ':' | ';' | ',' | '.');
        if is_dash && opens && (spaced || before != ',') {
            starts.push((at, at + letter.len_utf8()));
        }
        spaced = letter.is_whitespace();
        if !spaced || letter == '\n' {
            before = letter;
        }
    }
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([title.len()]);
    let items = starts.iter().zip(ends).filter_map(|((_, from), to)| title.get(*from..to));
    let is_end = |it: char| it.is_whitespace() || matches!(it, ',' | ';' | '.');
    let items: Vec<_> = items.map(|it| it.trim_start().trim_end_matches(is_end)).collect();
    if items.len() < 2 || items.iter().any(|it| it.is_empty()) { Vec::new() } else { items }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, expected: &[&str]) {
        assert_eq!(sub_items(title), expected, "{title}");
    }

    #[test]
    fn activities_begin_with_a_dash_after_a_sign() {
        check(
            "Участие в мероприятиях: - Постер-сессия, - Фестиваль инновационных идей, -Конкурс «Поиск»",
            &["Постер-сессия", "Фестиваль инновационных идей", "Конкурс «Поиск»"],
        );
        check("Акты: - договор; - согласие", &["договор", "согласие"]);
        check("Акты:\n– договор\n– согласие.", &["договор", "согласие"]);
    }

    #[test]
    fn other_dashes_begin_nothing() {
        check("Нормативно-правовое обеспечение", &[]);
        check("Конкурс – этап первый – этап второй", &[]);
        check("Акты: - договор", &[]);
        check("Акты: - - договор", &[]);
        check("", &[]);
    }
}
