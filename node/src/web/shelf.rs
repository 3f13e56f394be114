//! What was uploaded and looked at waits here in memory, under a random token, until somebody says that it shall be taken.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::error::WebError;
use super::export::unwritten;

/// Things with their tokens, the oldest first.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    room: usize,
    kept: Mutex<VecDeque<(String, T)>>,
}

impl<T> Shelf<T> {
    /// A shelf for so many things: a person looks at one, perhaps at a second for comparison; what is older has been
    /// given up.
    pub(super) fn new(room: usize) -> Self {
        Self { room, kept: Mutex::default() }
    }

    /// Keeps a thing; gives its token.
    pub(super) fn put(&self, it: T) -> Result<String, WebError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(unwritten)?;
        let token = data_encoding::HEXLOWER.encode(&random);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((token.clone(), it));
        while kept.len() > self.room {
            kept.pop_front();
        }
        Ok(token)
    }

    /// Takes a thing off the shelf.
    pub(super) fn take(&self, token: &str) -> Option<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|(it, _)| it == token)?;
        kept.remove(place).map(|(_, it)| it)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shelf_gives_a_thing_once_and_forgets_the_oldest() {
        let shelf = Shelf::new(4);
        let tokens: Vec<_> = (0..=4).map(|it| shelf.put(it).unwrap()).collect();
        assert_eq!(shelf.take(&tokens[0]), None);
        assert_eq!(shelf.take(&tokens[1]), Some(1));
        assert_eq!(shelf.take(&tokens[1]), None);
    }
}
