//! Markup that people type: on no page does it become any.

use std::collections::BTreeSet;

use super::*;
use crate::domain::execution::ExecutionField;
use crate::domain::plan::{ItemField, RowId};
use crate::exchange::form::{Form, FormRow, FormSection};
use crate::folder::Folder;
use crate::people::People;
use crate::requests::Edit;
use crate::store::{FoundNetwork, Store, testing};

/// Each wants to get out of a place in which a page could put it.
const CORPUS: [&str; 9] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "\" autofocus onfocus=\"alert(1)",
    "</textarea><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "<!--<iframe srcdoc=\"<b>\">",
    "]]><a href=\"javascript:alert(1)\">x</a>",
    "&lt;i&gt;typed as an entity&lt;/i&gt;",
    "<template shadowrootmode=open><b onclick=alert(1)>",
];

/// A text with everything in it.
fn all() -> String {
    CORPUS.join(" ")
}

/// A node in which every text that somebody can type is [`all`].
fn store() -> (Store, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::create(&dir.path().join("data")).unwrap();
    // Names have bounds; every text of the corpus fits one of them.
    let [name, short] = [CORPUS[..4].join(" "), CORPUS[0].to_owned()];
    let terms = FoundNetwork {
        network: name.clone(),
        name,
        label: short.clone(),
        short,
        basis: String::new(),
        relay: None,
    };
    let (mut store, _) = Store::found(folder, &terms, testing::clock()).unwrap();
    let row = |number: &str| {
        let mut row = FormRow::of(ItemField::TYPED.map(|it| (it, all())));
        row.set(ItemField::Number, number);
        row
    };
    let section = FormSection { number: "1".into(), title: all(), rows: vec![row("1.1"), row("1.2")] };
    let table =
        Form { title: all(), period: all(), approval: all(), sections: vec![section], ..Form::default() };
    let plan = store.import(&table).unwrap().plan;
    let row = store.plan(&plan).unwrap().unwrap().plan.items().next().unwrap().row.clone();
    edit(&mut store, plan, &row);
    store.invite(&CORPUS[4..6].join(" "), &CORPUS[6..8].join(" ")).unwrap();
    let gone = store.plan(&plan).unwrap().unwrap().plan.items().nth(1).unwrap().row.clone();
    store.delete_row(plan, &gone, &all()).unwrap();
    (store, dir)
}

fn edit(store: &mut Store, plan: svod_shared::id::DocId, row: &RowId) {
    store.write_for(Some(all().as_str().into()));
    let item = store.item(&plan, row).unwrap().unwrap().item;
    let value = || format!("{} again", all());
    let fields = ItemField::ALL.into_iter().filter(|it| !matches!(it, ItemField::Order | ItemField::Section));
    let edits = fields.map(|field| Edit { field, value: value(), seen: item.field(field).ops() });
    store.edit_item(plan, row, edits.collect()).unwrap();
    let fields = ExecutionField::ALL.into_iter();
    let edits = fields.map(|field| Edit { field, value: value(), seen: Vec::new() });
    store.report_execution(plan, row, edits.collect()).unwrap();
}

/// The same text as a page may show it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[tokio::test]
async fn markup_that_people_type_stays_text_on_every_page() {
    let (store, _dir) = store();
    let plan = store.plans().unwrap()[0].id;
    let row = store.plan(&plan).unwrap().unwrap().plan.items().next().unwrap().row.0.clone();
    let people = People::nobody();
    let label = "<b onclick=alert(1)>методист</b>";
    let person = people.add(label, "").unwrap();
    let session = people.enter(person, "", Timestamp(1_647_510_000_000)).unwrap();
    let clock = Clock::new(|| Timestamp(1_647_510_000_000), TimeZone::UTC);
    let state = WebState::new(Node::start(store), Door::new(4410, [1; 32], [2; 32]), clock);
    let app = router(state.with_people(Arc::new(people)));
    let mut shown = BTreeSet::new();
    for uri in addresses() {
        if uri.starts_with("/assets/")
            || uri == "/events"
            || uri.contains("/export/")
            || uri.contains("/download/")
        {
            continue;
        }
        let uri = uri.replace(&"0".repeat(32), &plan.to_string()).replace("/abc", &format!("/{row}"));
        let request = own("GET", &uri).header("cookie", format!("svod-4410-who={session}"));
        let answer = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let page = text(answer).await;
        for typed in CORPUS.iter().chain([&label]) {
            assert!(!page.contains(typed), "{uri} has {typed} as markup");
            if page.contains(&escaped(typed)) {
                shown.insert((uri.clone(), *typed));
            }
        }
    }
    for typed in CORPUS.iter().chain([&label]) {
        let pages = shown.iter().filter(|it| it.1 == *typed).count();
        assert!(pages >= 4, "{typed} is shown on {pages} pages: the test looks at nothing");
    }
}
