//! From a share to what is owed: credits in kind are taken off, then advances that were paid; what is negative is given back.

use super::{Cents, Error};

/// What is left of each amount once its credit is taken off, in the order given; both lists are of the same members.
///
/// # Errors
/// [`Error::TooLarge`] past what an amount holds.
pub fn less(amounts: &[Cents], credits: &[Cents]) -> Result<Vec<Cents>, Error> {
    let one = |(amount, credit): (&Cents, &Cents)| amount.checked_sub(*credit).ok_or(Error::TooLarge);
    amounts.iter().zip(credits).map(one).collect()
}

/// Each amount and what is charged beside it, in the order given; both lists are of the same members.
///
/// # Errors
/// [`Error::TooLarge`] past what an amount holds.
pub fn plus(amounts: &[Cents], charges: &[Cents]) -> Result<Vec<Cents>, Error> {
    let one = |(amount, charge): (&Cents, &Cents)| amount.checked_add(*charge).ok_or(Error::TooLarge);
    amounts.iter().zip(charges).map(one).collect()
}

/// The sum of some amounts.
///
/// # Errors
/// [`Error::TooLarge`] past what an amount holds.
pub fn total(amounts: &[Cents]) -> Result<Cents, Error> {
    amounts.iter().try_fold(0, |sum: Cents, amount| sum.checked_add(*amount)).ok_or(Error::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_paid_too_much_is_negative() {
        assert_eq!(less(&[1_000, 300], &[250, 500]), Ok(vec![750, -200]));
        assert_eq!(
            (plus(&[1_000], &[5]), plus(&[Cents::MAX], &[1])),
            (Ok(vec![1_005]), Err(Error::TooLarge))
        );
        assert_eq!(less(&[Cents::MIN], &[1]), Err(Error::TooLarge));
        assert_eq!((total(&[1, -3]), total(&[Cents::MAX, 1])), (Ok(-2), Err(Error::TooLarge)));
    }
}
