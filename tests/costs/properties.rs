//! What holds of every bill: it sums, each share is within a cent, the order of input changes nothing.

use chartrier::costs::cap::{Band, bounded};
use chartrier::costs::{Category, Cents, Item, Key, Measure, Part, share_year};

/// Numbers that look drawn, the same at each run.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

fn members(drawn: &mut Drawn, count: usize) -> Vec<(String, Measure)> {
    let member = |n| {
        let measure = Measure {
            population: 1 + drawn.below(400_000),
            coefficient_percent: [20, 50, 100][drawn.below(3) as usize],
            days: 1 + drawn.below(365) as u32,
            stock: u128::from(1 + drawn.below(1 << 50)) * 365,
            deposited: (1 + drawn.below(1 << 45)).into(),
            flow_months: 1 + drawn.below(72),
            is_exempt: false,
        };
        (format!("M{n:03}"), measure)
    };
    (0..count).map(member).collect()
}

fn items(drawn: &mut Drawn) -> Vec<Item> {
    let keys = ["EGAL", "POPULATION", "STOCK", "DEPOT", "FLUX", "DIRECT:M000", "LISTE:M000"];
    let item = |n| {
        let first = drawn.below(10_001);
        let part =
            |basis_points, key: u64| Part { basis_points, key: Key::from_word(keys[key as usize]).unwrap() };
        let parts = vec![part(first, drawn.below(7)), part(10_000 - first, drawn.below(7))];
        let amount = drawn.below(1 << 34) as Cents - if n % 4 == 0 { 1 << 33 } else { 0 };
        let amount = if n == 5 { 0 } else { amount };
        Item { id: format!("I{n}"), category: Category::Volume, amount, parts }
    };
    (0..12).map(item).collect()
}

#[test]
fn a_bill_sums_stays_within_a_cent_and_ignores_the_order_of_members_and_items() {
    let mut drawn = Drawn(0x2545_f491_4f6c_dd1d);
    for count in [1, 2, 3, 7, 40, 400] {
        for _ in 0..20 {
            let (mut members, mut items) = (members(&mut drawn, count), items(&mut drawn));
            let shared = share_year(&members, &items).unwrap();
            assert_eq!(shared.shares.iter().sum::<Cents>(), shared.total);
            assert_eq!(shared.total, items.iter().map(|item| item.amount).sum::<Cents>());
            for line in &shared.lines {
                assert_eq!(line.shares.iter().sum::<Cents>(), line.amount);
                let total = line.weights.iter().sum::<u128>() as i128;
                for (weight, share) in line.weights.iter().zip(&line.shares) {
                    let exact = i128::from(line.amount) * *weight as i128;
                    assert!((i128::from(*share) * total - exact).abs() < total);
                }
            }
            let of = |members: &[(String, Measure)], shares: &[Cents]| {
                let mut of: Vec<(String, Cents)> =
                    members.iter().map(|(code, _)| code.clone()).zip(shares.iter().copied()).collect();
                of.sort();
                of
            };
            let before = of(&members, &shared.shares);
            members.reverse();
            members.rotate_left(count / 3);
            items.reverse();
            assert_eq!(of(&members, &share_year(&members, &items).unwrap().shares), before);
        }
    }
}

#[test]
fn caps_and_floors_keep_the_total_and_are_kept() {
    let mut drawn = Drawn(0x9e37_79b9_7f4a_7c15);
    for count in [2, 7, 40, 400] {
        for _ in 0..20 {
            let mut members = members(&mut drawn, count);
            // One at least that no band holds.
            members[0].1.population = 500_000;
            let total = 1_000_000 + drawn.below(1 << 34) as Cents;
            let part = Part { basis_points: 10_000, key: Key::Stock };
            let item = Item { id: "I".into(), category: Category::Volume, amount: total, parts: vec![part] };
            let shares = share_year(&members, &[item]).unwrap().shares;
            let most = total / count as Cents;
            let band = Band { below: Some(400_001), at_most: Some(most), at_least: Some(most / 4) };
            let borne = bounded(&members, &shares, &[band], &Key::Population, 365).unwrap();
            assert_eq!(borne.iter().sum::<Cents>(), total);
            for ((_, measure), borne) in members.iter().zip(&borne).skip(1) {
                let of = |amount: Cents| (2 * amount * Cents::from(measure.days) + 365) / 730;
                assert!((of(most / 4)..=of(most)).contains(borne), "{borne}");
            }
        }
    }
}
