//! Search: any form of a word, in everything a plan and its executions hold, as it stands now.

use super::*;
use crate::domain::execution::Status;

fn found(site: &Site, query: &str) -> Vec<String> {
    site.store
        .search(query)
        .expect("searches")
        .hits
        .into_iter()
        .map(|it| it.number + "|" + &it.title)
        .collect()
}

#[test]
fn any_form_of_a_word_finds_it_and_what_is_gone_is_not_found() {
    let (mut a, mut b, plan) = two_sites();
    assert_eq!(found(&a, "конференции"), ["4.4|Конференция"]);
    assert_eq!(found(&a, "КОНФ"), ["4.4|Конференция"], "the beginning of a word is enough");
    assert_eq!(found(&a, "вебинаром сентября"), ["4.1|Вебинары"], "all words in any field");
    assert_eq!(found(&a, "вебинар конференция"), [""; 0]);
    assert_eq!(found(&a, "методической"), ["4|Методическая деятельность"]);
    assert_eq!(found(&a, "дорожную"), ["|Дорожная карта проекта"]);
    assert_eq!(found(&a, ""), [""; 0]);
    assert_eq!(found(&a, "\"* NEAR( -"), [""; 0], "signs of a query are no operators");

    set(&mut b, &plan, "4.4", ItemField::Title, "Отчёт о фестивале");
    exchange(&mut a, &mut b);
    for site in [&a, &b] {
        assert_eq!(found(site, "конференция"), [""; 0]);
        assert_eq!(found(site, "отчета"), ["4.4|Отчёт о фестивале"], "ё is е");
    }
    let item = row(&a, &plan, "4.4");
    a.store.delete_row(plan, &item, "проверка").expect("deletes");
    assert_eq!(found(&a, "фестиваль"), [""; 0]);
}

#[test]
fn what_an_organisation_says_of_an_item_finds_the_item() {
    let (mut a, mut b, plan) = two_sites();
    let item = row(&b, &plan, "4.4");
    let edit = |field, value: &str| Edit { field, value: value.to_owned(), seen: Vec::new() };
    let said = vec![
        edit(ExecutionField::Status, Status::Done.key()),
        edit(ExecutionField::Result, "приказ № 212, участвовали тьюторы"),
    ];
    b.store.report_execution(plan, &item, said).expect("reports");
    exchange(&mut a, &mut b);
    let view = a.store.search("тьютор 212").expect("searches");
    assert_eq!(view.hits.len(), 1);
    assert!(
        view.hits[0].texts.contains(&"Динской: приказ № 212, участвовали тьюторы".to_owned()),
        "{view:?}"
    );
}

#[test]
fn the_index_made_again_finds_the_same() {
    let (mut a, ..) = two_sites();
    let before = found(&a, "вебинары");
    a.store.rebuild().expect("rebuilds");
    assert_eq!(found(&a, "вебинары"), before);
    assert_eq!(before.len(), 1);
}
