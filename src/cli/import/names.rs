//! What gitleaks calls the kinds that are shipped here. Only names that differ are listed.

use crate::checks;

/// Kinds that are read by the name beside a value, as the one generic rule of gitleaks reads them.
const GENERIC: [&str; 12] = [
    "access-token",
    "api-key",
    "application-secret",
    "client-secret",
    "credential",
    "database-password",
    "encryption-key",
    "passphrase",
    "password",
    "private-key-value",
    "secret-key",
    "session-secret",
];

/// The id of that rule.
pub(super) const GENERIC_RULE: &str = "generic-api-key";

/// A rule of gitleaks, and the kinds that find the same.
const NAMES: &[(&str, &[&str])] = &[
    ("airtable-api-key", &["airtable-token", "airtable-legacy-key"]),
    ("airtable-personnal-access-token", &["airtable-token"]),
    ("algolia-api-key", &["algolia-key", "algolia-admin-key"]),
    ("alibaba-secret-key", &["alibaba-access-key-secret"]),
    ("anthropic-admin-api-key", &["anthropic-admin-key"]),
    ("anthropic-api-key", &["anthropic-key"]),
    ("artifactory-api-key", &["artifactory-key"]),
    ("atlassian-api-token", &["atlassian-api-token", "atlassian-legacy-token"]),
    ("aws-access-token", &["aws-access-key-id", "aws-temporary-access-key-id"]),
    ("aws-amazon-bedrock-api-key-long-lived", &["aws-bedrock-key"]),
    ("aws-amazon-bedrock-api-key-short-lived", &["aws-bedrock-temporary-key"]),
    ("azure-ad-client-secret", &["azure-client-secret"]),
    ("beamer-api-token", &["beamer-key"]),
    ("bitbucket-client-secret", &["bitbucket-oauth-secret"]),
    ("cisco-meraki-api-key", &["meraki-key"]),
    ("clickhouse-cloud-api-secret-key", &["clickhouse-key-secret"]),
    ("clojars-api-token", &["clojars-token"]),
    ("cloudflare-api-key", &["cloudflare-legacy-token", "cloudflare-token"]),
    ("cloudflare-global-api-key", &["cloudflare-global-key", "cloudflare-legacy-key"]),
    ("codecov-access-token", &["codecov-token"]),
    ("cohere-api-token", &["cohere-key"]),
    ("coinbase-access-token", &["coinbase-secret"]),
    ("confluent-access-token", &["confluent-secret", "confluent-legacy-secret"]),
    ("confluent-secret-key", &["confluent-secret", "confluent-legacy-secret"]),
    ("contentful-delivery-api-token", &["contentful-delivery-token"]),
    ("curl-auth-header", &["basic-credentials", "bearer-token", "access-token", "api-key"]),
    ("curl-auth-user", &["command-line-password"]),
    ("databricks-api-token", &["databricks-token"]),
    ("datadog-access-token", &["datadog-api-key", "datadog-app-key"]),
    ("digitalocean-access-token", &["digitalocean-token"]),
    ("digitalocean-pat", &["digitalocean-token"]),
    ("digitalocean-refresh-token", &["digitalocean-token"]),
    ("discord-api-token", &["discord-bot-token"]),
    ("doppler-api-token", &["doppler-token"]),
    ("droneci-access-token", &["drone-token"]),
    ("dropbox-api-token", &["dropbox-app-secret"]),
    ("dropbox-long-lived-api-token", &["dropbox-legacy-token"]),
    ("dropbox-short-lived-api-token", &["dropbox-token"]),
    ("duffel-api-token", &["duffel-token"]),
    ("dynatrace-api-token", &["dynatrace-token"]),
    ("easypost-api-token", &["easypost-key"]),
    ("easypost-test-api-token", &["easypost-key"]),
    ("facebook-access-token", &["meta-access-token"]),
    ("facebook-page-access-token", &["meta-access-token"]),
    ("facebook-secret", &["meta-app-secret"]),
    ("fastly-api-token", &["fastly-token"]),
    ("finnhub-access-token", &["finnhub-key"]),
    ("flyio-access-token", &["fly-token"]),
    ("frameio-api-token", &["frame-io-token"]),
    ("gcp-api-key", &["google-api-key"]),
    ("github-app-token", &["github-app-token", "github-app-jwt-token"]),
    ("github-oauth", &["github-oauth-token"]),
    ("gitlab-cicd-job-token", &["gitlab-job-token"]),
    ("gitlab-feature-flag-client-token", &["gitlab-feature-flags-token"]),
    ("gitlab-incoming-mail-token", &["gitlab-mail-token"]),
    ("gitlab-kubernetes-agent-token", &["gitlab-agent-token"]),
    ("gitlab-oauth-app-secret", &["gitlab-oauth-secret"]),
    ("gitlab-pat-routable", &["gitlab-routable-pat"]),
    ("gitlab-ptt", &["gitlab-trigger-token"]),
    ("gitlab-rrt", &["gitlab-runner-registration-token"]),
    ("gitlab-runner-authentication-token", &["gitlab-runner-token"]),
    ("gitlab-runner-authentication-token-routable", &["gitlab-runner-token"]),
    ("gitlab-session-cookie", &["gitlab-session"]),
    ("gocardless-api-token", &["gocardless-token"]),
    ("grafana-api-key", &["grafana-legacy-key"]),
    ("grafana-cloud-api-token", &["grafana-cloud-token"]),
    ("grafana-service-account-token", &["grafana-service-token"]),
    ("harness-api-key", &["harness-token"]),
    ("hashicorp-tf-api-token", &["terraform-cloud-token"]),
    ("hashicorp-tf-password", &["password", "database-password"]),
    ("heroku-api-key", &["heroku-legacy-key"]),
    ("heroku-api-key-v2", &["heroku-key"]),
    ("hubspot-api-key", &["hubspot-legacy-key", "hubspot-token"]),
    ("huggingface-access-token", &["hugging-face-token"]),
    ("huggingface-organization-api-token", &["hugging-face-org-token"]),
    ("infracost-api-token", &["infracost-key"]),
    ("intercom-api-key", &["intercom-token"]),
    ("jfrog-api-key", &["artifactory-key"]),
    ("jfrog-identity-token", &["artifactory-reference-token"]),
    ("jwt-base64", &["jwt"]),
    ("kraken-access-token", &["kraken-secret"]),
    ("kubernetes-secret-yaml", &["kubernetes-secret"]),
    ("launchdarkly-access-token", &["launchdarkly-api-token", "launchdarkly-sdk-key"]),
    ("linear-api-key", &["linear-key"]),
    ("linkedin-client-secret", &["linkedin-client-secret", "linkedin-legacy-secret"]),
    ("lob-api-key", &["lob-key"]),
    ("mailchimp-api-key", &["mailchimp-key"]),
    ("mailgun-private-api-token", &["mailgun-key", "mailgun-legacy-key"]),
    ("mailgun-signing-key", &["mailgun-key"]),
    ("mapbox-api-token", &["mapbox-secret-token"]),
    ("mattermost-access-token", &["mattermost-token"]),
    ("maxmind-license-key", &["maxmind-license-key", "maxmind-legacy-license-key"]),
    ("messagebird-api-token", &["bird-key"]),
    ("microsoft-teams-webhook", &["microsoft-teams-webhook", "microsoft-teams-legacy-webhook"]),
    ("netlify-access-token", &["netlify-token", "netlify-legacy-token"]),
    ("new-relic-browser-api-token", &["new-relic-browser-key"]),
    ("new-relic-user-api-key", &["new-relic-user-key"]),
    ("notion-api-token", &["notion-token", "notion-legacy-token"]),
    ("npm-access-token", &["npm-token"]),
    ("nuget-config-password", &["nuget-feed-password"]),
    ("octopus-deploy-api-key", &["octopus-api-key"]),
    ("okta-access-token", &["okta-token"]),
    ("openai-api-key", &["openai-key"]),
    ("openshift-user-token", &["openshift-token"]),
    ("perplexity-api-key", &["perplexity-key"]),
    ("pkcs12-file", &["key-store", "key-file"]),
    ("plaid-api-token", &["plaid-access-token"]),
    ("plaid-secret-key", &["plaid-secret"]),
    ("planetscale-api-token", &["planetscale-token"]),
    ("planetscale-oauth-token", &["planetscale-token"]),
    ("postman-api-token", &["postman-key"]),
    ("prefect-api-token", &["prefect-key"]),
    ("private-key", &["private-key", "pgp-private-key", "ssh2-private-key"]),
    ("pulumi-api-token", &["pulumi-token"]),
    ("pypi-upload-token", &["pypi-token"]),
    ("rapidapi-access-token", &["rapidapi-key"]),
    ("readme-api-token", &["readme-key"]),
    ("rubygems-api-token", &["rubygems-key"]),
    ("sendbird-access-token", &["sendbird-token"]),
    ("sendgrid-api-token", &["sendgrid-key"]),
    ("sendinblue-api-token", &["brevo-key"]),
    ("sentry-access-token", &["sentry-legacy-token"]),
    ("shippo-api-token", &["shippo-token"]),
    ("shopify-custom-access-token", &["shopify-access-token"]),
    ("shopify-private-app-access-token", &["shopify-access-token"]),
    ("slack-config-access-token", &["slack-refresh-token"]),
    ("slack-config-refresh-token", &["slack-refresh-token"]),
    ("slack-legacy-bot-token", &["slack-bot-token"]),
    ("slack-legacy-workspace-token", &["slack-workspace-token"]),
    ("slack-webhook-url", &["slack-webhook"]),
    ("snyk-api-token", &["snyk-legacy-token", "snyk-token"]),
    ("sonar-api-token", &["sonar-token", "sonar-legacy-token"]),
    ("sourcegraph-access-token", &["sourcegraph-token"]),
    ("square-access-token", &["square-access-token", "square-legacy-token"]),
    ("stripe-access-token", &["stripe-key"]),
    ("sumologic-access-token", &["sumo-logic-access-key"]),
    ("telegram-bot-api-token", &["telegram-bot-token"]),
    ("travisci-access-token", &["travis-token"]),
    ("twilio-api-key", &["twilio-key-sid"]),
    ("twitch-api-token", &["twitch-client-secret"]),
    ("twitter-access-secret", &["x-twitter-access-secret"]),
    ("twitter-access-token", &["x-twitter-access-token"]),
    ("twitter-api-secret", &["x-twitter-api-secret"]),
    ("twitter-bearer-token", &["x-twitter-bearer-token"]),
    ("typeform-api-token", &["typeform-token"]),
    ("vault-batch-token", &["vault-token"]),
    ("vault-service-token", &["vault-token", "vault-legacy-token"]),
    ("yandex-access-token", &["yandex-iam-token"]),
    ("yandex-aws-access-token", &["yandex-static-key"]),
    ("zendesk-secret-key", &["zendesk-token"]),
];

/// The shipped kinds that find what a rule of gitleaks finds; none when there is none, or none that is known.
pub(super) fn kinds(rule: &str) -> Vec<&'static str> {
    if rule == GENERIC_RULE {
        return GENERIC.to_vec();
    }
    let listed = NAMES.iter().find(|(name, _)| *name == rule).map(|(_, kinds)| *kinds);
    match listed {
        Some(kinds) => shipped().filter(|it| kinds.contains(it)).collect(),
        None => shipped().filter(|it| *it == rule).collect(),
    }
}

/// The ids of the shipped kinds that a policy may name.
pub(super) fn shipped() -> impl Iterator<Item = &'static str> {
    let hazards = checks::find("secrets").map_or(&[][..], |it| it.meta.hazards);
    hazards.iter().map(|it| it.id).filter(|it| *it != "custom")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_a_kind_and_none_is_listed_in_vain() {
        let known: Vec<&str> = shipped().collect();
        for (name, kinds) in NAMES {
            for kind in *kinds {
                assert!(known.contains(kind), "{name}: {kind}");
            }
            assert_ne!(*kinds, [*name], "{name} is the same here");
        }
        assert!(GENERIC.iter().all(|it| known.contains(it)));
        assert!(NAMES.is_sorted_by_key(|it| it.0));
        assert_eq!(kinds("jwt"), ["jwt"]);
        assert!(kinds("no-such-rule").is_empty());
    }
}
