//! The units given, as the message has them: each under the first of its parents that is given, named again under the others.

use std::collections::HashMap;

use uuid::Uuid;

use super::write::Broken;
use super::{Below, Delivery};
use crate::catalog::Unit;
use crate::seda::write::delivery::{self as message, DeliveredUnit};

/// One step of the writing of a tree: units by their place among those given.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Open(usize),
    /// A unit written elsewhere, and the number of this place of it.
    Again(usize, usize),
    Close(usize),
}

/// The units given, each with those right below it.
pub(super) struct Tree {
    /// Of each, those below; whether it is written there.
    below: Vec<Vec<(usize, bool)>>,
    files: Vec<Vec<String>>,
}

impl Tree {
    pub(super) fn of(delivery: &Delivery) -> Self {
        let places: HashMap<Uuid, usize> =
            delivery.units.iter().enumerate().map(|(at, unit)| (unit.unit_id, at)).collect();
        let mut below = vec![Vec::new(); delivery.units.len()];
        for (at, unit) in
            delivery.units.iter().enumerate().filter(|(_, unit)| unit.unit_id != delivery.asked.0)
        {
            for (rank, parent) in given_parents(unit, &places).into_iter().enumerate() {
                below[parent].push((at, rank == 0));
            }
        }
        let mut files = vec![Vec::new(); delivery.units.len()];
        for (number, file) in delivery.files.iter().enumerate() {
            for place in file.units.iter().filter_map(|unit| places.get(unit)) {
                files[*place].push(format!("F{number}"));
            }
        }
        Self { below, files }
    }

    /// Everything, in the order in which it is written; never by recursion, since trees may be deep.
    pub(super) fn steps(&self) -> Vec<Step> {
        let (mut steps, mut waiting, mut again) = (Vec::new(), Vec::new(), 0);
        // The unit asked for is the first of those given.
        waiting.push(Step::Open(0));
        while let Some(step) = waiting.pop() {
            steps.push(step);
            if let Step::Open(at) = step {
                waiting.push(Step::Close(at));
                for (child, is_there) in self.below[at].iter().rev() {
                    waiting.push(if *is_there {
                        Step::Open(*child)
                    } else {
                        again += 1;
                        Step::Again(*child, again)
                    });
                }
            }
        }
        steps
    }

    pub(super) fn write(
        &self,
        step: Step,
        delivery: &Delivery,
        said: &HashMap<Uuid, Unit>,
        out: &mut Vec<u8>,
    ) -> Result<(), Broken> {
        match step {
            Step::Again(at, number) => message::unit_again(&format!("R{number}"), &format!("U{at}"), out)?,
            Step::Close(at) => message::close_unit(&self.files[at], out)?,
            Step::Open(at) => {
                let id = delivery.units[at].unit_id;
                let unit = said.get(&id).ok_or(Broken::Closed(id))?;
                let unit = DeliveredUnit {
                    id: format!("U{at}"),
                    system_id: id.to_string(),
                    cote: &delivery.archive.cote,
                    title: &unit.line.title,
                    content: &unit.content,
                    rules: &unit.rules,
                };
                message::open_unit(&unit, out)?;
            }
        }
        Ok(())
    }
}

/// The parents of a unit that are given, by their places, in their order.
fn given_parents(unit: &Below, places: &HashMap<Uuid, usize>) -> Vec<usize> {
    let mut parents: Vec<usize> =
        unit.parents.iter().filter_map(|parent| places.get(parent).copied()).collect();
    parents.sort_unstable();
    parents
}
