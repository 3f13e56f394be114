//! `svod packet`: an exchange by file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use svod_shared::id::OrgNo;
use svod_shared::packet::PACKET_BYTES_MAX;

use super::{CliError, Context, print, write};
use crate::cli::{Packet, PacketRead, PacketWrite};
use crate::store::{PacketFailure, Store};
use crate::views::{PacketFile, PacketGap, PacketView};

pub(super) fn run(context: &Context, args: &Packet) -> Result<(), CliError> {
    match args {
        Packet::Write(args) => write_packet(context, args),
        Packet::Read(args) => read_packets(context, args),
    }
}

fn write_packet(context: &Context, args: &PacketWrite) -> Result<(), CliError> {
    let mut store = context.open()?;
    let to = args.to.as_deref().map(|it| org_of(&store, it)).transpose()?;
    let files = store.write_packet(to, usize::from(args.max_size) << 20)?;
    write_files(context, &args.out, &files)
}

/// The organisation that is meant, by full or short name.
fn org_of(store: &Store, wanted: &str) -> Result<OrgNo, CliError> {
    let same = |name: &str| name.trim().to_lowercase() == wanted.trim().to_lowercase();
    let known = || store.roster().orgs().filter(|it| it.active);
    let mut found = known().filter(|it| same(&it.name) || same(&it.short));
    match (found.next(), found.next()) {
        (Some(org), None) => Ok(org.no),
        _ => {
            let names: Vec<_> = known().map(|it| format!("  {} ({})", it.short, it.name)).collect();
            Err(CliError::key("cli-error-which-org").arg("orgs", names.join("\n")))
        }
    }
}

/// Writes the parts, and says where they are.
pub(super) fn write_files(context: &Context, out: &Path, files: &[Vec<u8>]) -> Result<(), CliError> {
    for (number, bytes) in (1..).zip(files) {
        let path = part_path(out, number, files.len());
        write(&path, bytes)?;
        let kilobytes = ("kilobytes", bytes.len().div_ceil(1024).into());
        context.say("cli-packet-written", &[("file", path.display().to_string().into()), kilobytes])?;
    }
    Ok(())
}

/// `обмен.svod`, or `обмен.1of3.svod`.
fn part_path(out: &Path, number: usize, of: usize) -> PathBuf {
    if of == 1 {
        return out.to_owned();
    }
    let ending = out.extension().and_then(|it| it.to_str()).unwrap_or("svod");
    out.with_extension(format!("{number}of{of}.{ending}"))
}

fn read_packets(context: &Context, args: &PacketRead) -> Result<(), CliError> {
    let mut store = context.open()?;
    let files = args.files.iter().map(|it| read_file(it, PACKET_BYTES_MAX));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let read = if args.dry_run { store.preview_packets(&files) } else { store.read_packets(&files) };
    let view = read.map_err(|error| failure(context, args, error))?;
    for file in &view.files {
        say_file(context, file)?;
    }
    for line in &view.lines {
        print(&format!("  {}", crate::web::news_sentence(context.t, line)))?;
    }
    if view.lines_more > 0 {
        context.say("and-more", &[("n", view.lines_more.into())])?;
    }
    for gap in &view.gaps {
        let PacketGap { org, first, last } = gap;
        let places = [("first", (*first).into()), ("last", (*last).into())];
        context.say("packet-gap", &[[("org", org.clone().into())].as_slice(), &places].concat())?;
    }
    let key = if args.dry_run { "cli-packet-dry" } else { "cli-packet-read" };
    context.say(key, &counts(&view))
}

fn counts(view: &PacketView) -> [(&'static str, crate::i18n::Arg<'static>); 4] {
    [
        ("new", view.new.into()),
        ("known", view.known.into()),
        ("refused", view.refused.into()),
        ("gaps", view.gaps.len().into()),
    ]
}

fn say_file(context: &Context, file: &PacketFile) -> Result<(), CliError> {
    let seconds = i64::try_from(file.created.0 / 1000).unwrap_or(i64::MAX);
    let when = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    let when = when.to_zoned(jiff::tz::TimeZone::system()).strftime("%d.%m.%Y %H:%M").to_string();
    let args = [
        ("org", file.org.clone().into()),
        ("node", file.node.clone().into()),
        ("when", when.into()),
        ("part", file.part.into()),
        ("parts", file.parts.into()),
    ];
    context.say("cli-packet-from", &args)
}

fn failure(context: &Context, args: &PacketRead, error: PacketFailure) -> CliError {
    let PacketFailure::File { file, .. } = &error else { return error.into() };
    let name = args.files.get(*file).map(|it| it.display().to_string()).unwrap_or_default();
    let reason = context.t.text(error.message_key());
    CliError::key("cli-error-packet").arg("file", name).arg("reason", reason)
}

/// A file's bytes; of one that is too large a little more than `bytes_max`, which is refused with its reason.
pub(super) fn read_file(path: &Path, bytes_max: usize) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|it| it.take(bytes_max as u64 + 1).read_to_end(&mut bytes));
    read.map_err(|error| CliError::file(path, error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_only_where_there_are_several() {
        let check = |out: &str, number: usize, of: usize, expected: &str| {
            assert_eq!(part_path(Path::new(out), number, of), Path::new(expected));
        };
        check("диск/обмен.svod", 1, 1, "диск/обмен.svod");
        check("диск/обмен.svod", 2, 3, "диск/обмен.2of3.svod");
        check("обмен 03.06.svod", 1, 2, "обмен 03.06.1of2.svod");
        check("обмен", 1, 2, "обмен.1of2.svod");
    }
}
