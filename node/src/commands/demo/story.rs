//! The story: two centres edit apart, one deletes what another edits, execution is reported, all exchange.

use serde::Serialize;
use svod_shared::id::DocId;

use super::network::{Network, Site};
use super::time::StoryTime;
use super::{CliError, Context, figures};
use crate::domain::execution::{ExecutionField, Status};
use crate::domain::plan::{ItemField, RowId};
use crate::exchange::import::import;
use crate::exchange::refusal::refusal;
use crate::requests::Edit;

/// The seed's roadmap of the network, as a Word file.
const ROADMAP: &[u8] = include_bytes!("../../../../tests/data/seed/roadmap-network.docx");

/// The other three plans, each in a form and a format of its own.
const PLANS: [&[u8]; 3] = [
    include_bytes!("../../../../tests/data/seed/roadmap-pilot.docx"),
    include_bytes!("../../../../tests/data/seed/plan-implementation.xlsx"),
    include_bytes!("../../../../tests/data/seed/plan-interaction.ods"),
];

/// What was told.
#[derive(Debug)]
pub(super) struct Story {
    /// The plan it is about.
    pub(super) plan: DocId,
    /// The campaign whose joint report is frozen at the end.
    pub(super) campaign: DocId,
    /// Its steps.
    pub(super) steps: Vec<Step>,
}

/// A step, with the control code all nodes share after it, where they do.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    told: String,
    code: Option<String>,
}

/// Tells the story to its end; all nodes hold the same then.
pub(super) async fn tell(
    context: &Context,
    network: &mut Network,
    time: &StoryTime,
) -> Result<Story, CliError> {
    let mut steps = Vec::new();
    let mut note = |key: &str, code: Option<String>| {
        let told = context.t.text(key);
        let shown = code.as_ref().map_or_else(|| told.clone(), |code| format!("{told} [{code}]"));
        steps.push(Step { told, code });
        super::super::print(&shown)
    };
    let plan = load(context, network, ROADMAP).await?;
    for table in PLANS {
        load(context, network, table).await?;
    }
    note("demo-step-import", Some(network.agree().await?))?;

    time.set(12, 9, 30)?;
    report_executions(network, plan).await?;
    note("demo-step-executions", Some(network.agree().await?))?;

    network.site("Динской")?.line().disconnect().await;
    network.site("Кореновский")?.line().disconnect().await;
    note("demo-step-apart", None)?;
    time.set(6, 9, 30)?;
    let korenovsk = network.site("Кореновский")?;
    set(korenovsk, plan, "4.2", ItemField::Term, "Ноябрь 2021-апрель 2022 (и по мере запроса)").await?;
    set(korenovsk, plan, "4.4", ItemField::Audience, "Участники сети, пилотные школы").await?;
    delete(korenovsk, plan, "5.2", &context.t.text("demo-reason-delete")).await?;
    time.set(5, 14, 5)?;
    let dinskaya = network.site("Динской")?;
    set(dinskaya, plan, "4.2", ItemField::Term, "Ноябрь 2021-март 2022 (и по мере запроса)").await?;
    set(dinskaya, plan, "5.2", ItemField::Term, "Декабрь 2022").await?;
    let said = ("Динской", "4.4", Status::InProgress, "", "", "заявки принимаются до 25 марта");
    execute(dinskaya, plan, said).await?;
    note("demo-step-edits", None)?;

    time.set(0, 12, 40)?;
    network.site("Динской")?.line().connect();
    network.site("Кореновский")?.line().connect();
    note("demo-step-merged", Some(network.agree().await?))?;

    let campaign = figures::tell(context, network, time, &mut note).await?;
    Ok(Story { plan, campaign, steps })
}

/// The lead loads a table.
async fn load(context: &Context, network: &Network, table: &[u8]) -> Result<DocId, CliError> {
    let table = import(table)
        .map_err(|error| CliError::key("cli-error-import").arg("reason", refusal(context.t, &error)))?;
    Ok(network.lead().import(table.form()).await?.plan)
}

/// What the centres report of the months behind them.
async fn report_executions(network: &mut Network, plan: DocId) -> Result<(), CliError> {
    for told in EXECUTIONS {
        let site = network.site(told.0)?;
        execute(site, plan, told).await?;
    }
    Ok(())
}

type Told = (&'static str, &'static str, Status, &'static str, &'static str, &'static str);

/// Centre, item, status, date, result, remark.
const EXECUTIONS: [Told; 42] = [
    ("Выселковский", "1.1", Status::Done, "2021-03-24", "пять согласий, пять договоров", ""),
    ("Выселковский", "1.2", Status::Done, "2021-03-29", "дорожная карта утверждена", ""),
    ("Выселковский", "1.4", Status::Done, "2021-12-28", "отчёт за II полугодие 2021", ""),
    ("Выселковский", "2.1", Status::Done, "2021-04-20", "приказ № 212", ""),
    ("Выселковский", "2.2", Status::Done, "2022-02-25", "положение о конференции", ""),
    ("Выселковский", "3.1", Status::Done, "2021-12-16", "справка по итогам", ""),
    ("Выселковский", "3.2", Status::Done, "2022-02-28", "таблица активности за февраль", ""),
    ("Выселковский", "3.3", Status::Done, "2021-12-24", "рецензии на 4 продукта", ""),
    ("Выселковский", "4.1", Status::Done, "2021-09-21", "вебинар, 42 участника", ""),
    ("Выселковский", "4.2", Status::Done, "2022-02-18", "проведено 4 заседания, протоколы", ""),
    ("Выселковский", "4.4", Status::Done, "2022-03-15", "конференция проведена, 31 участник", ""),
    ("Выселковский", "4.8", Status::Done, "2022-01-27", "постер-сессия: 2 работы", ""),
    ("Динской", "1.1", Status::Done, "2021-03-26", "согласие и договор", ""),
    ("Динской", "1.2", Status::Done, "2021-03-29", "согласовано", ""),
    ("Динской", "1.4", Status::Done, "2021-12-27", "раздел отчёта", ""),
    ("Динской", "2.1", Status::Done, "2021-04-28", "приказ № 87", ""),
    ("Динской", "2.2", Status::Done, "2022-02-22", "план вебинаров", ""),
    ("Динской", "3.1", Status::Done, "2021-12-20", "справка", ""),
    ("Динской", "3.2", Status::Done, "2022-02-28", "", ""),
    ("Динской", "4.1", Status::Done, "2021-09-23", "вебинар, 27 участников", ""),
    (
        "Динской",
        "4.2",
        Status::Partially,
        "2022-02-25",
        "проведено 3 заседания из 4",
        "одно перенесено из-за карантина",
    ),
    ("Динской", "4.8", Status::NotApplicable, "", "", "заявок на постер-сессию не было"),
    ("Кореновский", "1.1", Status::Done, "2021-03-30", "согласие и договор", ""),
    ("Кореновский", "1.2", Status::Done, "2021-03-31", "согласовано", ""),
    ("Кореновский", "1.4", Status::Done, "2021-12-29", "раздел отчёта", ""),
    ("Кореновский", "2.1", Status::Done, "2021-05-14", "приказ № 140", "подписан после срока"),
    ("Кореновский", "2.2", Status::InProgress, "", "", "положение на согласовании"),
    ("Кореновский", "3.1", Status::Done, "2021-12-22", "", ""),
    ("Кореновский", "3.2", Status::Done, "2022-01-31", "за январь", "за февраль собираем"),
    ("Кореновский", "4.1", Status::Done, "2021-09-28", "вебинар, 19 участников", ""),
    ("Кореновский", "4.2", Status::Done, "2022-02-21", "2 заседания", ""),
    ("Крыловской", "1.1", Status::Done, "2021-03-29", "согласие и договор", ""),
    ("Крыловской", "1.2", Status::Done, "2021-03-30", "согласовано", ""),
    ("Крыловской", "2.1", Status::Done, "2021-04-30", "приказ № 55", ""),
    ("Крыловской", "3.1", Status::InProgress, "", "", "сводим ответы двух школ"),
    ("Крыловской", "3.2", Status::Done, "2022-02-28", "таблица за февраль", ""),
    ("Крыловской", "4.2", Status::InProgress, "", "", ""),
    ("Крыловской", "4.8", Status::Done, "2022-01-28", "постер-сессия: 1 работа", ""),
    ("Мостовской", "1.1", Status::Done, "2021-03-31", "согласие и договор", ""),
    ("Мостовской", "1.2", Status::Done, "2021-03-31", "согласовано", ""),
    ("Мостовской", "2.1", Status::Moved, "2022-04-15", "", "ждём подписи управления образования"),
    ("Мостовской", "4.2", Status::Done, "2022-02-24", "1 заседание", ""),
];

async fn execute(site: &Site, plan: DocId, told: Told) -> Result<(), CliError> {
    let (_, number, status, date, result, comment) = told;
    let row = row(site, plan, number).await?;
    let said = [
        (ExecutionField::Status, status.key()),
        (ExecutionField::Date, date),
        (ExecutionField::Result, result),
        (ExecutionField::Comment, comment),
    ];
    let edits = said.into_iter().filter(|(_, value)| !value.is_empty());
    let edits = edits.map(|(field, value)| Edit { field, value: value.to_owned(), seen: Vec::new() });
    site.node().report_execution(plan, row, edits.collect()).await?;
    Ok(())
}

async fn set(site: &Site, plan: DocId, number: &str, field: ItemField, value: &str) -> Result<(), CliError> {
    let row = row(site, plan, number).await?;
    let card = site.node().item(plan, row.clone()).await?;
    let seen = card.map(|it| it.item.field(field).ops()).unwrap_or_default();
    site.node().edit_item(plan, row, vec![Edit { field, value: value.to_owned(), seen }]).await?;
    Ok(())
}

async fn delete(site: &Site, plan: DocId, number: &str, reason: &str) -> Result<(), CliError> {
    let row = row(site, plan, number).await?;
    Ok(site.node().delete_row(plan, row, reason.to_owned()).await?)
}

async fn row(site: &Site, plan: DocId, number: &str) -> Result<RowId, CliError> {
    let view = site.node().plan(plan).await?;
    let found = view.and_then(|view| {
        let item = view.plan.items().find(|it| it.text(ItemField::Number) == number);
        item.map(|it| it.row.clone())
    });
    found.ok_or_else(|| CliError::key("error-no-row"))
}
