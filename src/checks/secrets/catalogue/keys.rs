//! Key material and signed tokens: formats of their own that no single provider issues.

use super::{Anchor, Credential, Provider};
use crate::checks::secrets::proof;
use crate::checks::secrets::tier::Tier;

/// What stands between the lines of a block: white space, line ends as text inside of text has them, signs of comments,
/// quotes and concatenation.
macro_rules! gap {
    () => {
        r##"(?:\\+[nrt]|\\u000[aAdD]|[\s"'`,;#*>|.&(){}+\\]|// |<br/?>|&#1[03];|%0[AaDd])*"##
    };
}

/// Headers, whole lines, and up to the end of the block when there is one.
macro_rules! body {
    ($end:literal) => {
        concat!(
            "(?:",
            gap!(),
            r"[A-Za-z][A-Za-z0-9-]{2,20}: ?[^\r\n\\]*)*",
            "(?:",
            gap!(),
            "[0-9A-Za-z+/=]{20,})+",
            "(?:(?:",
            gap!(),
            "[0-9A-Za-z+/=]{1,19}){0,3}",
            gap!(),
            $end,
            ")?"
        )
    };
}

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        name: "private key",
        harm: "signs, signs in and reads what was encrypted in the name of whom the key belongs to",
        revoke: "make another pair of keys, put the new public key wherever the old one is trusted, and have the \
                 certificates that were issued for it revoked",
        credentials: &[
            Credential {
                id: "private-key",
                title: "private key (PEM)",
                anchor: Anchor::Literal(&["--BEGIN "]),
                form: concat!(
                    "-----BEGIN (?:[0-9A-Z]{1,12} ){0,3}PRIVATE KEY-----",
                    body!("-----END [0-9A-Z ]{1,40}-----")
                ),
                tier: Tier::Likely,
                proof: Some(proof::PEM),
                hits: &[
                    "-----BEGIN RSA PRIVATE KEY-----\nMIIE{b64:60}\n{b64:64}\n{b64:40}\n-----END RSA PRIVATE KEY-----",
                    r#"key: "-----BEGIN PRIVATE KEY-----\nMIIE{b64:60}\n{b64:64}\n{b64:12}==\n-----END PRIVATE KEY-----\n""#,
                    "-----BEGIN EC PRIVATE KEY-----\nkeyID: {upper:4}:{upper:4}\n\nMHcC{b64:60}\n{b64:64}\n{b64:36}==\n-----END EC PRIVATE KEY-----",
                    "  -----BEGIN EC PRIVATE KEY-----\n  MHcC{b64:60}\n  {b64:64}\n",
                ],
                misses: &[
                    "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
                    "-----BEGIN PUBLIC KEY-----\nMIIB{b64:60}\n{b64:64}\n-----END PUBLIC KEY-----",
                    "-----BEGIN CERTIFICATE-----\nMIID{b64:60}\n{b64:64}\n-----END CERTIFICATE-----",
                    r#"if text.contains("-----BEGIN PRIVATE KEY-----") {{ parse(text) }"#,
                ],
            },
            Credential {
                id: "ssh2-private-key",
                title: "private key (SSH2)",
                anchor: Anchor::Literal(&["-- BEGIN SSH2 "]),
                form: concat!(
                    "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
                    body!("---- END SSH2 ENCRYPTED PRIVATE KEY ----")
                ),
                tier: Tier::Likely,
                proof: Some(proof::SSH2),
                hits: &[
                    "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: \"rsa\"\nP2/5{b64:60}\n{b64:64}\n---- END SSH2 \
                     ENCRYPTED PRIVATE KEY ----",
                ],
                misses: &["---- BEGIN SSH2 PUBLIC KEY ----\nAAAA{b64:60}\n---- END SSH2 PUBLIC KEY ----"],
            },
            Credential {
                id: "putty-private-key",
                title: "private key (PuTTY)",
                anchor: Anchor::Literal(&["PuTTY-User-Key-File-"]),
                form: concat!(
                    r"PuTTY-User-Key-File-[123]: [^\r\n\\]{1,60}",
                    gap!(),
                    r"Encryption: [0-9a-z-]{1,20}",
                    gap!(),
                    r"Comment:[^\r\n\\]*",
                    gap!(),
                    "Public-Lines: [0-9]+",
                    "(?:",
                    gap!(),
                    "[0-9A-Za-z+/=]{4,})+",
                    gap!(),
                    "(?:(?:Key-Derivation|Argon2-[A-Za-z]+): [0-9A-Za-z]+",
                    gap!(),
                    ")*",
                    "Private-Lines: [0-9]+(?:",
                    gap!(),
                    "[0-9A-Za-z+/=]{4,})+(?:",
                    gap!(),
                    "Private-MAC: [0-9a-f]{40,64})?"
                ),
                tier: Tier::Likely,
                proof: Some(proof::PUTTY),
                hits: &[
                    "PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\nComment: me\r\nPublic-Lines: 2\r\nAAAA{b64:60}\r\n\
                     {b64:20}=\r\nPrivate-Lines: 2\r\n{b64:64}\r\n{b64:30}==\r\nPrivate-MAC: {hex:40}",
                ],
                misses: &["PuTTY-User-Key-File-2: ssh-rsa"],
            },
            Credential {
                id: "unlabelled-private-key",
                title: "private key (DER in base 64)",
                anchor: Anchor::Literal(&[
                    "IBADANBgkqhkiG9w0BAQEFAASC",
                    "IBAAKC",
                    "MHcCAQEEI",
                    "MIGHAgEAMBMGByqGSM49",
                    "MIGTAgEAMBMGByqGSM49",
                    "MC4CAQAwBQYDK2VwBCIEI",
                ]),
                form: "(?:MII[0-9A-Za-z+/]{3}IBADANBgkqhkiG9w0BAQEFAASC|MII[0-9A-Za-z+/]{3}IBAAKC|MHcCAQEEI\
                       |MIG[HT]AgEAMBMGByqGSM49|MC4CAQAwBQYDK2VwBCIEI)[0-9A-Za-z+/]{40,}={0,2}",
                tier: Tier::Likely,
                proof: Some(proof::BARE),
                hits: &[
                    "key = MIIEpAIBAAKC{b64:400}",
                    "MC4CAQAwBQYDK2VwBCIEI{b64:43}",
                    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{b64:200}",
                ],
                misses: &["MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A{b64:300}"],
            },
            Credential {
                id: "xml-rsa-private-key",
                title: "private key (RSA in XML)",
                anchor: Anchor::Literal(&["<RSAKeyValue>"]),
                form: r"<RSAKeyValue>\s*(?:<(?:Modulus|Exponent|P|Q|DP|DQ|InverseQ)>[^<]*</[A-Za-z]+>\s*)*<D>[0-9A-Za-z+/=\s]{40,}</D>",
                tier: Tier::Certain,
                proof: None,
                hits: &[
                    "<RSAKeyValue><Modulus>{b64:171}=</Modulus><Exponent>AQAB</Exponent><D>{b64:171}=</D></RSAKeyValue>",
                ],
                misses: &["<RSAKeyValue><Modulus>{b64:171}=</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>"],
            },
        ],
    },
    Provider {
        name: "OpenPGP",
        harm: "signs and decrypts in the name of whom the key belongs to",
        revoke: "publish its revocation certificate (`gpg --gen-revoke`), and make another key",
        credentials: &[Credential {
            id: "pgp-private-key",
            title: "private key (OpenPGP)",
            anchor: Anchor::Literal(&["--BEGIN PGP "]),
            form: concat!("-----BEGIN PGP PRIVATE KEY BLOCK-----", body!("-----END PGP PRIVATE KEY BLOCK-----")),
            tier: Tier::Likely,
            proof: Some(proof::PGP),
            hits: &[
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 2\n\nlQOY{b64:60}\n{b64:64}\n{b64:20}\n={b64:4}\n-----END PGP \
                 PRIVATE KEY BLOCK-----",
            ],
            misses: &[
                "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN{b64:60}\n{b64:64}\n={b64:4}\n-----END PGP PUBLIC KEY BLOCK-----",
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n(your key)\n-----END PGP PRIVATE KEY BLOCK-----",
            ],
        }],
    },
    Provider {
        name: "OpenVPN",
        harm: "reads and forges the traffic of the network that it protects",
        revoke: "make another key (`openvpn --genkey`) and give it to both ends",
        credentials: &[Credential {
            id: "openvpn-static-key",
            title: "static key of OpenVPN",
            anchor: Anchor::Literal(&["--BEGIN OpenVPN "]),
            form: r"-----BEGIN OpenVPN (?:Static key V1|tls-crypt-v2 (?:client|server) key)-----(?:\s|\\+[nr])*(?:[0-9A-Za-z+/=]{16,}(?:\s|\\+[nr])*){2,}(?:-----END OpenVPN [0-9A-Za-z -]{1,40}-----)?",
            tier: Tier::Certain,
            proof: None,
            hits: &[
                "-----BEGIN OpenVPN Static key V1-----\n{hex:32}\n{hex:32}\n{hex:32}\n-----END OpenVPN Static key V1-----",
            ],
            misses: &["-----BEGIN OpenVPN Static key V1-----\n...\n-----END OpenVPN Static key V1-----"],
        }],
    },
    Provider {
        name: "JSON Web Token",
        harm: "is taken for whom it was issued to, by whatever trusts its issuer",
        revoke: "end the session or the grant that it stands for, or replace the key that signs such tokens",
        credentials: &[Credential {
            id: "jwt",
            title: "JSON Web Token",
            anchor: Anchor::Literal(&["eyJ"]),
            form: r"eyJ[0-9A-Za-z_-]{8,2000}\.e[wy][0-9A-Za-z_-]{8,}\.(?:[0-9A-Za-z_-]+|\b)",
            tier: Tier::Likely,
            proof: Some(proof::JWT),
            hits: &["Bearer {az:0}eyJhbGciOiJIUzI1NiJ9.eyJ{b64url:60}.{b64url:43}"],
            misses: &["eyJ{b64:200}", "eyJhbGciOiJIUzI1NiJ9.{b64url:3}"],
        }],
    },
    Provider {
        name: "NATS",
        harm: "signs in to NATS as the user, the account or the operator whose seed it is",
        revoke: "revoke the public key in the account or the operator (`nsc revocations`), and make another seed",
        credentials: &[Credential {
            id: "nats-seed",
            title: "seed of NATS",
            anchor: Anchor::Literal(&["SUA", "SAA", "SOA", "SNA", "SCA", "SXA"]),
            form: "S[UAONCX]A[2-7A-Z]{55}",
            tier: Tier::Likely,
            proof: Some(proof::NKEY),
            hits: &["seed = SUA{b32:51}{sum}"],
            misses: &["SUA{b32:40}", "SUA{b32:60}"],
        }],
    },
    Provider {
        name: "wallet",
        harm: "spends what every address of the wallet holds",
        revoke: "move everything to a new wallet",
        credentials: &[Credential {
            id: "wallet-extended-key",
            title: "extended private key of a wallet",
            anchor: Anchor::Literal(&["xprv", "yprv", "zprv", "tprv", "uprv", "vprv"]),
            form: "[xyztuv]prv[1-9A-HJ-NP-Za-km-z]{107,108}",
            tier: Tier::Likely,
            proof: Some(proof::EXTENDED_KEY),
            hits: &["xprv9{b58:106}"],
            misses: &["xprv9{b58:7}", "xprv_{an:107}"],
        }],
    },
];
