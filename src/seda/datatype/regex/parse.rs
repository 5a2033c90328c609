//! The regular expressions of XML Schema (part 2, appendix F) read into a tree.
//!
//! Never deeper than [`DEEPEST`]. The one thing to know: `^` and `$` are characters like others outside classes.

use std::iter::Peekable;
use std::str::Chars;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::alphabet::Sets;
use super::classes;

/// Groups within groups, classes within classes.
const DEEPEST: usize = 50;
/// The most a piece may be asked to repeat.
const MOST: u32 = 100_000;

/// An expression over numbered sets of characters.
pub(super) enum Tree {
    Set(usize),
    Sequence(Vec<Tree>),
    Either(Vec<Tree>),
    /// At least, at most.
    Repeated(Box<Tree>, u32, Option<u32>),
}

/// Reads a whole expression. `Err`: what is wrong, the end of a sentence.
pub(super) fn parse(source: &str, sets: &mut Sets) -> Result<Tree, String> {
    let mut parser = Parser { rest: source.chars().peekable(), depth: 0, sets };
    let tree = parser.alternatives()?;
    match parser.rest.next() {
        None => Ok(tree),
        Some(character) => Err(unexpected(character)),
    }
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
    sets: &'a mut Sets,
}

/// One character, or a set of them.
enum Item {
    One(char),
    Set(ClassUnicode),
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Result<Tree, String> {
        let mut alternatives = vec![self.branch()?];
        while self.rest.next_if_eq(&'|').is_some() {
            alternatives.push(self.branch()?);
        }
        Ok(Tree::Either(alternatives))
    }

    fn branch(&mut self) -> Result<Tree, String> {
        let mut pieces = Vec::new();
        while let Some(&next) = self.rest.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let atom = self.atom()?;
            pieces.push(self.quantified(atom)?);
        }
        Ok(Tree::Sequence(pieces))
    }

    fn atom(&mut self) -> Result<Tree, String> {
        match self.required()? {
            '(' => {
                self.enter()?;
                let inside = self.alternatives()?;
                self.depth -= 1;
                self.expect(')')?;
                Ok(inside)
            }
            '[' => {
                let set = self.class()?;
                self.numbered(set)
            }
            '.' => self.numbered(classes::any()),
            '\\' => match self.escape()? {
                Item::One(character) => self.numbered(classes::of(&[(character, character)])),
                Item::Set(set) => self.numbered(set),
            },
            character if "?*+{}]".contains(character) => Err(unexpected(character)),
            character => self.numbered(classes::of(&[(character, character)])),
        }
    }

    fn quantified(&mut self, atom: Tree) -> Result<Tree, String> {
        let (min, max) = match self.rest.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => {
                self.rest.next();
                return self.counted(atom);
            }
            _ => return Ok(atom),
        };
        self.rest.next();
        Ok(Tree::Repeated(Box::new(atom), min, max))
    }

    fn counted(&mut self, atom: Tree) -> Result<Tree, String> {
        let min = self.number()?;
        let max = match self.rest.next_if_eq(&',') {
            None => Some(min),
            Some(_) if self.rest.peek() == Some(&'}') => None,
            Some(_) => Some(self.number()?),
        };
        self.expect('}')?;
        if max.is_some_and(|max| max < min) {
            return Err("une répétition dont le plus grand nombre est inférieur au plus petit".into());
        }
        Ok(Tree::Repeated(Box::new(atom), min, max))
    }

    fn number(&mut self) -> Result<u32, String> {
        let mut number = None;
        while let Some(digit) = self.rest.peek().and_then(|next| next.to_digit(10)) {
            self.rest.next();
            let more = number.unwrap_or(0) * 10 + digit;
            if more > MOST {
                return Err(format!("plus de {MOST} répétitions"));
            }
            number = Some(more);
        }
        number.ok_or_else(|| "un nombre de répétitions manque".into())
    }

    /// After `[`, the closing bracket included.
    fn class(&mut self) -> Result<ClassUnicode, String> {
        self.enter()?;
        let is_negated = self.rest.next_if_eq(&'^').is_some();
        let mut set = ClassUnicode::empty();
        let mut is_first = true;
        let mut without = None;
        loop {
            match self.required()? {
                ']' if !is_first => break,
                '-' if !is_first && self.rest.peek() == Some(&'[') => {
                    self.rest.next();
                    without = Some(self.class()?);
                    self.expect(']')?;
                    break;
                }
                character @ ('[' | ']') => return Err(unexpected(character)),
                '-' if !is_first && self.rest.peek() != Some(&']') => {
                    return Err("un « - » au milieu d'une classe".into());
                }
                '\\' => match self.escape()? {
                    Item::Set(more) => set.union(&more),
                    Item::One(first) => self.range(&mut set, first)?,
                },
                '-' => set.push(ClassUnicodeRange::new('-', '-')),
                first => self.range(&mut set, first)?,
            }
            is_first = false;
        }
        self.depth -= 1;
        if is_negated {
            set.negate();
        }
        if let Some(without) = without {
            set.difference(&without);
        }
        Ok(set)
    }

    /// A character, or from it to another.
    fn range(&mut self, set: &mut ClassUnicode, first: char) -> Result<(), String> {
        let mut ahead = self.rest.clone();
        let is_range = ahead.next() == Some('-') && !matches!(ahead.next(), Some('[' | ']') | None);
        let mut last = first;
        if is_range {
            self.rest.next();
            last = match self.required()? {
                '\\' => match self.escape()? {
                    Item::One(last) => last,
                    Item::Set(_) => return Err("une classe au bout d'un intervalle".into()),
                },
                last => last,
            };
        }
        if last < first {
            return Err(format!("l'intervalle de « {first} » à « {last} » est à l'envers"));
        }
        set.push(ClassUnicodeRange::new(first, last));
        Ok(())
    }

    /// After `\`.
    fn escape(&mut self) -> Result<Item, String> {
        let letter = self.required()?;
        let one = match letter {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' | '|' | '.' | '?' | '*' | '+' | '(' | ')' | '{' | '}' | '-' | '[' | ']' | '^' => letter,
            'p' | 'P' => return self.property(letter == 'P'),
            _ => {
                return classes::escape(letter)
                    .map(Item::Set)
                    .ok_or_else(|| format!("« \\{letter} » n'existe pas"));
            }
        };
        Ok(Item::One(one))
    }

    fn property(&mut self, is_negated: bool) -> Result<Item, String> {
        self.expect('{')?;
        let mut name = String::new();
        loop {
            match self.required()? {
                '}' => break,
                character => name.push(character),
            }
        }
        let set = classes::property(&name).ok_or_else(|| format!("« \\p{{{name}}} » n'existe pas"))?;
        Ok(Item::Set(if is_negated { classes::negated(set) } else { set }))
    }

    fn numbered(&mut self, set: ClassUnicode) -> Result<Tree, String> {
        self.sets.number(set).map(Tree::Set).ok_or_else(|| "trop de caractères différents".into())
    }

    fn enter(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEEPEST { Err("trop de groupes les uns dans les autres".into()) } else { Ok(()) }
    }

    fn required(&mut self) -> Result<char, String> {
        self.rest.next().ok_or_else(|| "elle n'est pas terminée".into())
    }

    fn expect(&mut self, expected: char) -> Result<(), String> {
        match self.required()? {
            character if character == expected => Ok(()),
            character => Err(unexpected(character)),
        }
    }
}

fn unexpected(character: char) -> String {
    format!("« {character} » est mal placé")
}
