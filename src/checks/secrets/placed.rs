//! The kinds of secrets that are told by their place: beside a name, in an address, in a file of a known format.

use super::hit::Placed;

pub(super) const PASSWORD: Placed = Placed {
    id: "password",
    title: "password",
    harm: "signs in with it wherever it is used",
    revoke: "change it where it is used, and read it from the environment or a vault",
};

/// All of them.
pub(super) const ALL: &[&Placed] = &[
    &PASSWORD,
    &PASSWORD_HASH,
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

// What files of known formats hold.

pub(super) const PASSWORD_HASH: Placed = Placed {
    id: "password-hash",
    title: "hash of a password",
    harm: "guesses weak passwords from it, as fast as computers allow",
    revoke: "have the passwords changed, and keep the hashes out of the repository",
};

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
    id: "rails-master-key",
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
