//! From what organisations say to what the network says: pure arithmetic over exact numbers.
//!
//! - A share is Σ parts / Σ wholes. There is no mean here, and nothing to make one with.
//! - Only figures count. «Нет данных», «не применимо», an empty cell and a missing submission add nothing, and who said
//!   them is named in [`Total::without`]; 0 is a figure and counts.
//! - No figure at all gives no total: a sum of nothing is not 0. 0/0 gives a total without a share.
//! - An event that several report is one, whatever case, signs and «ё» its name was typed with; the participations of
//!   organisations are counted beside it.
//! - Over time a sum grows, a stock is the last one reported, events are a union.
//! - Rounding happens when a share is shown, once, on the sums. Rounded parts of a distribution need not add up to
//!   100 %: they are not bent until they do; [`Shares::sum`] says what they add up to.

use std::collections::BTreeMap;

use jiff::civil::Date;
use svod_shared::id::OrgNo;

use super::decimal::Decimal;
use super::indicator::{Aggregation, Cell, Edition, Event, Figure, Passport};
use super::period::Period;

/// A network's figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The figure; `None` if nobody said one.
    pub figure: Option<Figure>,
    /// Of events, how many times organisations took part in them; 0 of all else.
    pub participations: u64,
    /// Whose figures are in it, in the order given.
    pub of: Vec<OrgNo>,
    /// Whose are not, and why.
    pub without: Vec<(OrgNo, Absence)>,
}

/// Why an organisation is not in a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Absence {
    /// «не сдано»
    NotSubmitted,
    /// «не заполнено»
    Empty,
    /// «нет данных»
    NoData,
    /// «не применимо»: nothing is missing.
    NotApplicable,
}

/// Parts of a whole in per cent, each rounded by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares {
    /// In the order of the categories, with one place after the separator.
    pub parts: Vec<Decimal>,
    /// What the rounded parts add up to: 100, or a little beside it.
    pub sum: Decimal,
}

/// When an organisation belongs to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The organisation.
    pub org: OrgNo,
    /// Its first day; `None`: from the beginning.
    pub since: Option<Date>,
    /// Its last day; `None`: it has not left.
    pub until: Option<Date>,
}

/// Two figures that are not added or compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the indicator was calculated differently: another edition of its passport")]
pub struct OtherFormula;

impl Membership {
    /// Whether it belongs to the network on any day of the period.
    pub fn is_in(&self, period: &Period) -> bool {
        self.since.is_none_or(|it| it <= period.to()) && self.until.is_none_or(|it| it >= period.from())
    }
}

impl Total {
    /// The share in per cent of a ratio; `None` of all else and of 0/0.
    pub fn percent(&self) -> Option<Decimal> {
        match self.figure {
            Some(Figure::Ratio { part, whole }) => Decimal::percent(part, whole),
            _ => None,
        }
    }

    /// Organisations that owe a figure: all that are missing but those whom the indicator does not concern.
    pub fn owing(&self) -> impl Iterator<Item = OrgNo> {
        self.without.iter().filter(|(_, why)| *why != Absence::NotApplicable).map(|(org, _)| *org)
    }
}

/// The network's figure from what each organisation says.
pub fn over_orgs(passport: &Passport, cells: &[(OrgNo, Cell)]) -> Total {
    let (mut of, mut without, mut figures) = (Vec::new(), Vec::new(), Vec::new());
    for (org, cell) in cells {
        let absence = match cell {
            Cell::Figure(figure) => {
                of.push(*org);
                figures.push(figure);
                continue;
            }
            Cell::NotSubmitted => Absence::NotSubmitted,
            Cell::Empty => Absence::Empty,
            Cell::NoData(_) => Absence::NoData,
            Cell::NotApplicable(_) => Absence::NotApplicable,
        };
        without.push((*org, absence));
    }
    let participations =
        figures.iter().map(|it| if let Figure::Events(it) = it { it.len() as u64 } else { 0 }).sum();
    let figure = (!figures.is_empty()).then(|| added(passport, &figures));
    Total { figure, participations, of, without }
}

/// One organisation's figure over a longer period, from its figures in the order of time. Each comes with the passport
/// it was said under: figures of another formula are not added.
pub fn over_time(cells: &[(&Passport, Cell)]) -> Result<Cell, OtherFormula> {
    let Some((passport, _)) = cells.last() else { return Ok(Cell::Empty) };
    if cells.iter().any(|(it, _)| !is_comparable(it, passport)) {
        return Err(OtherFormula);
    }
    let figures: Vec<_> = cells.iter().filter_map(|(_, it)| it.figure()).collect();
    let Some(last) = figures.last() else {
        return Ok(cells.last().map(|(_, it)| it.clone()).unwrap_or_default());
    };
    Ok(Cell::Figure(match passport.aggregation {
        Aggregation::LastStock | Aggregation::Distribution => (*last).clone(),
        Aggregation::Sum | Aggregation::RatioOfSums | Aggregation::DistinctEvents => {
            added(passport, &figures)
        }
    }))
}

/// Whether figures under two passports mean the same: title and source may change, what is counted may not.
pub fn is_comparable(one: &Passport, other: &Passport) -> bool {
    let counted = |it: &Passport| {
        let terms = (it.formula.clone(), it.numerator.clone(), it.denominator.clone());
        (it.code.clone(), it.unit.clone(), terms, it.aggregation, it.categories.clone())
    };
    counted(one) == counted(other)
}

fn added(passport: &Passport, figures: &[&Figure]) -> Figure {
    let numbers = figures.iter().filter_map(|it| if let Figure::Number(it) = it { Some(*it) } else { None });
    match passport.aggregation {
        Aggregation::Sum | Aggregation::LastStock => Figure::Number(numbers.sum()),
        Aggregation::RatioOfSums => {
            let ratios = figures.iter().filter_map(|it| match it {
                Figure::Ratio { part, whole } => Some((*part, *whole)),
                _ => None,
            });
            let (part, whole) =
                ratios.fold((Decimal::ZERO, Decimal::ZERO), |sum, it| (sum.0 + it.0, sum.1 + it.1));
            Figure::Ratio { part, whole }
        }
        Aggregation::DistinctEvents => Figure::Events(distinct(figures)),
        Aggregation::Distribution => {
            let mut sums = vec![Decimal::ZERO; passport.categories.len()];
            for counts in
                figures.iter().filter_map(|it| if let Figure::Counts(it) = it { Some(it) } else { None })
            {
                for (sum, count) in sums.iter_mut().zip(counts) {
                    *sum = *sum + *count;
                }
            }
            Figure::Counts(sums)
        }
    }
}

/// Each event once, under the name that comes first in the alphabet, so that the order of organisations is no matter.
fn distinct(figures: &[&Figure]) -> Vec<Event> {
    let mut found = BTreeMap::new();
    for event in
        figures.iter().filter_map(|it| if let Figure::Events(it) = it { Some(it) } else { None }).flatten()
    {
        let kept = found.entry(event.key()).or_insert_with(|| event.clone());
        if event.title < kept.title {
            *kept = event.clone();
        }
    }
    found.into_values().collect()
}

/// Each count's share in all of them; `None` if there is nothing to share.
pub fn shares(counts: &[Decimal]) -> Option<Shares> {
    let whole = counts.iter().copied().sum();
    let parts = counts.iter().map(|it| Decimal::percent(*it, whole)).collect::<Option<Vec<_>>>()?;
    let sum = parts.iter().copied().sum();
    (!parts.is_empty()).then_some(Shares { parts, sum })
}

/// A total now and in the period before, of the organisations that are in both: otherwise a newcomer would look like
/// growth. `None` where either edition lacks the indicator or nobody is in both.
pub fn compare(
    code: &str,
    now: (&Edition, &[(OrgNo, Cell)]),
    before: (&Edition, &[(OrgNo, Cell)]),
) -> Result<Option<(Total, Total)>, OtherFormula> {
    let (Some(passport), Some(earlier)) = (now.0.passport(code), before.0.passport(code)) else {
        return Ok(None);
    };
    if !is_comparable(passport, earlier) {
        return Err(OtherFormula);
    }
    let said = |cells: &[(OrgNo, Cell)], org: OrgNo| {
        cells.iter().any(|(it, cell)| *it == org && cell.figure().is_some())
    };
    let both = |cells: &[(OrgNo, Cell)]| -> Vec<_> {
        cells.iter().filter(|(org, _)| said(now.1, *org) && said(before.1, *org)).cloned().collect()
    };
    let (these, those) = (both(now.1), both(before.1));
    Ok((!these.is_empty()).then(|| (over_orgs(passport, &these), over_orgs(earlier, &those))))
}

#[cfg(test)]
mod tests;
