//! Numbers that follow from a seed: SplitMix64.

/// A source of numbers.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The source of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The source of one piece of the work that a seed stands for.
    pub fn of_piece(seed: u64, piece: u64) -> Self {
        let mut seeds = Self(seed);
        let seed = seeds.any();
        Self(seed ^ Self(piece).any())
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 if that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        usize::try_from(self.any() % end).unwrap_or(0)
    }

    /// Whether one of `n` equal chances came.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of several; `None` of none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// A byte.
    pub fn byte(&mut self) -> u8 {
        self.any().to_le_bytes()[0]
    }

    /// A text of a few words, sometimes empty, sometimes long.
    pub fn text(&mut self) -> String {
        const WORDS: [&str; 8] = ["вебинар", "Март 2022", "тьюторы", "x", "4.4", "до 15", "🌱", "\u{301}"];
        let words = if self.one_in(50) { 200 } else { self.below(5) };
        let words: Vec<_> = (0..words).filter_map(|_| self.pick(&WORDS).copied()).collect();
        words.join(" ")
    }
}
