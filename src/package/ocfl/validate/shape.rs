//! Values of an inventory, each made of one JSON type and wrong when written as another.
//!
//! Bounded by a budget of entries: a short hostile text cannot make a large value.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};

pub(super) const OVER_BUDGET: &str = "more entries than are read";

/// The value of a key.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Field<T> {
    #[default]
    Absent,
    /// Of another JSON type than the specification asks for.
    Wrong,
    Is(T),
}

impl<T> Field<T> {
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            _ => None,
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

pub(super) type Budget = Cell<u64>;

pub(super) fn spend<E: serde::de::Error>(budget: &Budget) -> Result<(), E> {
    match budget.get().checked_sub(1) {
        Some(left) => {
            budget.set(left);
            Ok(())
        }
        None => Err(E::custom(OVER_BUDGET)),
    }
}

/// A value of the specification: made of one JSON type, wrong when of another.
pub(super) trait Shape: Sized {
    fn of_text(_text: &str) -> Field<Self> {
        Field::Wrong
    }

    fn of_array<'de, A: SeqAccess<'de>>(mut array: A, budget: &Budget) -> Result<Field<Self>, A::Error> {
        while array.next_element::<IgnoredAny>()?.is_some() {
            spend(budget)?;
        }
        Ok(Field::Wrong)
    }

    fn of_object<'de, A: MapAccess<'de>>(mut object: A, budget: &Budget) -> Result<Field<Self>, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            spend(budget)?;
        }
        Ok(Field::Wrong)
    }
}

pub(super) struct Seed<'b, T> {
    budget: &'b Budget,
    of: PhantomData<T>,
}

impl<'b, T> Seed<'b, T> {
    pub fn new(budget: &'b Budget) -> Self {
        Self { budget, of: PhantomData }
    }
}

impl<'de, T: Shape> DeserializeSeed<'de> for Seed<'_, T> {
    type Value = Field<T>;

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<Field<T>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de, T: Shape> Visitor<'de> for Seed<'_, T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Field<T>, E> {
        Ok(Field::Wrong)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Field<T>, E> {
        Ok(Field::Wrong)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Field<T>, E> {
        Ok(Field::Wrong)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Field<T>, E> {
        Ok(Field::Wrong)
    }

    fn visit_unit<E>(self) -> Result<Field<T>, E> {
        Ok(Field::Wrong)
    }

    fn visit_str<E>(self, text: &str) -> Result<Field<T>, E> {
        Ok(T::of_text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<Field<T>, A::Error> {
        T::of_array(array, self.budget)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Field<T>, A::Error> {
        T::of_object(object, self.budget)
    }
}

impl Shape for String {
    fn of_text(text: &str) -> Field<Self> {
        Field::Is(text.to_string())
    }
}

impl Shape for Box<str> {
    fn of_text(text: &str) -> Field<Self> {
        Field::Is(text.into())
    }
}

impl Shape for Vec<Box<str>> {
    fn of_array<'de, A: SeqAccess<'de>>(mut array: A, budget: &Budget) -> Result<Field<Self>, A::Error> {
        let (mut texts, mut all_texts) = (Self::new(), true);
        while let Some(text) = array.next_element_seed(Seed::<Box<str>>::new(budget))? {
            spend(budget)?;
            match text {
                Field::Is(text) => texts.push(text),
                _ => all_texts = false,
            }
        }
        texts.shrink_to_fit();
        Ok(if all_texts { Field::Is(texts) } else { Field::Wrong })
    }
}

/// Any object whose keys are data: blocks, versions, fixity.
impl<K: From<String>, T: Shape> Shape for Vec<(K, Field<T>)> {
    fn of_object<'de, A: MapAccess<'de>>(mut object: A, budget: &Budget) -> Result<Field<Self>, A::Error> {
        let mut entries = Self::new();
        while let Some(key) = object.next_key::<String>()? {
            spend(budget)?;
            entries.push((K::from(key), object.next_value_seed(Seed::<T>::new(budget))?));
        }
        Ok(Field::Is(entries))
    }
}
