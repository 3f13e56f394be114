//! «Сегодня»: what is overdue and due soon for this organisation, what waits for its word, what changed without it.

use axum::Form;
use axum::response::IntoResponse as _;
use maud::{Markup, html};

use super::error::Answer;
use super::form::Fields;
use super::frame::{Page, Section};
use super::lights::{Duty, duties};
use super::parts::{csrf, empty, item_name, place_name, sign, who};
use super::visit::{Visit, back_to};
use super::words::{news_line, worth_telling};
use crate::domain::plan::ItemField;
use crate::views::{ChangeLine, Divergence, Place, PlanView};

/// A screen of news; older lines stand in the histories of their items.
const NEWS_MAX: usize = 30;
/// Lists without a date are reminders: a few, and how many more.
const UNDATED_MAX: usize = 5;
/// What waits is shown whole on its own page.
const WAITING_MAX: usize = 5;

/// Everything the page shows.
struct Today {
    plans: Vec<PlanView>,
    waiting: Vec<Divergence>,
    news: Vec<ChangeLine>,
}

/// The page.
pub(super) async fn page(visit: Visit) -> Answer {
    let t = visit.t;
    let mut plans = Vec::new();
    for summary in visit.node.plans().await? {
        plans.extend(visit.node.plan(summary.id).await?);
    }
    let waiting = visit.node.divergences().await?.into_iter().filter(|it| it.may_settle).collect();
    let mut news = visit.node.news(NEWS_MAX).await?;
    news.retain(worth_telling);
    let content = content(&visit, &Today { plans, waiting, news });
    Page::new(Section::Today, t.text("nav-today"), content).respond(&visit).await
}

/// Takes the news as read.
pub(super) async fn mark_read(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(pairs)?;
    visit.node.mark_news_read().await?;
    Ok(back_to(fields.get("back").unwrap_or("/")).into_response())
}

fn content(visit: &Visit, today: &Today) -> Markup {
    let t = visit.t;
    let duties: Vec<_> = today.plans.iter().flat_map(|plan| duties(visit, plan)).collect();
    let mut dated: Vec<_> = duties.iter().filter(|it| it.due.is_some()).collect();
    dated.sort_by_key(|it| it.due);
    let late = dated.iter().filter(|it| it.is_late).count();
    html! {
        (head(visit, today, &dated, late))
        @if today.plans.is_empty() {
            (empty(&t.text("today-no-plan"), &t.text("today-no-plan-text"), Some(("/import", &t.text("plans-import")))))
        }
        div.cols {
            div {
                section #due data-live { @if !today.plans.is_empty() { (due(visit, &dated)) } }
                section #waiting data-live { (waiting(visit, &today.waiting)) }
            }
            div {
                section #news data-live {
                    @if !today.plans.is_empty() || !today.news.is_empty() { (news(visit, &today.news)) }
                }
                section #undated data-live { (undated(visit, &duties)) }
            }
        }
    }
}

fn head(visit: &Visit, today: &Today, dated: &[&Duty<'_>], late: usize) -> Markup {
    let t = visit.t;
    let date = visit.clock.date(t, visit.clock.today());
    html! {
        header.top #head data-live {
            div {
                h1 { (t.with("today-title", &[("date", date.into())])) }
                @if !today.plans.is_empty() {
                    p.sub { (summary(visit, late, dated.len() - late, today.news.len())) }
                }
            }
            @if !today.plans.is_empty() {
                div.acts { a.btn href="/week" { (t.text("week-title")) } }
            }
        }
    }
}

fn summary(visit: &Visit, late: usize, soon: usize, news: usize) -> String {
    let t = visit.t;
    let late = match late {
        0 => t.text("today-none-late"),
        n => t.with("today-late", &[("n", n.into())]),
    };
    let soon = t.with("today-soon", &[("n", soon.into())]);
    let news = t.with("today-news", &[("n", news.into())]);
    format!("{late} {soon} {news}")
}

fn due(visit: &Visit, dated: &[&Duty<'_>]) -> Markup {
    let t = visit.t;
    html! {
        h2.part { (t.text("today-due")) }
        @if dated.is_empty() {
            p.card.calm { (t.text("today-due-none")) }
        } @else {
            div.card.list { @for it in dated { (duty(visit, it)) } }
        }
    }
}

fn duty(visit: &Visit, it: &Duty<'_>) -> Markup {
    let t = visit.t;
    let when = it.due.map(|due| {
        let key = if it.is_late { "due-was" } else { "due-by" };
        t.with(key, &[("date", visit.clock.date(t, due).into())])
    });
    html! {
        div.row {
            (sign(it.lamp.tone, it.lamp.sign))
            div {
                a.clamp href={ "/plans/" (it.plan) "/items/" (it.item.row.0) } { (it.item.text(ItemField::Title)) }
                small.clamp.one {
                    @if !it.item.text(ItemField::Number).is_empty() { (it.item.text(ItemField::Number)) " · " }
                    (it.item.text(ItemField::Term))
                }
            }
            div.when.late[it.is_late] { (when.unwrap_or_default()) }
        }
    }
}

fn waiting(visit: &Visit, all: &[Divergence]) -> Markup {
    let t = visit.t;
    html! {
        @if !all.is_empty() {
            h2.part { (t.text("today-waiting")) }
            div.card.list {
                @for it in all.iter().take(WAITING_MAX) { (waiting_line(visit, it)) }
            }
            @if all.len() > WAITING_MAX {
                p { a.btn href="/divergences" { (t.with("today-all-waiting", &[("n", all.len().into())])) } }
            }
        }
    }
}

fn waiting_line(visit: &Visit, it: &Divergence) -> Markup {
    let t = visit.t;
    let item = item_name(t, &it.number, &it.title);
    let (key, mark) =
        if matches!(it.place, Place::Row(_)) { ("waiting-row", "↺") } else { ("waiting-field", "≠") };
    let args =
        [("field", place_name(t, &it.place).into()), ("item", item.into()), ("n", it.variants.len().into())];
    let said = |(variant, by): &(crate::domain::field::Variant, crate::domain::member::Author)| {
        format!("{} — «{}»", who(t, by), variant.value)
    };
    let values: Vec<_> = it.variants.iter().map(said).collect();
    html! {
        div.row {
            (sign("soon", mark))
            div { (t.with(key, &args)) small { (values.join(", ")) } }
            div { a.btn href="/divergences" { (t.text("choose")) } }
        }
    }
}

fn news(visit: &Visit, lines: &[ChangeLine]) -> Markup {
    let t = visit.t;
    html! {
        div.part-line {
            h2.part { (t.text("today-changed")) }
            @if !lines.is_empty() {
                form method="post" action="/news/read" {
                    (csrf(visit))
                    input type="hidden" name="back" value=(visit.address);
                    button.link { (t.text("news-read")) }
                }
            }
        }
        @if lines.is_empty() {
            p.card.calm { (t.text("today-changed-none")) }
        } @else {
            div.card.list { @for line in lines { (news_line(visit, line)) } }
        }
    }
}

fn undated(visit: &Visit, duties: &[Duty<'_>]) -> Markup {
    let t = visit.t;
    let lists = [("today-undated", false), ("today-on-demand", true)];
    html! {
        @for (key, on_demand) in lists {
            @let list: Vec<_> = duties.iter().filter(|it| it.due.is_none() && it.on_demand == on_demand).collect();
            @if !list.is_empty() {
                h2.part { (t.text(key)) }
                div.card.list {
                    @for it in list.iter().take(UNDATED_MAX) {
                        div.row {
                            (sign("off", "·"))
                            div {
                                a.clamp href={ "/plans/" (it.plan) "/items/" (it.item.row.0) } { (it.item.text(ItemField::Title)) }
                                small { (it.item.text(ItemField::Number)) }
                            }
                            div.when { @if on_demand { (it.item.text(ItemField::Term)) } @else { (t.text("assign")) } }
                        }
                    }
                }
                @if list.len() > UNDATED_MAX { p.hint { (t.with("and-more", &[("n", (list.len() - UNDATED_MAX).into())])) } }
            }
        }
    }
}
