//! The kinds of secrets that are told by their place: beside a name, in an address, in a file of a known format.

use super::hit::Placed;

pub(super) const PASSWORD: Placed = Placed {
    id: "password",
    title: "password",
    harm: "signs in with it wherever it is used",
    revoke: "change it where it is used, and read it from the environment or a vault",
};

pub(super) const DATABASE_PASSWORD: Placed = Placed {
    id: "database-password",
    title: "database password",
    harm: "reads and changes the database where it can be reached",
    revoke: "change it in the database, and let the program read it from the environment or a vault",
};

pub(super) const PASSPHRASE: Placed = Placed {
    id: "passphrase",
    title: "passphrase",
    harm: "unlocks the key or archive that it protects",
    revoke: "make a new key or archive with another passphrase: a copy of the old one stays open with this one",
};

pub(super) const API_KEY: Placed = Placed {
    id: "api-key",
    title: "API key",
    harm: "calls the service in its owner's name and on its owner's account",
    revoke: "revoke it at the service that issued it, and create another with the fewest permissions",
};

pub(super) const ACCESS_TOKEN: Placed = Placed {
    id: "access-token",
    title: "access token",
    harm: "acts as the one it was issued to until it expires or is revoked",
    revoke: "revoke it at the service that issued it, and create another with the fewest permissions",
};

pub(super) const CLIENT_SECRET: Placed = Placed {
    id: "client-secret",
    title: "client secret",
    harm: "poses as the application towards its identity provider",
    revoke: "rotate it where the application is registered, and read it from the environment or a vault",
};

pub(super) const SECRET_KEY: Placed = Placed {
    id: "secret-key",
    title: "secret key",
    harm: "signs or reads what only the program should: sessions, tokens, messages",
    revoke: "make a new one and read it from the environment or a vault; what was signed with the old one must end",
};

pub(super) const ENCRYPTION_KEY: Placed = Placed {
    id: "encryption-key",
    title: "encryption key",
    harm: "reads all that is encrypted with it",
    revoke: "make a new one, encrypt the data again, and keep the key in a vault",
};

pub(super) const PRIVATE_KEY: Placed = Placed {
    id: "private-key-value",
    title: "private key",
    harm: "signs and decrypts as its owner",
    revoke: "make a new pair, have certificates of the old one revoked, and remove the old public key where it is trusted",
};

pub(super) const SESSION_SECRET: Placed = Placed {
    id: "session-secret",
    title: "session secret",
    harm: "makes sessions and cookies that the program takes for its own",
    revoke: "make a new one and read it from the environment or a vault; all sessions must end",
};

pub(super) const OTP_SEED: Placed = Placed {
    id: "otp-seed",
    title: "seed of one-time codes",
    harm: "makes the same one-time codes as its owner",
    revoke: "enrol the second factor anew, and forget this seed",
};

pub(super) const WEBHOOK: Placed = Placed {
    id: "webhook",
    title: "webhook",
    harm: "posts as the integration that it belongs to, or passes its messages for genuine",
    revoke: "create another webhook, and delete this one",
};

pub(super) const CREDENTIAL: Placed = Placed {
    id: "credential",
    title: "credential",
    harm: "uses what it opens in its owner's name",
    revoke: "revoke it where it was issued, and read another from the environment or a vault",
};

pub(super) const PASSWORD_HASH: Placed = Placed {
    id: "password-hash",
    title: "password hash",
    harm: "guesses the password offline, as fast as machines go",
    revoke: "change the password if it was guessable or is used elsewhere, and keep hashes in the database",
};

pub(super) const URL_PASSWORD: Placed = Placed {
    id: "url-password",
    title: "password in an address",
    harm: "signs in at that address",
    revoke: "change it there, and take the address without its password; read that from the environment or a vault",
};

pub(super) const URL_TOKEN: Placed = Placed {
    id: "url-token",
    title: "token in an address",
    harm: "makes the same request, and others, in its owner's name",
    revoke: "revoke it at the service that issued it, and send another in a header, read from the environment",
};

pub(super) const BASIC: Placed = Placed {
    id: "basic-credentials",
    title: "credentials of basic authentication",
    harm: "signs in with this name and password",
    revoke: "change the password, and read it from the environment or a vault",
};

pub(super) const BEARER: Placed = Placed {
    id: "bearer-token",
    title: "bearer token",
    harm: "acts as the one it was issued to until it expires or is revoked",
    revoke: "revoke it at the service that issued it, and read another from the environment",
};

pub(super) const CONNECTION_PASSWORD: Placed = Placed {
    id: "connection-string-password",
    title: "password in a connection string",
    harm: "connects to the same server with the same rights",
    revoke: "change it at the server, and read the connection string from the environment or a vault",
};

pub(super) const SQL_PASSWORD: Placed = Placed {
    id: "sql-password",
    title: "password in an SQL statement",
    harm: "signs in to the database as that user",
    revoke: "change it with a statement that is not committed, and pass it as a variable of the client",
};

pub(super) const FLAG_PASSWORD: Placed = Placed {
    id: "command-line-password",
    title: "password on a command line",
    harm: "signs in as the command does",
    revoke: "change it, and let the command read it from the environment, a file or standard input",
};

// What files of known formats hold.

pub(super) const REGISTRY_LOGIN: Placed = Placed {
    id: "registry-login",
    title: "login of a package registry",
    harm: "pulls, and mostly pushes, packages and images in its owner's name",
    revoke: "revoke it at the registry, sign in anew (`docker login`, `npm login`), and keep the file out of the repository",
};

pub(super) const CONFIGURED_TOKEN: Placed = Placed {
    id: "configured-token",
    title: "token in a tool's settings",
    harm: "does what its owner may do with the tool",
    revoke: "revoke it where it was issued, and keep the file out of the repository",
};

pub(super) const APPLICATION_SECRET: Placed = Placed {
    id: "application-secret",
    title: "secret of a web application",
    harm: "forges its sessions, its signed cookies and its tokens",
    revoke: "make another one, read it from the environment or a vault, and expect all sessions to end",
};

pub(super) const RAILS_KEY: Placed = Placed {
    id: "rails-key-file",
    title: "master key of Rails' credentials",
    harm: "decrypts every credential in `credentials.yml.enc`, as old as the key is",
    revoke: "change all credentials in the encrypted file, encrypt it with another key, and ignore the key's file",
};

pub(super) const KUBERNETES_SECRET: Placed = Placed {
    id: "kubernetes-secret",
    title: "value of a Kubernetes Secret",
    harm: "has what the workload has: base 64 is no encryption",
    revoke: "change it where it is used, and commit a SealedSecret, an ExternalSecret or a file of SOPS instead",
};

pub(super) const NETWORK_KEY: Placed = Placed {
    id: "network-key",
    title: "key of a network",
    harm: "joins the network",
    revoke: "change the key at the access point, the device or the peer",
};

pub(super) const VAULT_PASSWORD: Placed = Placed {
    id: "vault-password",
    title: "password of an encrypted vault",
    harm: "decrypts what it protects, in this repository and wherever else it is used",
    revoke: "encrypt with another password (`ansible-vault rekey`), and change the secrets inside",
};

pub(super) const KEY_FILE: Placed = Placed {
    id: "key-file",
    title: "file with a private key",
    harm: "signs, signs in and decrypts in the name of whom the key belongs to",
    revoke: "make another pair of keys, replace the old one wherever it is trusted, and delete the file",
};

pub(super) const KEY_STORE: Placed = Placed {
    id: "key-store",
    title: "store of keys or passwords",
    harm: "has all that it holds as soon as its password is guessed",
    revoke: "replace what it holds, and keep the file out of the repository",
};

/// All of them.
pub(super) const ALL: &[&Placed] = &[
    &PASSWORD,
    &DATABASE_PASSWORD,
    &PASSPHRASE,
    &API_KEY,
    &ACCESS_TOKEN,
    &CLIENT_SECRET,
    &SECRET_KEY,
    &ENCRYPTION_KEY,
    &PRIVATE_KEY,
    &SESSION_SECRET,
    &OTP_SEED,
    &WEBHOOK,
    &CREDENTIAL,
    &PASSWORD_HASH,
    &URL_PASSWORD,
    &URL_TOKEN,
    &BASIC,
    &BEARER,
    &CONNECTION_PASSWORD,
    &SQL_PASSWORD,
    &FLAG_PASSWORD,
    &REGISTRY_LOGIN,
    &CONFIGURED_TOKEN,
    &APPLICATION_SECRET,
    &RAILS_KEY,
    &KUBERNETES_SECRET,
    &NETWORK_KEY,
    &VAULT_PASSWORD,
    &KEY_FILE,
    &KEY_STORE,
];
