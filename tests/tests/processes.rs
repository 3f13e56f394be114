//! The whole program as its users run it: a relay and the nodes of five centres, each a process of its own.

#![cfg(unix)]

mod hardship;
mod recovery;
mod refusals;
mod relays;

use svod_tests::http::Visitor;
use svod_tests::network::Network;
use svod_tests::seed::{ITEMS, MEMBERS, SECTIONS, roadmap_docx};

/// The road that a centre's year takes: joined, cut off, edited apart, broken off in the middle, together again.
#[test]
fn five_centres_meet_again_after_everything_that_can_happen_to_them() {
    let mut network = Network::found(&MEMBERS);
    import_roadmap(&mut network);
    network.serve_all();
    network
        .wait_converged("everybody has the roadmap", |it| it["items"] == ITEMS && it["sections"] == SECTIONS);

    network.relay.stop();
    let plan = plan_id(&network.lead().visitor());
    let edited = Edited::apart(&mut network, &plan);
    network.site(2).kill();

    network.relay.start();
    network.serve_all();
    let state = network.wait_converged("what was done apart is together", |it| {
        it["divergences"] == 1 && it["items"] == ITEMS + 1
    });
    assert_eq!(state["sections"], SECTIONS);
    for site in &network.sites {
        edited.check(&site.visitor(), &plan);
    }
}

/// What the centres do while the relay is away.
struct Edited {
    /// The row whose term two of them write.
    contested: String,
    /// The row whose title the third one writes, and then is killed.
    renamed: String,
    /// The row whose execution the fourth one reports.
    executed: String,
}

const TERMS: [&str; 2] = ["Сентябрь 2021", "Октябрь 2021"];
const TITLE: &str = "Название, записанное перед отключением питания";
const RESULT: &str = "Проведено, участвовали 14 педагогов";
const ADDED: &str = "Пункт, добавленный без связи";

impl Edited {
    fn apart(network: &mut Network, plan: &str) -> Self {
        let rows = rows(&network.lead().visitor(), plan);
        let [contested, renamed, executed, ..] = rows.as_slice() else { panic!("too few rows: {rows:?}") };
        for (no, term) in [(0, TERMS[0]), (1, TERMS[1])] {
            edit(&network.site(no).visitor(), plan, contested, "term", term);
        }
        edit(&network.site(2).visitor(), plan, renamed, "title", TITLE);
        report(&network.site(3).visitor(), plan, executed);
        add(&network.site(4).visitor(), plan);
        Self { contested: contested.clone(), renamed: renamed.clone(), executed: executed.clone() }
    }

    /// Everything that anybody wrote is on the pages of `visitor`.
    fn check(&self, visitor: &Visitor, plan: &str) {
        let table = visitor.page(&format!("/plans/{plan}"));
        assert!(table.contains(TITLE) && table.contains(ADDED), "{table}");
        let divergences = visitor.page("/divergences");
        assert!(divergences.contains(&format!("/items/{}", self.contested)), "{divergences}");
        assert!(TERMS.iter().all(|it| divergences.contains(it)), "{divergences}");
        let executed = visitor.page(&format!("/plans/{plan}/items/{}", self.executed));
        assert!(executed.contains(RESULT), "{executed}");
        let renamed = visitor.page(&format!("/plans/{plan}/items/{}", self.renamed));
        assert!(renamed.contains(TITLE), "{renamed}");
    }
}

fn import_roadmap(network: &mut Network) {
    let file = roadmap_docx().display().to_string();
    network.lead().svod(&["import", &file]).expect_success("import");
    let state = network.lead().status();
    assert_eq!((&state["items"], &state["sections"]), (&ITEMS.into(), &SECTIONS.into()));
}

/// The only plan of a node.
fn plan_id(visitor: &Visitor) -> String {
    let mut plans = visitor.links("/plans");
    plans.retain(|it| it.strip_prefix("/plans/").is_some_and(|id| id.len() == 32));
    assert_eq!(plans.len(), 1, "{plans:?}");
    plans[0]["/plans/".len()..].to_owned()
}

/// The rows of the plan's table, in the order of the page.
fn rows(visitor: &Visitor, plan: &str) -> Vec<String> {
    let items = format!("/plans/{plan}/items/");
    let links = visitor.links(&format!("/plans/{plan}"));
    let mut rows: Vec<_> = links
        .iter()
        .filter_map(|it| it.strip_prefix(&items))
        .filter(|it| !it.contains('/'))
        .map(str::to_owned)
        .collect();
    rows.dedup();
    rows
}

fn edit(visitor: &Visitor, plan: &str, row: &str, field: &str, value: &str) {
    let item = format!("/plans/{plan}/items/{row}");
    let mut form = visitor.form(&format!("{item}/edit"), &item);
    form.type_in(field, value);
    visitor.save(&form);
}

fn report(visitor: &Visitor, plan: &str, row: &str) {
    let item = format!("/plans/{plan}/items/{row}");
    let mut form = visitor.form(&item, &format!("{item}/execution"));
    form.type_in("status", "done");
    form.type_in("date", "2021-09-14");
    form.type_in("result", RESULT);
    visitor.save(&form);
}

fn add(visitor: &Visitor, plan: &str) {
    let page = format!("/plans/{plan}/add");
    let mut form = visitor.form(&page, &page);
    form.type_in("title", ADDED);
    form.type_in("term", "Декабрь 2021");
    visitor.save(&form);
}
