//! The encoding of small contents: an arithmetic coder behind a mixture of context models.
//!
//! zstd needs some hundred bytes of its own to learn what a text is like, and most packs are smaller. Here every bit
//! is guessed by models that look at the bytes before it (the last one to eight of them, the word so far, what
//! followed when the same bytes stood here before), their guesses are mixed by weights that learn, and the coder
//! writes only how far the guess was off. The models do not begin empty: both ends first let them read the prior, so
//! that a pack of one edit is read by models that have seen the language and the bytes of changes.
//!
//! All arithmetic is of integers and of fixed width: both ends have to guess alike on every machine.

use std::sync::{Mutex, OnceLock, PoisonError};

use self::slots::{Slot, Slots};

mod slots;

/// What the models have read before any content: contents of packs as the programs of version 1 write them.
static PRIOR: &[u8] = include_bytes!("prior.bin");

/// Models that look at bytes before; the match is one more.
const MODELS: usize = 10;
/// Inputs of the mixer: the models, the match, and a constant.
const INPUTS: usize = MODELS + 2;
/// Slots of one model: what the prior and a content fill, with room.
const SLOTS_LOG2: u32 = 16;
/// Probabilities have 16 bits, guesses of the mixer 12.
const HALF: u16 = 1 << 15;
/// The least length of a match.
const MATCH_MIN: usize = 5;
const MATCH_SLOTS_LOG2: u32 = 14;

/// Visits are counted so far: a slot moves by a share of about one in so many at last.
const VISITS_MAX: u8 = 30;

/// Predictors that wait to be used again, three megabytes each: as many as packs are coded at one moment.
const IDLE_MAX: usize = 4;

/// Guesses the next bit from all bits before.
#[derive(Clone)]
struct Predictor {
    slots: Slots,
    /// The slots that the current bit is guessed from.
    chosen: [usize; MODELS],
    contexts: [u32; MODELS],
    inputs: [i32; INPUTS],
    weights: Vec<[i32; INPUTS]>,
    sets: [usize; 2],
    guesses: [i32; 2],
    matches: Vec<u32>,
    /// How often a match of a length was right.
    trust: [u16; 32],
    expected: Option<(u8, usize)>,
    length: usize,
    at: usize,
    history: Vec<u8>,
    /// The bits of the current byte so far behind a leading 1.
    partial: u32,
    refined: Vec<u16>,
    refine: [usize; 2],
    stretched: i32,
}

/// ln(p / (1 - p)) of 12 bits, in 256ths, and back.
struct Curves {
    stretch: Vec<i16>,
}

/// 4096 / (1 + e^(-x / 256)): the logistic function at every 128th point from -2048 to 2048, straight lines between.
fn squash(x: i32) -> i32 {
    const POINTS: [i32; 33] = [
        1, 2, 4, 6, 10, 17, 27, 45, 74, 120, 194, 311, 488, 747, 1102, 1546, 2048, 2550, 2994, 3349, 3608,
        3785, 3902, 3976, 4022, 4051, 4069, 4079, 4086, 4090, 4092, 4094, 4095,
    ];
    let x = x.clamp(-2047, 2047);
    let low = x & 127;
    let at = usize::try_from((x >> 7) + 16).unwrap_or(0);
    let (a, b) = (POINTS.get(at).copied().unwrap_or(4095), POINTS.get(at + 1).copied().unwrap_or(4095));
    (a * (128 - low) + b * low + 64) >> 7
}

fn curves() -> &'static Curves {
    static CURVES: OnceLock<Curves> = OnceLock::new();
    CURVES.get_or_init(|| {
        let mut stretch = Vec::with_capacity(4096);
        let mut x = -2047;
        for p in 0..4096 {
            while x < 2047 && squash(x) < p {
                x += 1;
            }
            stretch.push(i16::try_from(x).unwrap_or(0));
        }
        Curves { stretch }
    })
}

fn stretch(p: u16) -> i32 {
    i32::from(curves().stretch.get(usize::from(p >> 4)).copied().unwrap_or(0))
}

impl Predictor {
    fn new() -> Self {
        let slot = Slot { probability: HALF, visits: 0, check: 0 };
        let mut it = Self {
            slots: Slots::new(MODELS << SLOTS_LOG2, slot),
            chosen: [0; MODELS],
            contexts: [0; MODELS],
            inputs: [0; INPUTS],
            weights: vec![[1 << 14; INPUTS]; 256 + 1024],
            sets: [0; 2],
            guesses: [2048; 2],
            matches: vec![0; 1 << MATCH_SLOTS_LOG2],
            trust: [HALF + HALF / 2; 32],
            expected: None,
            length: 0,
            at: 0,
            history: Vec::new(),
            partial: 1,
            refined: (0..1024 * 33)
                .map(|i| u16::try_from(squash((i % 33 - 16) * 128) * 16).unwrap_or(HALF))
                .collect(),
            refine: [0; 2],
            stretched: 0,
        };
        it.choose();
        it
    }

    /// Becomes what it was after the prior.
    fn reset(&mut self, primed: &Self) {
        // Named one by one, so that a new field is not forgotten.
        let Self {
            slots,
            chosen,
            contexts,
            inputs,
            weights,
            sets,
            guesses,
            matches,
            trust,
            expected,
            length,
            at,
            history,
            partial,
            refined,
            refine,
            stretched,
        } = self;
        slots.reset(&primed.slots);
        (*chosen, *contexts, *inputs) = (primed.chosen, primed.contexts, primed.inputs);
        weights.clone_from(&primed.weights);
        (*sets, *guesses) = (primed.sets, primed.guesses);
        matches.clone_from(&primed.matches);
        (*trust, *expected) = (primed.trust, primed.expected);
        (*length, *at) = (primed.length, primed.at);
        history.truncate(primed.history.len());
        refined.clone_from(&primed.refined);
        (*partial, *refine, *stretched) = (primed.partial, primed.refine, primed.stretched);
    }

    fn read(&mut self, byte: u8) {
        for shift in (0..8).rev() {
            self.guess();
            self.learn((byte >> shift) & 1 == 1);
        }
    }

    /// The probability of a 1, 16 bits, never 0 or 1.
    fn guess(&mut self) -> u32 {
        let mut confident = 0;
        for (no, (input, chosen)) in self.inputs.iter_mut().zip(&self.chosen).enumerate() {
            let Some(slot) = self.slots.get(*chosen) else { continue };
            *input = if slot.visits == 0 { 0 } else { stretch(slot.probability) };
            if slot.visits > 0 && (1..7).contains(&no) {
                confident += 1;
            }
        }
        let bucket = self.length.min(31);
        let hoped = match self.expected {
            Some((byte, _)) if self.length > 0 => {
                let bit = ((u32::from(byte) + 256) >> (7 - self.partial.ilog2())) & 1;
                let trust = stretch(self.trust.get(bucket).copied().unwrap_or(HALF));
                if bit == 1 { trust } else { -trust }
            }
            _ => 0,
        };
        let [.., hope, constant] = &mut self.inputs;
        (*hope, *constant) = (hoped, 256);
        let lengths = (self.length.min(15) + 1) / 4;
        let bits = self.partial.ilog2() as usize;
        self.sets = [self.partial as usize & 255, 256 + ((confident * 5 + lengths) * 8 + bits).min(1023)];
        let mut sum = 0;
        for (set, guess) in self.sets.iter().zip(&mut self.guesses) {
            let Some(weights) = self.weights.get(*set) else { continue };
            let dot: i64 = weights.iter().zip(&self.inputs).map(|(w, x)| i64::from(*w) * i64::from(*x)).sum();
            let x = i32::try_from(dot >> 16).unwrap_or(0).clamp(-2047, 2047);
            *guess = squash(x);
            sum += x;
        }
        self.stretched = sum / 2;
        let mixed = squash(self.stretched) * 16;
        // What the mixture guessed in such a place and what then came.
        let position = (self.stretched + 2048) * 32;
        let (low, weight) = (usize::try_from(position >> 12).unwrap_or(0), position & 4095);
        let context = self.partial as usize & 255;
        let row = context * 33 + low.min(31);
        self.refine = [row, row + 1];
        let at = |i: usize| i32::from(self.refined.get(i).copied().unwrap_or(HALF));
        let refined = (at(row) * (4096 - weight) + at(row + 1) * weight) >> 12;
        let p = (mixed + refined) / 2;
        u32::try_from(p).unwrap_or(1 << 15).clamp(32, 65_535 - 32)
    }

    fn learn(&mut self, bit: bool) {
        let target: u32 = if bit { 65_535 } else { 0 };
        for chosen in self.chosen {
            if let Some(slot) = self.slots.get(chosen) {
                // The mean of what came here: first fast, later slowly.
                let rate = 131_072 / (2 * u32::from(slot.visits) + 3);
                let probability = toward(slot.probability, target, rate);
                let visits = (slot.visits + 1).min(VISITS_MAX);
                self.slots.set(chosen, Slot { probability, visits, ..slot });
            }
        }
        for at in self.refine {
            if let Some(p) = self.refined.get_mut(at) {
                *p = toward(*p, target, 1_300);
            }
        }
        for (set, guess) in self.sets.iter().zip(self.guesses) {
            let error = if bit { 4095 } else { 0 } - guess;
            let Some(weights) = self.weights.get_mut(*set) else { continue };
            for (weight, input) in weights.iter_mut().zip(self.inputs) {
                *weight = (*weight + ((input * error + (1 << 9)) >> 10)).clamp(-(1 << 20), 1 << 20);
            }
        }
        if let Some((byte, _)) = self.expected.filter(|_| self.length > 0) {
            let right = (((u32::from(byte) + 256) >> (7 - self.partial.ilog2())) & 1 == 1) == bit;
            if let Some(trust) = self.trust.get_mut(self.length.min(31)) {
                *trust = toward(*trust, if right { 65_535 } else { 0 }, 1_000);
            }
            if !right {
                self.length = 0;
            }
        }
        self.partial = (self.partial << 1) | u32::from(bit);
        if self.partial >= 256 {
            let byte = (self.partial & 255) as u8;
            self.partial = 1;
            self.history.push(byte);
            self.turn();
        }
        self.choose();
    }

    /// A byte is complete: the contexts of the next one.
    fn turn(&mut self) {
        let n = self.history.len();
        let back =
            |i: usize| n.checked_sub(i).and_then(|at| self.history.get(at)).map_or(0, |it| u32::from(*it));
        let last = |count: usize| (1..=count).fold(count as u32, |hash, i| mix(hash, back(i)));
        let mut word = 0;
        let mut letters = 0;
        while letters < 24 && is_letter(back(letters + 1)) {
            letters += 1;
            word = mix(word, back(letters));
        }
        let mut before = 0;
        let mut skipped = letters + 1;
        while skipped < letters + 25 && is_letter(back(skipped + 1)) {
            skipped += 1;
            before = mix(before, back(skipped));
        }
        self.contexts = [
            0,
            last(1),
            last(2),
            last(3),
            last(4),
            last(5),
            last(6),
            last(8),
            mix(mix(word, 77), letters as u32),
            mix(mix(word, before), 99),
        ];
        // What followed when the same bytes stood here before.
        let key = (last(MATCH_MIN).wrapping_mul(0x9e37_79b1) >> (32 - MATCH_SLOTS_LOG2)) as usize;
        if self.length > 0 {
            self.length += 1;
            self.at += 1;
        } else if let Some(at) = self.matches.get(key).map(|it| *it as usize).filter(|it| *it > 0) {
            let same = |i: &usize| {
                at.checked_sub(*i).and_then(|it| self.history.get(it))
                    == n.checked_sub(*i).and_then(|it| self.history.get(it))
            };
            self.length = (1..=32).take_while(same).count();
            if self.length < MATCH_MIN {
                self.length = 0;
            }
            self.at = at;
        }
        self.expected = self.history.get(self.at).map(|it| (*it, self.at)).filter(|_| self.length > 0);
        if let Some(slot) = self.matches.get_mut(key) {
            *slot = n as u32;
        }
    }

    /// The slots for the next bit.
    fn choose(&mut self) {
        for (no, (chosen, context)) in self.chosen.iter_mut().zip(self.contexts).enumerate() {
            let hash = mix(context.wrapping_add(no as u32), self.partial).wrapping_mul(0x9e37_79b1);
            let at = (no << SLOTS_LOG2) | (hash >> (32 - SLOTS_LOG2)) as usize;
            let check = (hash & 255) as u8;
            *chosen = at;
            if self.slots.get(at).is_some_and(|slot| slot.check != check) {
                self.slots.set(at, Slot { probability: HALF, visits: 0, check });
            }
        }
    }
}

static IDLE: Mutex<Vec<Predictor>> = Mutex::new(Vec::new());

/// What every predictor begins with.
fn primed() -> &'static Predictor {
    static PRIMED: OnceLock<Predictor> = OnceLock::new();
    PRIMED.get_or_init(|| {
        let mut it = Predictor::new();
        for byte in PRIOR {
            it.read(*byte);
        }
        it.slots.settle();
        it
    })
}

/// Lends a predictor that has read the prior.
fn with_primed<T>(code: impl FnOnce(&mut Predictor) -> T) -> T {
    let waiting = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut predictor = waiting.unwrap_or_else(|| primed().clone());
    let coded = code(&mut predictor);
    predictor.reset(primed());
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if idle.len() < IDLE_MAX {
        idle.push(predictor);
    }
    coded
}

fn toward(p: u16, target: u32, rate: u32) -> u16 {
    let p = u32::from(p);
    let moved =
        if target > p { p + (((target - p) * rate) >> 16) } else { p - (((p - target) * rate) >> 16) };
    u16::try_from(moved).unwrap_or(HALF)
}

fn mix(hash: u32, value: u32) -> u32 {
    let hash = (hash ^ value.wrapping_mul(0x85eb_ca6b)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 15)
}

fn is_letter(byte: u32) -> bool {
    byte >= 0x80 || u8::try_from(byte).is_ok_and(|it| it.is_ascii_alphabetic())
}

/// The bytes that stand for `content`; its length travels beside them.
pub(super) fn compress(content: &[u8]) -> Vec<u8> {
    with_primed(|predictor| encode(predictor, content))
}

fn encode(predictor: &mut Predictor, content: &[u8]) -> Vec<u8> {
    let (mut low, mut high) = (0u32, u32::MAX);
    let mut out = Vec::new();
    for byte in content {
        for shift in (0..8).rev() {
            let bit = (byte >> shift) & 1 == 1;
            let middle = split(low, high, predictor.guess());
            if bit {
                high = middle;
            } else {
                low = middle + 1;
            }
            predictor.learn(bit);
            while (low ^ high) >> 24 == 0 {
                out.push((high >> 24) as u8);
                low <<= 8;
                high = (high << 8) | 255;
            }
        }
    }
    // As few bytes as tell the last interval; what is missing at the end reads as zeros.
    for count in 0..=4u32 {
        let mask = u32::MAX.checked_shr(8 * count).unwrap_or(0);
        let value = if low & mask == 0 { Some(low) } else { (low | mask).checked_add(1) };
        if let Some(value) = value.filter(|it| *it <= high) {
            out.extend(value.to_be_bytes().iter().take(count as usize));
            break;
        }
    }
    while out.last() == Some(&0) {
        out.pop();
    }
    out
}

/// The `length` bytes that `packed` stands for: any bytes stand for some.
pub(super) fn decompress(packed: &[u8], length: usize) -> Vec<u8> {
    with_primed(|predictor| decode(predictor, packed, length))
}

fn decode(predictor: &mut Predictor, packed: &[u8], length: usize) -> Vec<u8> {
    let (mut low, mut high) = (0u32, u32::MAX);
    let mut rest = packed.iter().copied();
    let mut value = 0u32;
    for _ in 0..4 {
        value = (value << 8) | u32::from(rest.next().unwrap_or(0));
    }
    let mut content = Vec::new();
    for _ in 0..length {
        let mut byte = 0;
        for _ in 0..8 {
            let middle = split(low, high, predictor.guess());
            let bit = value <= middle;
            if bit {
                high = middle;
            } else {
                low = middle + 1;
            }
            predictor.learn(bit);
            byte = (byte << 1) | u8::from(bit);
            while (low ^ high) >> 24 == 0 {
                low <<= 8;
                high = (high << 8) | 255;
                value = (value << 8) | u32::from(rest.next().unwrap_or(0));
            }
        }
        content.push(byte);
    }
    content
}

fn split(low: u32, high: u32, probability: u32) -> u32 {
    low + ((u64::from(high - low) * u64::from(probability)) >> 16) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::sha256;

    /// What was read before decides what a pack says: another prior is another encoding number.
    #[test]
    fn the_prior_is_frozen() {
        let hash = data_encoding::HEXLOWER.encode(&sha256(PRIOR));
        assert_eq!(hash, "8146a76aff20d3b8065d02a6e0b5e6875e7a541c1d2d3e5f63c0d017fc063165");
    }

    /// Both ends have to guess alike, on every machine and in every later version.
    #[test]
    fn the_bytes_are_frozen() {
        let packed = compress("Городской конкурс чтецов среди библиотек состоится в пятницу".as_bytes());
        assert_eq!(
            data_encoding::HEXLOWER.encode(&packed),
            "3934ba414d461ae1d639b110d4cbd439f5049592cc2ede938fbc849e3f1f27a4cb"
        );
        let long: Vec<u8> = (0..9_000u32).map(|no| (no * no / 77 % 41) as u8).collect();
        assert_eq!(
            data_encoding::HEXLOWER.encode(&sha256(&compress(&long))),
            "8a1a16e1c20b325d374d3f9f7aee6d747f0662cb2d9a8909c341dd1e95d94c6d"
        );
    }

    /// What one content has taught must not be there for the next one, however much it was.
    #[test]
    fn a_lent_predictor_comes_back_as_it_was() {
        let few = b"0123".as_slice();
        let many: Vec<u8> = (0..20_000u32).map(|no| (no * no / 77) as u8).collect();
        let first = compress(few);
        for content in [few, &many, few, &many] {
            let packed = compress(content);
            assert_eq!(decompress(&packed, content.len()), content);
            assert_eq!(compress(few), first);
        }
    }

    proptest! {
        #[test]
        fn contents_read_back(content in prop::collection::vec(0u8..5, 0..300), noise: Vec<u8>) {
            for content in [content.clone(), noise.clone(), [content, noise].concat()] {
                prop_assert_eq!(decompress(&compress(&content), content.len()), content);
            }
        }

        #[test]
        fn arbitrary_bytes_stand_for_something(packed: Vec<u8>, length in 0usize..600) {
            prop_assert_eq!(decompress(&packed, length).len(), length);
        }
    }
}
