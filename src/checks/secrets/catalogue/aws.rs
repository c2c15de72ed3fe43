//! Amazon Web Services.

use super::{Anchor, Credential, Provider};
use crate::checks::secrets::proof;
use crate::checks::secrets::tier::Tier;

pub(super) const PROVIDERS: &[Provider] = &[Provider {
    name: "AWS",
    harm: "acts in the AWS account with the permissions of its user or role",
    revoke: "deactivate and delete it in IAM, Users, Security credentials (`aws iam delete-access-key`), look \
                 for its use in CloudTrail, and prefer roles with short-lived credentials",
    credentials: &[
        Credential {
            id: "aws-access-key-id",
            title: "AWS access key id",
            anchor: Anchor::Literal(&["AKIA", "ABIA", "ACCA"]),
            form: "A(?:KIA|BIA|CCA)[2-7A-Z]{16}",
            tier: Tier::Likely,
            proof: Some(proof::AWS_KEY_ID),
            hits: &["AKIA{b32:16}", "ABIA{b32:16}"],
            misses: &["AKIA{b32:15}", "AKIA{b32:17}", "AKIB{b32:16}"],
        },
        Credential {
            id: "aws-temporary-access-key-id",
            title: "AWS temporary access key id",
            anchor: Anchor::Literal(&["ASIA"]),
            form: "ASIA[2-7A-Z]{16}",
            tier: Tier::Likely,
            proof: Some(proof::AWS_KEY_ID),
            hits: &["ASIA{b32:16}"],
            misses: &["ASIA{b32:15}"],
        },
        Credential {
            id: "aws-secret-access-key",
            title: "AWS secret access key",
            anchor: Anchor::Key(&["awssecret", "secretaccesskey", "awssecretkey", "awsprivatekey", "akia"]),
            form: "[0-9A-Za-z+/]{40}",
            tier: Tier::Likely,
            proof: None,
            hits: &["AWS_SECRET_ACCESS_KEY={b64:40}", "aws_secret_access_key = {b64:40}"],
            misses: &["AWS_SECRET_ACCESS_KEY={b64:39}"],
        },
        Credential {
            id: "aws-session-token",
            title: "AWS session token",
            anchor: Anchor::Literal(&["FwoG", "FQoG", "IQoJ"]),
            form: "(?:F[wQ]oG|IQoJ)[0-9A-Za-z+/]{150,}={0,2}",
            tier: Tier::Likely,
            proof: None,
            hits: &["AWS_SESSION_TOKEN=IQoJ{b64:400}==", "AWS_SESSION_TOKEN=FwoG{b64:300}="],
            misses: &["AWS_SESSION_TOKEN=IQoJ{an:60}"],
        },
        Credential {
            id: "aws-bedrock-key",
            title: "AWS Bedrock API key",
            anchor: Anchor::Literal(&["ABSK"]),
            form: "ABSK[0-9A-Za-z+/]{109,269}={0,2}",
            tier: Tier::Likely,
            proof: None,
            hits: &["ABSK{b64:128}"],
            misses: &["ABSK{an:100}"],
        },
        Credential {
            id: "aws-bedrock-temporary-key",
            title: "AWS Bedrock short-term API key",
            anchor: Anchor::Literal(&["bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"]),
            form: "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[0-9A-Za-z+/=]{20,}",
            tier: Tier::Likely,
            proof: None,
            hits: &["bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{b64:400}"],
            misses: &["bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{an:10}"],
        },
        Credential {
            id: "aws-mws-token",
            title: "AWS Marketplace web service token",
            anchor: Anchor::Literal(&["amzn.mws."]),
            form: r"amzn\.mws\.[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
            tier: Tier::Likely,
            proof: None,
            hits: &["amzn.mws.{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}"],
            misses: &["amzn.mws.{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:11}"],
        },
        Credential {
            id: "aws-cognito-client-secret",
            title: "AWS Cognito app client secret",
            anchor: Anchor::Key(&["cognitoclientsecret", "cognitoappclientsecret"]),
            form: "[0-9a-z]{50,53}",
            tier: Tier::Likely,
            proof: None,
            hits: &["COGNITO_CLIENT_SECRET={lower:52}"],
            misses: &["COGNITO_CLIENT_SECRET={lower:40}"],
        },
    ],
}];
