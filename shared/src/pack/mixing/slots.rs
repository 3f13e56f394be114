//! The slots of all models, and how they become again what the prior made of them.
//!
//! Three megabytes: copying them for every pack costs more than coding an edit of one field. So what a pack changes is
//! noted and put back afterwards.

/// One context's guess: the probability of a 1, how often it was visited, and which context it is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) probability: u16,
    pub(super) visits: u8,
    pub(super) check: u8,
}

/// Notes of changes, 12 bytes each. A content whose changes take more than a third of the table is put back faster by
/// copying the table.
const NOTES_MAX: usize = 64 * 1024;

/// Slots that remember what they were.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    table: Vec<Slot>,
    /// Places and what stood there, oldest first.
    before: Vec<(usize, Slot)>,
}

impl Slots {
    pub(super) fn new(count: usize, slot: Slot) -> Self {
        Self { table: vec![slot; count], before: Vec::new() }
    }

    pub(super) fn get(&self, at: usize) -> Option<Slot> {
        self.table.get(at).copied()
    }

    pub(super) fn set(&mut self, at: usize, slot: Slot) {
        let Some(stands) = self.table.get_mut(at) else { return };
        let stood = std::mem::replace(stands, slot);
        if self.before.len() <= NOTES_MAX {
            self.before.push((at, stood));
        }
    }

    /// What stands now is what later changes are taken back to.
    pub(super) fn settle(&mut self) {
        self.before = Vec::new();
    }

    /// Takes all changes back; `settled` is how the table stood.
    pub(super) fn reset(&mut self, settled: &Self) {
        if self.before.len() > NOTES_MAX {
            self.table.copy_from_slice(&settled.table);
        }
        // After a copy the notes say the same once more.
        while let Some((at, slot)) = self.before.pop() {
            if let Some(stands) = self.table.get_mut(at) {
                *stands = slot;
            }
        }
    }
}
