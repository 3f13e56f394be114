//! A value that statements replace, remembered for every roster height.

/// Values in the order they came, each with the roster height from which it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Since<T>(Vec<(u64, T)>);

impl<T> Default for Since<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Since<T> {
    /// A value that holds from `height` on.
    pub(super) fn from(height: u64, value: T) -> Self {
        Self(vec![(height, value)])
    }

    /// Replaces the value from `height` on; heights only grow.
    pub(super) fn set(&mut self, height: u64, value: T) {
        debug_assert!(
            self.0.last().is_none_or(|(last, _)| *last < height),
            "a later value has a greater height"
        );
        self.0.push((height, value));
    }

    /// The value at `height`; nothing before the first.
    pub(super) fn at(&self, height: u64) -> Option<&T> {
        self.0.iter().rev().find(|(from, _)| *from <= height).map(|(_, value)| value)
    }

    /// The newest value.
    pub(super) fn now(&self) -> Option<&T> {
        self.0.last().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_height_has_the_value_that_stood_then() {
        let mut value = Since::from(3, 'a');
        value.set(7, 'b');
        let found: Vec<_> = [2, 3, 6, 7, 100].into_iter().map(|height| value.at(height).copied()).collect();
        assert_eq!(found, [None, Some('a'), Some('a'), Some('b'), Some('b')]);
        assert_eq!(value.now(), Some(&'b'));
    }
}
