//! A writer of XML that cannot produce an unbalanced element or an unescaped character.
//!
//! Characters that XML 1.0 forbids are left out: a text typed or pasted by a user must never make a file that an
//! office program calls damaged.

/// An XML document that grows.
#[derive(Debug)]
pub(super) struct Xml {
    out: String,
}

impl Xml {
    /// A document with its declaration.
    pub(super) fn new() -> Self {
        Self { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n") }
    }

    /// An element with what `content` writes into it.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        content: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes);
        self.out.push('>');
        content(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.open(name, attributes);
        self.out.push_str("/>");
    }

    /// Character data.
    pub(super) fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    /// The bytes of the finished document.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(name);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            escape(value, &mut self.out);
            self.out.push('"');
        }
    }
}

fn escape(text: &str, out: &mut String) {
    for ch in text.chars().filter(|it| is_allowed(*it)) {
        match ch {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(ch),
        }
    }
}

/// Production `Char` of XML 1.0 without the carriage return, which every reader turns into a line feed; Rust's `char`
/// is never a surrogate.
fn is_allowed(ch: char) -> bool {
    matches!(ch, '\t' | '\n' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use quick_xml::events::Event;

    fn check(text: &str, expected: &str) {
        let mut xml = Xml { out: String::new() };
        xml.element("a", &[("b", text)], |xml| xml.text(text));
        assert_eq!(xml.out, format!("<a b=\"{expected}\">{expected}</a>"));
    }

    #[test]
    fn markup_is_escaped_and_control_characters_are_left_out() {
        check("<&>\"", "&lt;&amp;&gt;&quot;");
        check("до\u{0}\u{b}\u{1b}\u{ffff}после", "допосле");
        check("таб\tи строка\r\n", "таб\tи строка\n");
    }

    proptest! {
        #[test]
        fn any_text_reads_back_without_its_forbidden_characters(text in any::<String>()) {
            let mut xml = Xml { out: String::new() };
            xml.element("a", &[], |xml| xml.text(&text));
            let mut reader = quick_xml::Reader::from_str(&xml.out);
            let mut read = String::new();
            loop {
                match reader.read_event().unwrap() {
                    Event::Text(part) => read.push_str(&part),
                    Event::GeneralRef(part) => read.push(match &*part {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        other => panic!("unexpected reference {other}"),
                    }),
                    Event::Eof => break,
                    _ => {}
                }
            }
            let expected: String = text.chars().filter(|it| is_allowed(*it)).collect();
            prop_assert_eq!(read, expected);
        }
    }
}
