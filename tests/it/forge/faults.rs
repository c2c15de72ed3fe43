//! Whatever goes wrong on the way: never a file that looks whole, never a token in sight.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::server::{Double, Fault, Paging, Reply};
use super::{BASE, Desk, GITEA, GITHUB, GITLAB, HEAD, Kind, judge, proposal, token};

/// A list and the thing itself, of each forge.
const PLACES: [(Kind, &str, &str); 3] = [
    (GITHUB, "GET /repos/acme/app/pulls/7", "GET /repos/acme/app/pulls/7/reviews?per_page=100"),
    (
        GITLAB,
        "GET /projects/acme%2Fteam%2Fapp/merge_requests/7",
        "GET /projects/acme%2Fteam%2Fapp/members/all?per_page=100",
    ),
    (GITEA, "GET /repos/acme/app/pulls/7", "GET /repos/acme/app/pulls/7/reviews?limit=50"),
];

fn told(text: &str) -> Value {
    json!({ "message": text })
}

/// Answers one question like this; everything else is well. Nothing may come of it.
#[track_caller]
fn fails(kind: Kind, question: &str, replies: &[Reply], wanted: &str) {
    let (desk, double) = (Desk::new(), kind.double((HEAD, BASE)));
    double.answers(question, replies.to_vec());
    let run = desk.fetch(kind, &double, &["--deadline", "2"]).exits(3);
    assert!(run.stderr.contains(wanted), "{question}: wanted `{wanted}`\n{}", run.stderr);
    assert!(run.stdout.is_empty(), "{}", run.stdout);
}

#[test]
fn what_does_not_come_whole_is_no_answer() {
    for (kind, pull, list) in PLACES {
        for question in [pull, list] {
            fails(kind, question, &[Reply::json(401, &told("Bad credentials"))], "does not accept the token");
            fails(kind, question, &[Reply::json(503, &told("later"))], "503");
            fails(kind, question, &[Reply::breaking(Fault::Truncated)], "gatecheck: cannot check");
            fails(kind, question, &[Reply::breaking(Fault::Silent)], "gatecheck: cannot check");
            fails(kind, question, &[Reply::breaking(Fault::Hangs)], "gatecheck: cannot check");
            fails(kind, question, &[Reply::raw(200, "[{\"id\": 1,")], "did not answer as documented");
            fails(kind, question, &[Reply::raw(200, "<html>")], "did not answer as documented");
            fails(kind, question, &[Reply::raw(200, "7")], "did not answer as documented");
            fails(kind, question, &[Reply::raw(200, "[{}]")], "did not answer as documented");
            fails(kind, question, &[Reply::raw(204, "")], "answered 204");
            fails(kind, question, &[Reply::raw(418, "")], "answered 418");
        }
        for status in [403, 404] {
            fails(kind, pull, &[Reply::json(status, &told("Not Found"))], "give the token");
        }
    }
}

#[test]
fn a_list_without_one_of_its_pages_is_no_list() {
    for (kind, _, list) in PLACES {
        let second = format!("{list}#2");
        for status in [403, 404] {
            fails(kind, &second, &[Reply::json(status, &told("Not Found"))], "is incomplete");
        }
        fails(kind, &second, &[Reply::breaking(Fault::Truncated)], "gatecheck: cannot check");
        fails(kind, &second, &[Reply::raw(200, "{}")], "did not answer as documented");
        // Gitea counts what it does not show.
        if kind.paging != Paging::Nothing {
            fails(kind, list, &[Reply::raw(200, "[]").with("x-total", "3")], "of 3 entries came");
        }
    }
    let few = json!({ "total_count": 9, "check_runs": [] });
    let runs = format!("GET /repos/acme/app/commits/{HEAD}/check-runs?filter=all&per_page=100");
    fails(GITHUB, &runs, &[Reply::json(200, &few)], "of 9 entries came");
    let around =
        Reply::raw(200, "[]").with("link", "<{base}/repos/acme/app/pulls/7/reviews?per_page=100>; rel=\"next\"");
    fails(GITHUB, PLACES[0].2, &[around], "do not end");
    let connection = |nodes: Value, next: bool, cursor: Value| {
        let threads =
            json!({ "totalCount": 3, "pageInfo": { "hasNextPage": next, "endCursor": cursor }, "nodes": nodes });
        [Reply::json(200, &json!({ "data": { "repository": { "pullRequest": { "reviewThreads": threads } } } }))]
    };
    fails(GITHUB, "graphql reviewThreads", &connection(json!([]), false, Value::Null), "of 3 entries came");
    fails(GITHUB, "graphql reviewThreads", &connection(json!([]), true, Value::Null), "where the next one is");
    fails(GITHUB, "graphql reviewThreads", &connection(json!([null]), false, Value::Null), "is withheld");
    fails(GITHUB, "graphql reviewThreads#t1", &connection(json!([]), true, json!("t1")), "names itself");
    for body in [json!({}), json!({ "data": null }), json!({ "data": {} }), json!({ "data": { "repository": null } })] {
        fails(GITHUB, "graphql reviewThreads", &[Reply::json(200, &body)], "did not answer as documented");
    }
    let broken = json!({ "data": null, "errors": [{ "message": "Something went wrong" }] });
    fails(GITHUB, "graphql reviewThreads", &[Reply::json(200, &broken)], "Something went wrong");
}

#[test]
fn a_page_of_what_is_hidden_ends_no_list() {
    let (desk, double) = (Desk::new(), GITEA.double((HEAD, BASE)));
    double.answers(PLACES[2].2, vec![Reply::raw(200, "[]").with("x-total-count", "53")]);
    desk.fetch(GITEA, &double, &[]).exits(0);
    let reviews = desk.told()["forge"]["reviews"]["known"].clone();
    assert_eq!(reviews[0]["id"], 13, "drafts of others filled the first page: {reviews}");
}

#[test]
fn another_host_is_not_believed_and_gets_no_token() {
    let other = Double::new(Paging::Links);
    for (kind, pull, list) in PLACES {
        for question in [pull, list] {
            for status in [301, 302, 307] {
                let away = Reply::raw(status, "").with("location", &format!("{}/repos/acme/app/pulls/7", other.base));
                fails(kind, question, &[away], "another host");
            }
            fails(kind, question, &[Reply::raw(302, "")], "another host");
            fails(kind, question, &[Reply::raw(302, "").with("location", "//evil.example/x")], "another host");
        }
        if kind.paging == Paging::Links {
            let next = format!("<{}/x?page=2>; rel=\"next\"", other.base);
            fails(kind, list, &[Reply::raw(200, "[]").with("link", &next)], "another host");
        }
    }
    assert!(other.asked().is_empty(), "{:?}", other.asked());
    let around = Reply::raw(302, "").with("location", PLACES[0].1.trim_start_matches("GET "));
    fails(GITHUB, PLACES[0].1, &[around], "sends on more than");
}

#[test]
fn a_repository_that_moved_on_its_host_is_followed() {
    for (kind, pull, _) in PLACES {
        let (desk, double) = (Desk::new(), kind.double((HEAD, BASE)));
        let body = kind.script((HEAD, BASE))["answers"][0]["pages"][0].clone();
        double.answers("GET /moved/7", vec![Reply::json(200, &body)]);
        double.answers(pull, vec![Reply::raw(301, "").with("location", "{base}/moved/7")]);
        desk.fetch(kind, &double, &[]).exits(0);
        assert_eq!(desk.told()["pull-request"]["known"]["head"], HEAD);
    }
}

#[test]
fn what_passes_is_waited_for() {
    for (kind, pull, list) in PLACES {
        for question in [pull, list] {
            let script = kind.double((HEAD, BASE));
            let limited = [
                Reply::json(429, &told("slow down")).with("retry-after", "1"),
                Reply::json(403, &told("You have exceeded a secondary rate limit")),
                Reply::json(403, &told("no more")).with("x-ratelimit-remaining", "0").with("x-ratelimit-reset", "1"),
                Reply::json(502, &told("upstream")),
            ];
            let good = script.reply(question);
            script.answers(question, limited.iter().cloned().chain([good]).collect());
            let (desk, started) = (Desk::new(), Instant::now());
            desk.fetch(kind, &script, &[]).exits(0);
            assert!(Duration::from_secs(1) <= started.elapsed(), "`Retry-After` is kept");
        }
    }
    let long = Reply::json(429, &told("slow down")).with("retry-after", "99999");
    let started = Instant::now();
    fails(GITHUB, PLACES[0].1, &[long], "wants to be left alone for 99999 s");
    assert!(started.elapsed() < Duration::from_secs(2), "nobody waits for what is too late");
}

#[test]
fn what_the_token_may_not_read_is_missing_and_never_empty() {
    let parts = [
        (GITHUB, "GET /repos/acme/app/pulls/7/reviews?per_page=100", "reviews"),
        (GITHUB, "GET /repos/acme/app/issues/7/timeline?per_page=100", "retargets"),
        (GITHUB, "GET /repos/acme/app/activity?per_page=100&ref=refs%2Fheads%2Ftopic", "pushes"),
        (GITHUB, "GET /repos/acme/app/teams?per_page=100", "teams"),
        (GITHUB, "GET /repos/acme/app/rules/branches/main?per_page=100", "protection"),
        (GITHUB, "GET /repos/acme/app/branches/main/protection", "protection"),
        (GITLAB, "GET /projects/acme%2Fteam%2Fapp/merge_requests/7/approvals", "reviews"),
        (GITLAB, "GET /projects/acme%2Fteam%2Fapp/merge_requests/7/reviewers?per_page=100", "reviews"),
        (GITLAB, "GET /projects/acme%2Fteam%2Fapp/merge_requests/7/discussions?per_page=100", "threads"),
        (GITLAB, "GET /projects/acme%2Fteam%2Fapp/merge_requests/7/discussions?per_page=100", "retargets"),
        (GITLAB, "GET /projects/acme%2Fteam%2Fapp/members/all?per_page=100", "people"),
        (GITLAB, "GET /projects/70/events?action=pushed&per_page=100", "pushes"),
        (GITLAB, "GET /projects/acme%2Fteam%2Fapp", "teams"),
        (GITLAB, "GET /projects/acme%2Fteam%2Fapp", "merge-queue"),
        (GITLAB, "GET /projects/acme%2Fteam%2Fapp/protected_branches?per_page=100", "protection"),
        (GITEA, "GET /repos/acme/app/pulls/7/reviews?limit=50", "reviews"),
        (GITEA, "GET /repos/acme/app/pulls/7/reviews?limit=50", "threads"),
        (GITEA, "GET /repos/acme/app/pulls/7/reviews/12/comments?limit=50", "threads"),
        (GITEA, "GET /repos/acme/app/teams?limit=50", "teams"),
        (GITEA, "GET /repos/acme/app/issues/7/timeline?limit=50", "retargets"),
        (GITEA, "GET /repos/acme/app/branch_protections?limit=50", "protection"),
    ];
    for (kind, question, key) in parts {
        for status in [403, 404] {
            let (desk, double) = (Desk::new(), kind.double((HEAD, BASE)));
            double.answers(question, vec![Reply::json(status, &told(&format!("No, {}", token())))]);
            let run = desk.fetch(kind, &double, &[]).exits(0);
            let missing = &desk.told()["forge"][key]["missing"];
            let what = missing["what"].as_str().unwrap_or_else(|| panic!("{question}: {}", desk.told()["forge"][key]));
            assert!(what.contains(&format!("the forge answered {status}: No, ***")), "{what}");
            assert!(missing["how"].as_str().unwrap().contains("give the token"), "{missing}");
            assert!(run.stderr.contains(what), "it is told at once: {}", run.stderr);
        }
    }
    for part in ["checks", "threads"] {
        let (desk, double) = (Desk::new(), GITHUB.double((HEAD, BASE)));
        let no = json!({ "data": null, "errors": [{ "type": "FORBIDDEN", "message": "Resource not accessible" }] });
        double.answers("graphql reviewThreads", vec![Reply::json(200, &no)]);
        for rest in ["check-runs?filter=all&per_page=100", "statuses?per_page=100"] {
            let question = format!("GET /repos/acme/app/commits/{HEAD}/{rest}");
            double.answers(&question, vec![Reply::json(403, &told("Resource not accessible"))]);
        }
        desk.fetch(GITHUB, &double, &[]).exits(0);
        assert!(desk.told()["forge"][part]["missing"].is_object(), "{part}");
    }
}

#[test]
fn a_branch_that_nothing_protects_is_told_from_one_that_may_not_be_seen() {
    let protection = "GET /repos/acme/app/branches/main/protection";
    for (refusal, branch, is_known) in [
        ("Branch not protected", None, true),
        ("Not Found", Some(false), true),
        ("Not Found", Some(true), false),
        ("Not Found", None, false),
    ] {
        let (desk, double) = (Desk::new(), GITHUB.double((HEAD, BASE)));
        double.answers(protection, vec![Reply::json(404, &told(refusal))]);
        if let Some(protected) = branch {
            let body = json!({ "name": "main", "protected": protected });
            double.answers("GET /repos/acme/app/branches/main", vec![Reply::json(200, &body)]);
        }
        desk.fetch(GITHUB, &double, &[]).exits(0);
        let told = desk.told()["forge"]["protection"].clone();
        assert_eq!(told["known"].is_object(), is_known, "{refusal} {branch:?}: {told}");
    }
}

#[test]
fn a_rule_says_why_the_forge_did_not_tell() {
    let (repo, head, base) = proposal();
    let (desk, double) = (Desk::new(), GITHUB.double((&head, &base)));
    double.answers(PLACES[0].2, vec![Reply::json(403, &told("Resource not accessible by integration"))]);
    desk.fetch(GITHUB, &double, &[]).exits(0);
    let unknown = judge(&repo, &desk.facts()).exits(3);
    for words in ["the reviews: the forge answered 403", "give the token `pull-requests: read`"] {
        assert!(unknown.stdout.contains(words), "{words}: {}", unknown.stdout);
    }
}

#[test]
fn a_head_that_moves_is_read_again_once() {
    for (kind, pull, _) in PLACES {
        let at = |id: char| {
            let head = String::from(id).repeat(40);
            Reply::json(200, &kind.script((&head, BASE))["answers"][0]["pages"][0])
        };
        let (desk, double) = (Desk::new(), kind.double((HEAD, BASE)));
        double.answers(pull, vec![at('3'), at('1')]);
        desk.fetch(kind, &double, &[]).exits(0);
        let told = desk.told();
        assert_eq!(told["pull-request"]["known"]["head"], HEAD);
        assert!(told["forge"]["checks"]["known"][0]["commit"] == HEAD, "{}", told["forge"]["checks"]);
        fails(kind, pull, &[at('3'), at('4'), at('5')], "changed twice while it was read");
    }
}

#[test]
fn an_answer_without_end_is_not_read_to_its_end() {
    fails(GITHUB, PLACES[0].2, &[Reply::raw(200, vec![b' '; 33 << 20])], "it has more than");
}

#[test]
fn an_echo_of_the_token_is_written_nowhere() {
    let (desk, double) = (Desk::new(), GITHUB.double((HEAD, BASE)));
    let mut pull = GITHUB.script((HEAD, BASE))["answers"][0]["pages"][0].clone();
    pull["body"] = Value::String(format!("see {}", token()));
    double.answers(PLACES[0].1, vec![Reply::json(200, &pull)]);
    let run = desk.fetch(GITHUB, &double, &[]).exits(3);
    assert!(run.stderr.contains("says the token back"), "{}", run.stderr);
}
