//! What holds for any order of events.

use proptest::prelude::*;

use super::opinion::{Opinion, opinions};
use super::outcome::{Outcome, all, some};
use super::unblock::{Short, fewest};
use crate::model::{Missing, Review, ReviewState, Timestamp};

fn review(id: u64, user: &str, state: ReviewState, at: i64) -> Review {
    Review {
        id,
        user: user.to_owned(),
        account_type: None,
        state,
        submitted_at: Some(Timestamp(at)),
        commit: None,
        permission: None,
        on_behalf_of: Vec::new(),
        dismissal: None,
    }
}

/// Who approves, who objects.
fn told(reviews: &[Review]) -> Vec<(String, &'static str)> {
    let word = |opinion: &Opinion<'_>| match opinion {
        Opinion::Approves(_) => "yes",
        Opinion::Objects(_) => "no",
    };
    let known = opinions(reviews).into_iter().map(|(user, it)| (user, it.map_or("unknown", |it| word(&it))));
    known.collect()
}

fn states() -> impl Strategy<Value = ReviewState> {
    prop_oneof![
        Just(ReviewState::Approved),
        Just(ReviewState::ChangesRequested),
        Just(ReviewState::Commented),
        Just(ReviewState::Dismissed),
        Just(ReviewState::Pending),
    ]
}

/// What an outcome comes to, in a word.
fn class(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "met",
        Outcome::Skipped(_) => "skipped",
        Outcome::Unknown(_) => "unknown",
        Outcome::Short(_) | Outcome::Some { .. } => "short",
        Outcome::All(of) if of.iter().all(|it| class(it) == "unknown") => "unknown",
        Outcome::All(_) => "short",
    }
}

fn outcome(word: &str) -> Outcome {
    match word {
        "met" => Outcome::Met,
        "skipped" => Outcome::Skipped("it is about others".to_owned()),
        "unknown" => Outcome::Unknown(vec![Missing::here("it", "say it")]),
        _ => Outcome::Short(Box::new(Short::plain("approvals", "0 of 1".to_owned()))),
    }
}

proptest! {
    #[test]
    fn what_is_skipped_drops_out_and_what_is_unknown_never_passes(
        words in proptest::collection::vec(prop_oneof!["met", "skipped", "unknown", "short"], 1..6),
        wanted in 1_usize..4,
    ) {
        let count = |word: &str| words.iter().filter(|it| *it == word).count();
        let outcomes = || words.iter().map(|it| outcome(it)).collect();
        let (met, unknown, short) = (count("met"), count("unknown"), count("short"));
        let of_all = match (met, unknown, short) {
            (0, 0, 0) => "skipped",
            (_, 0, 0) => "met",
            (_, _, 0) => "unknown",
            (_, _, _) => "short",
        };
        prop_assert_eq!(class(&all(outcomes())), of_all);
        let of_some = match () {
            () if met >= wanted => "met",
            () if met + unknown >= wanted => "unknown",
            () if met + unknown + short == 0 => "skipped",
            () => "short",
        };
        prop_assert_eq!(class(&some(wanted, outcomes())), of_some);
    }

    #[test]
    fn the_order_in_which_a_forge_lists_reviews_does_not_matter(
        events in proptest::collection::vec((prop_oneof!["ana", "Bea", "bea"], states(), 0_i64..5), 0..10),
        seed in proptest::collection::vec(any::<u32>(), 10),
    ) {
        let reviews: Vec<Review> =
            (1..).zip(&events).map(|(id, (user, state, at))| review(id, user, *state, *at)).collect();
        let mut shuffled: Vec<(u32, Review)> = seed.into_iter().zip(reviews.clone()).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Review> = shuffled.into_iter().map(|(_, it)| it).collect();
        prop_assert_eq!(told(&reviews), told(&shuffled));
    }

    #[test]
    fn a_comment_changes_no_opinion_and_a_dismissal_leaves_none(
        states in proptest::collection::vec(states(), 0..8),
        comment in 0_i64..20,
    ) {
        let mut reviews: Vec<Review> =
            (1..).zip(&states).map(|(id, state)| review(id, "bea", *state, i64::try_from(id).unwrap() * 2)).collect();
        let before = told(&reviews);
        reviews.push(review(99, "bea", ReviewState::Commented, comment));
        prop_assert_eq!(&told(&reviews), &before);
        reviews.push(review(100, "bea", ReviewState::Dismissed, 1000));
        prop_assert_eq!(told(&reviews), []);
    }

    #[test]
    fn whoever_approves_said_so_last(states in proptest::collection::vec(states(), 0..8)) {
        let reviews: Vec<Review> =
            (1..).zip(&states).map(|(id, state)| review(id, "bea", *state, i64::try_from(id).unwrap())).collect();
        let is_opinion = |it: &&ReviewState| !matches!(it, ReviewState::Commented | ReviewState::Pending);
        let last = states.iter().rfind(is_opinion);
        let approves = told(&reviews).iter().any(|(_, word)| *word == "yes");
        prop_assert_eq!(approves, last == Some(&ReviewState::Approved));
    }

    #[test]
    fn the_fewest_are_enough_and_no_fewer_are(
        lists in proptest::collection::vec((1_usize..3, proptest::collection::btree_set("[a-f]", 0..5)), 1..5),
    ) {
        let short = |(lacking, fresh): &(usize, std::collections::BTreeSet<String>)| {
            let fresh = fresh.iter().cloned().collect();
            Outcome::Short(Box::new(Short { lacking: *lacking, fresh, ..Short::plain("approvals", String::new()) }))
        };
        let found = fewest(&Outcome::All(lists.iter().map(short).collect()));
        let is_enough = |people: &[String]| {
            lists.iter().all(|(lacking, fresh)| people.iter().filter(|it| fresh.contains(*it)).count() >= *lacking)
        };
        let everybody: Vec<String> = "abcdef".chars().map(|it| it.to_string()).collect();
        let choices = (0_u32..64).map(|choice| -> Vec<String> {
            (0..6).filter(|index| choice >> index & 1 == 1).map(|index| everybody[index].clone()).collect()
        });
        let best = choices.filter(|people| is_enough(people)).map(|people| people.len()).min();
        prop_assert_eq!(found.as_ref().map(Vec::len), best);
        prop_assert!(found.is_none_or(|people| is_enough(&people)));
    }
}

#[test]
fn without_times_only_one_kind_of_opinion_is_clear() {
    let untimed = |id, state| Review { submitted_at: None, ..review(id, "bea", state, 0) };
    let yes = [untimed(1, ReviewState::Approved), untimed(2, ReviewState::Approved)];
    assert_eq!(told(&yes), [("bea".to_owned(), "yes")]);
    let both = [untimed(1, ReviewState::ChangesRequested), untimed(2, ReviewState::Approved)];
    assert_eq!(told(&both), [("bea".to_owned(), "unknown")]);
}
