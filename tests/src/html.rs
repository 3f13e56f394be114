//! Just enough of HTML to fill in our own forms: maud writes every attribute in double quotes and escapes four signs.

use std::collections::BTreeMap;

/// A start tag and the text up to the next tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name; an end tag keeps its slash.
    pub name: String,
    /// Its attributes; one without a value has an empty one.
    pub attributes: BTreeMap<String, String>,
    /// The text behind it, up to the next tag.
    pub text: String,
}

/// A form as a browser would send it untouched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// What it carries, in the order of the page.
    pub fields: Vec<(String, String)>,
}

/// The tags of a page, in order.
pub fn tags(page: &str) -> Vec<Tag> {
    page.split('<').skip(1).filter_map(tag).collect()
}

/// The forms of a page that change something.
pub fn forms(page: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut is_open = false;
    let mut choice = None;
    for tag in tags(page) {
        match tag.name.as_str() {
            "form" => {
                forms.push(Form { action: tag.value("action"), fields: Vec::new() });
                is_open = true;
            }
            "/form" => is_open = false,
            "select" => choice = Some(tag.value("name")),
            "/select" => choice = None,
            _ if !is_open => {}
            _ => {
                if let Some(form) = forms.last_mut() {
                    form.take(&tag, choice.as_deref());
                }
            }
        }
    }
    forms
}

fn tag(text: &str) -> Option<Tag> {
    let end = end_of_tag(text)?;
    let (head, behind) = text.split_at_checked(end)?;
    let head = head.trim_end_matches('/');
    let name_end = head.find(char::is_whitespace).unwrap_or(head.len());
    let (name, rest) = head.split_at_checked(name_end)?;
    Some(Tag { name: name.to_owned(), attributes: attributes(rest), text: unescape(behind.get(1..)?) })
}

/// Where the `>` of a tag is; one inside quotes does not count.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut is_quoted = false;
    text.char_indices().find_map(|(at, sign)| {
        is_quoted ^= sign == '"';
        (sign == '>' && !is_quoted).then_some(at)
    })
}

fn attributes(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|it: char| it == '=' || it.is_whitespace()).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let (value, behind) = match behind.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => ("", behind.trim_start_matches('=')),
        };
        found.insert(name.to_owned(), unescape(value));
        rest = behind.trim_start();
    }
    found
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

impl Tag {
    /// The value of an attribute; empty if there is none.
    pub fn value(&self, name: &str) -> String {
        self.attributes.get(name).cloned().unwrap_or_default()
    }
}

impl Form {
    /// Adds what a tag inside the form contributes; `choice` is the name of the list of options it stands in.
    fn take(&mut self, tag: &Tag, choice: Option<&str>) {
        let is_named = tag.attributes.contains_key("name");
        match (tag.name.as_str(), choice) {
            ("input", _) if is_named => self.fields.push((tag.value("name"), tag.value("value"))),
            // A browser leaves out the line end right behind the tag.
            ("textarea", _) if is_named => {
                let text = tag.text.strip_prefix('\n').unwrap_or(&tag.text);
                self.fields.push((tag.value("name"), text.to_owned()));
            }
            // The first option counts unless another one is chosen.
            ("option", Some(name)) => match self.fields.last_mut() {
                Some((last, value)) if last == name => {
                    if tag.attributes.contains_key("selected") {
                        *value = tag.value("value");
                    }
                }
                _ => self.fields.push((name.to_owned(), tag.value("value"))),
            },
            _ => {}
        }
    }

    /// Types a value into a field that the form must have.
    pub fn type_in(&mut self, name: &str, value: &str) {
        let field = self.fields.iter_mut().find(|(it, _)| it == name);
        let (_, field) = field.unwrap_or_else(|| panic!("the form has no field {name}"));
        value.clone_into(field);
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let page = "<p>x</p><form method=\"post\" action=\"/a?b=1&amp;c=2\"><input type=\"hidden\" name=\"csrf\" value=\"z\">\
            <textarea name=\"term\" rows=\"1\" required>Май &lt;2022&gt;</textarea><select name=\"s\">\
            <option value=\"1\">I</option><option value=\"2\" selected>II</option><option value=\"3\">III</option></select>\
            <select name=\"t\"><option value=\"a\">A</option><option value=\"b\">B</option></select>\
            <button title=\"a > b\">ok</button></form><input name=\"outside\" value=\"\">";
        let fields = [("csrf", "z"), ("term", "Май <2022>"), ("s", "2"), ("t", "a")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(forms(page), [Form { action: "/a?b=1&c=2".to_owned(), fields }]);
    }
}
