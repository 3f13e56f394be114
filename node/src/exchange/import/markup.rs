//! Remnants of web pages in cells: `<ul style="…"><li>договор</li></ul>`.

use std::borrow::Cow;

/// The text without tags, if it holds any: items of lists become lines that begin with a dash, ends of paragraphs line
/// ends, the commonest entities their signs. A text without a known tag is left as it is, with its `<` and `&`.
pub(super) fn without_tags(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        match tag(from) {
            Some((name, length)) => {
                found = true;
                plain.push_str(stands_for(&name));
                rest = from.get(length..).unwrap_or_default();
            }
            None => {
                plain.push('<');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    plain.push_str(rest);
    found.then(|| tidy(&entities(&plain)))
}

/// The name of the tag that a text begins with, «/» before it where it closes, and the length of the tag.
fn tag(text: &str) -> Option<(String, usize)> {
    let end = text.find('>').filter(|it| *it <= TAG_BYTES_MAX)?;
    let inside = text.get(1..end)?;
    let closes = inside.starts_with('/');
    let name: String =
        inside.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    TAGS.contains(&name.as_str()).then(|| (if closes { format!("/{name}") } else { name }, end + 1))
}

fn stands_for(tag: &str) -> &'static str {
    match tag {
        "li" => "\n- ",
        "br" | "/p" | "/div" | "/ul" | "/ol" | "/tr" => "\n",
        "/td" | "/th" => " ",
        _ => "",
    }
}

fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    // The ampersand last: «&amp;lt;» is the text «&lt;».
    Cow::Owned(ENTITIES.iter().fold(text.to_owned(), |it, (name, sign)| it.replace(name, sign)))
}

/// Lines without spaces around them, empty ones left out.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// A tag of Word's clipboard has some hundreds of bytes of style.
const TAG_BYTES_MAX: usize = 2000;

/// What word processors put around texts; anything else in angle brackets is text that somebody typed.
const TAGS: &[&str] = &[
    "b", "br", "div", "em", "font", "h1", "h2", "h3", "i", "li", "ol", "p", "s", "span", "strong", "sub",
    "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
];

const ENTITIES: &[(&str, &str)] = &[
    ("&nbsp;", " "),
    ("&laquo;", "«"),
    ("&raquo;", "»"),
    ("&mdash;", "—"),
    ("&ndash;", "–"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_web_pages_become_lines() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(without_tags(text).as_deref(), expected, "{text}");
        };
        let list = "<ul style=\"margin-top:0cm\" type=disc><li>Анкетирование</li><li>Работа с&nbsp;продуктом</li></ul>";
        check(list, Some("- Анкетирование\n- Работа с продуктом"));
        check("<p>Акты:</p><P>договор</P>", Some("Акты:\nдоговор"));
        check("<b>Конкурс</b> &laquo;Поиск&raquo;", Some("Конкурс «Поиск»"));
        check("2 < 3 & 4 > 1", None);
        check("<Иванов>", None);
        check("&nbsp;", None);
        check("<script>", None);
        check("<a href=javascript:alert(1)>x</a>", None);
        check("a <b", None);
    }
}
