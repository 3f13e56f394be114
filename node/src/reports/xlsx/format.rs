//! How cells look.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

use crate::domain::light::LightKind;
use crate::reports::docx::ink;

/// The looks of all sheets.
pub(super) struct Formats {
    pub(super) title: Format,
    pub(super) plain: Format,
    pub(super) head: Format,
    pub(super) text: Format,
    pub(super) number: Format,
    pub(super) share: Format,
    pub(super) section: Format,
    pub(super) total: Format,
    pub(super) total_number: Format,
    pub(super) total_share: Format,
    pub(super) date: Format,
    pub(super) moment: Format,
    /// Where a figure would stand.
    pub(super) missing: Format,
    /// Where a text would stand.
    pub(super) missing_text: Format,
    pub(super) fixed: Format,
}

impl Formats {
    pub(super) fn new() -> Self {
        let plain = Format::new().set_font_name(FONT).set_font_size(11);
        let text = plain
            .clone()
            .set_border(FormatBorder::Thin)
            .set_border_color(LINE)
            .set_align(FormatAlign::Top)
            .set_text_wrap();
        let number = text.clone().set_num_format("0").set_align(FormatAlign::Right);
        let share = number.clone().set_num_format("0%");
        let shaded = |it: &Format| it.clone().set_bold().set_background_color(SHADE);
        Self {
            title: plain.clone().set_bold().set_font_size(14),
            head: text.clone().set_bold().set_background_color(HEAD).set_align(FormatAlign::Center),
            section: shaded(&text),
            total: shaded(&text),
            total_number: shaded(&number),
            total_share: shaded(&share),
            date: text.clone().set_num_format("dd.mm.yyyy").set_align(FormatAlign::Left),
            moment: text.clone().set_num_format("dd.mm.yyyy hh:mm").set_align(FormatAlign::Left),
            missing_text: text.clone().set_italic().set_font_color(GREY),
            missing: text.clone().set_italic().set_font_color(GREY).set_align(FormatAlign::Right),
            fixed: text.clone().set_font_name("Courier New").set_font_size(9),
            plain,
            text,
            number,
            share,
        }
    }

    /// A mark's look: colour beside sign and word.
    pub(super) fn light(&self, light: LightKind) -> Format {
        self.text.clone().set_font_color(ink(light))
    }
}

const FONT: &str = "Times New Roman";
const LINE: u32 = 0x80_8080;
const HEAD: u32 = 0xef_efef;
const SHADE: u32 = 0xf6_f6f6;
const GREY: u32 = 0x4a_5160;
