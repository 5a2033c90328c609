//! A table as a tree of lines: what stands below a line and further to the right belongs to it.
//!
//! Knows nothing of what the words mean. The one thing to know: a line is cut into words, texts in quotes, and parentheses.

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Word(&'static str),
    /// In quotes: never a keyword.
    Quoted(&'static str),
    Open,
    Close,
}

/// A line of a table, and those that belong to it.
#[derive(Debug)]
pub struct Line {
    pub number: usize,
    pub tokens: Vec<Token>,
    pub below: Vec<Line>,
}

impl Line {
    /// Its first word; none when it begins otherwise.
    pub fn first(&self) -> &'static str {
        self.tokens.first().map_or("", |token| token.word())
    }

    /// Its words and those of the lines below: a long line, folded.
    pub fn unfolded(&self) -> Vec<Token> {
        let below = self.below.iter().flat_map(|line| line.tokens.iter());
        self.tokens.iter().chain(below).copied().collect()
    }
}

impl Token {
    /// The word; nothing when it is something else.
    pub fn word(self) -> &'static str {
        match self {
            Token::Word(word) => word,
            _ => "",
        }
    }

    /// The word or the text in quotes.
    pub fn text(self) -> Option<&'static str> {
        match self {
            Token::Word(text) | Token::Quoted(text) => Some(text),
            Token::Open | Token::Close => None,
        }
    }
}

/// The lines of a table, comments left out.
pub fn read(text: &'static str) -> Vec<Line> {
    let flat = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty())
        .map(|(at, line)| (line.len() - line.trim_start().len(), at + 1, line));
    let flat: Vec<_> = flat.collect();
    let mut rest = &flat[..];
    below(&mut rest, None)
}

/// Takes the lines that stand further to the right than `margin`, each with its own.
fn below(rest: &mut &[(usize, usize, &'static str)], margin: Option<usize>) -> Vec<Line> {
    let mut lines = Vec::new();
    while let [(indent, number, text), after @ ..] = *rest
        && margin.is_none_or(|margin| *indent > margin)
    {
        *rest = after;
        lines.push(Line { number: *number, tokens: tokens(text), below: below(rest, Some(*indent)) });
    }
    lines
}

fn tokens(line: &'static str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '(' => (Token::Open, &rest[1..]),
            ')' => (Token::Close, &rest[1..]),
            '"' => {
                let (text, after) = rest[1..].split_once('"').unwrap_or((&rest[1..], ""));
                (Token::Quoted(text), after)
            }
            _ => {
                let end = rest.find([' ', '(', ')']).unwrap_or(rest.len());
                (Token::Word(&rest[..end]), &rest[end..])
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}
