//! Makes parts of pieces: finds the years that a list or a range wrote only once, collects lists of months, and says
//! where a list repeats itself or runs backwards.

use jiff::civil::Date;

use super::parser::{Edge, Piece, Point, What};
use super::{Issue, Moment, Month, Part, YEARS};

/// The parts of a term, and what is doubtful in them.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub(super) parts: Vec<Part>,
    pub(super) issues: Vec<Issue>,
}

/// Resolves the pieces of a term.
pub(super) fn resolve(pieces: &[Piece]) -> Resolved {
    let mut resolved = Resolved::default();
    let whats = with_years(pieces, &mut resolved.issues);
    // Whether each part is joined to the one before it.
    let mut joints = Vec::new();
    for (piece, what) in pieces.iter().zip(&whats) {
        let Some(part) = part(what) else {
            resolved.issues.push(Issue::NotUnderstood { text: piece.text.clone() });
            continue;
        };
        match (resolved.parts.last_mut(), part) {
            // «Апрель, сентябрь»; «ежегодно в марте»
            (Some(Part::Yearly(all)), Part::Yearly(more)) if piece.joined || all.is_empty() => {
                all.extend(more);
                all.sort_unstable();
                all.dedup();
            }
            (_, part) => {
                resolved.parts.push(part);
                joints.push(piece.joined);
            }
        }
    }
    if let Some(set) = month_set(&resolved.parts, &joints) {
        resolved.parts.retain(|it| matches!(it, Part::OnDemand(_)));
        resolved.parts.insert(0, collect(&set, &mut resolved.issues));
    }
    resolved
}

/// The pieces with every year that their neighbours supply: «Июнь, декабрь 2021» from the right, «декабрь 2021, июнь»
/// from the left.
fn with_years(pieces: &[Piece], issues: &mut Vec<Issue>) -> Vec<What> {
    let mut whats: Vec<_> = pieces.iter().map(|it| it.what.clone()).collect();
    let mut next: Option<i16> = None;
    for (piece, what) in pieces.iter().zip(&mut whats).rev() {
        next = match what {
            What::Point(point) => {
                point.year = point.year.or(next);
                point.year
            }
            What::Range(from, to) => {
                to.year = to.year.or(next);
                complete_range(from, to, issues);
                from.year
            }
            _ => None,
        };
        next = next.filter(|_| piece.joined);
    }
    let mut last: Option<Point> = None;
    for (piece, what) in pieces.iter().zip(&mut whats) {
        last = match what {
            What::Point(point) => {
                if point.year.is_none() && point.month.is_some() && piece.joined {
                    point.year = last.and_then(|it| year_after(it, point.month));
                    issues.extend(guessed(*point));
                }
                Some(*point)
            }
            What::Range(_, to) => Some(*to),
            _ => None,
        };
    }
    whats
}

/// Supplies to each end of a range what only the other end says.
fn complete_range(from: &mut Point, to: &mut Point, issues: &mut Vec<Issue>) {
    from.month = from.month.or(to.month.filter(|_| from.day.is_some()));
    match (from.year, to.year) {
        (None, Some(year)) if from.month > to.month => {
            from.year = Some(year - 1);
            issues.extend(guessed(*from));
        }
        (None, Some(year)) => from.year = Some(year),
        (Some(_), None) => to.year = year_after(*from, to.month),
        _ => {}
    }
}

/// The first year in which this month does not come before the point.
fn year_after(point: Point, month: Option<i8>) -> Option<i16> {
    point.year.map(|it| if month < point.month { it + 1 } else { it })
}

fn guessed(point: Point) -> Option<Issue> {
    Month::new(point.year?, point.month?).map(|month| Issue::YearGuessed { month })
}

fn part(what: &What) -> Option<Part> {
    match *what {
        What::Ready(ref part) => Some(part.clone()),
        What::Point(Point { day: None, month: Some(month), year: None }) => Some(Part::Yearly(vec![month])),
        What::Point(point) => Some(match moment(point)? {
            Moment::Day(day) => Part::Day(day),
            Moment::Month(month) => Part::Month(month),
            Moment::Year(year) => Part::Year(year),
        }),
        What::Range(
            Point { day: None, month: Some(from), year: None },
            Point { day: None, month: Some(to), year: None },
        ) => Some(Part::YearlyRange(from, to)),
        What::Range(from, to) => range(moment(from)?, moment(to)?),
        What::Deadline(point, Edge::First) => Some(Part::Deadline(moment(point)?.first_day())),
        What::Deadline(point, Edge::Last) => Some(Part::Deadline(moment(point)?.last_day())),
        What::Since(point) => Some(Part::Since(moment(point)?)),
    }
}

fn range(from: Moment, to: Moment) -> Option<Part> {
    if from.first_day() > to.last_day() {
        return None;
    }
    Some(match (from, to) {
        (Moment::Month(from), Moment::Month(to)) if from == to => Part::Month(from),
        (Moment::Month(from), Moment::Month(to)) => Part::MonthRange(from, to),
        (Moment::Year(from), Moment::Year(to)) if from == to => Part::Year(from),
        (Moment::Year(from), Moment::Year(to)) => Part::YearRange(from, to),
        (from, to) => Part::Days(from.first_day(), to.last_day()),
    })
}

/// The moment of a point that says its year and names a day that exists.
fn moment(point: Point) -> Option<Moment> {
    let year = point.year.filter(|it| YEARS.contains(it))?;
    match (point.day, point.month) {
        (Some(day), Some(month)) => Date::new(year, month, day).ok().map(Moment::Day),
        (None, Some(month)) => Month::new(year, month).map(Moment::Month),
        (None, None) => Some(Moment::Year(year)),
        (Some(_), None) => None,
    }
}

/// The months of «Июнь 2021г., Декабрь 2021г.»: several, nothing but months beside a demand, all joined by commas.
/// Months that stand apart are a list for sub-items.
fn month_set(parts: &[Part], joints: &[bool]) -> Option<Vec<Month>> {
    let dated = || parts.iter().zip(joints).filter(|(it, _)| !matches!(it, Part::OnDemand(_)));
    let months = dated().map(|(it, _)| if let Part::Month(month) = it { Some(*month) } else { None });
    let months = months.collect::<Option<Vec<_>>>()?;
    (months.len() > 1 && dated().skip(1).all(|(_, joined)| *joined)).then_some(months)
}

fn collect(months: &[Month], issues: &mut Vec<Issue>) -> Part {
    let mut set: Vec<Month> = Vec::new();
    for &month in months {
        if set.contains(&month) {
            let suggestion = next_in_rhythm(&set).filter(|it| it.month() == month.month());
            issues.push(Issue::Repeated { month, suggestion });
            continue;
        }
        if set.iter().any(|it| *it > month) {
            issues.push(Issue::OutOfOrder { month });
        }
        set.push(month);
    }
    match set.as_slice() {
        [single] => Part::Month(*single),
        _ => Part::MonthSet(set),
    }
}

/// The month that comes next in a list whose months stand equally far apart.
fn next_in_rhythm(months: &[Month]) -> Option<Month> {
    let mut steps = months.iter().zip(months.iter().skip(1)).map(|(a, b)| b.since(*a));
    let step = steps.next().filter(|it| *it > 0)?;
    steps.all(|it| it == step).then(|| months.last().map(|it| it.plus(step)))?
}
