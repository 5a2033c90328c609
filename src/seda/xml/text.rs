//! The text between two tags, left where it is as long as it is in one piece.
//!
//! Never bounded here: who adds a piece looks first at its length.

/// What was gathered since the tag before.
#[derive(Default)]
pub struct Text {
    /// In the window, as long as it is one piece.
    start: usize,
    end: usize,
    joined: String,
    is_joined: bool,
    /// Where it began, and the line of that place once it has left the window.
    pub began: usize,
    pub line: Option<u64>,
}

impl Text {
    /// Nothing; what comes begins at `at`.
    #[inline]
    pub fn clear(&mut self, at: usize) {
        if self.is_joined {
            self.joined.clear();
            self.is_joined = false;
        }
        (self.start, self.end, self.began, self.line) = (at, at, at, None);
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn len(&self) -> usize {
        if self.is_joined { self.joined.len() } else { self.end - self.start }
    }

    /// Adds a piece of the window.
    #[inline]
    pub fn add(&mut self, window: &str, start: usize, end: usize) {
        if self.is_empty() && !self.is_joined {
            (self.start, self.end, self.began) = (start, end, start);
            return;
        }
        self.join(window);
        self.joined.push_str(&window[start..end]);
    }

    /// Adds a character that is not written as itself; the reference is at `at`.
    pub fn push(&mut self, window: &str, character: char, at: usize) {
        if self.is_empty() {
            self.began = at;
        }
        self.join(window);
        self.joined.push(character);
    }

    fn join(&mut self, window: &str) {
        if !self.is_joined {
            self.joined.push_str(&window[self.start..self.end]);
            self.is_joined = true;
        }
    }

    /// The first place of the window it needs, when it needs any.
    pub fn needs(&self) -> Option<usize> {
        (!self.is_joined && self.end > self.start).then_some(self.start)
    }

    /// The window has moved.
    pub fn move_by(&mut self, dropped: usize) {
        self.start = self.start.saturating_sub(dropped);
        self.end = self.end.saturating_sub(dropped);
        self.began = self.began.saturating_sub(dropped);
    }

    /// The text itself.
    pub fn get<'a>(&'a self, window: &'a str) -> &'a str {
        if self.is_joined { &self.joined } else { window.get(self.start..self.end).unwrap_or_default() }
    }
}
