//! The words that make a place worth reading.

/// How the surroundings of a word are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reads {
    /// A part of a name with a literal beside it.
    Name,
    /// A part of a name that must end there: an `s` may follow, or a byte that begins another word.
    NameEnd,
    /// `://`.
    Address,
    /// What stands before `@tcp(`.
    Driver,
    /// What stands behind `Basic `.
    Basic,
    /// What stands behind `Bearer `.
    Bearer,
    /// What stands behind `IDENTIFIED BY`.
    Identified,
    /// A program that takes a password behind a short option.
    Program,
    /// The start of a password that was hashed for storage.
    Hash,
    /// A JSON Web Key.
    WebKey,
    /// A call that takes a user and a password.
    Login,
    /// A call that takes a place, a user and a password.
    Connect,
    /// A call that takes what is signed and a secret.
    Sign,
    /// What takes `user/password@database`.
    Oracle,
    /// A command that reads a password from another one.
    Piped,
    /// A command that takes a password without an option.
    Operand,
    /// A statement that names the columns of its values.
    Insert,
}

/// Each word in lower case, and how its surroundings are read. None holds another one of the same reading.
pub(super) const WORDS: &[(&str, Reads)] = &[
    // Passwords, in the languages that people name them in.
    ("pass", Reads::Name),
    ("pwd", Reads::Name),
    ("pswd", Reads::Name),
    ("psw=", Reads::Name),
    ("_psw", Reads::Name),
    ("_pw", Reads::NameEnd),
    ("-pw", Reads::NameEnd),
    ("rootpw", Reads::NameEnd),
    ("bindpw", Reads::NameEnd),
    ("userpw", Reads::NameEnd),
    ("adminpw", Reads::NameEnd),
    ("dbpw", Reads::NameEnd),
    ("kennwort", Reads::Name),
    ("losungswort", Reads::Name),
    ("motdepasse", Reads::Name),
    ("mot_de_passe", Reads::Name),
    ("mdp", Reads::NameEnd),
    ("contrase", Reads::Name),
    ("senha", Reads::Name),
    ("parol", Reads::Name),
    ("haslo", Reads::Name),
    ("has\u{142}o", Reads::Name),
    ("heslo", Reads::Name),
    ("wachtwoord", Reads::Name),
    ("losenord", Reads::Name),
    ("l\u{f6}senord", Reads::Name),
    ("adgangskode", Reads::Name),
    ("salasana", Reads::Name),
    ("jelszo", Reads::Name),
    ("jelsz\u{f3}", Reads::Name),
    ("sifre", Reads::Name),
    ("\u{15f}ifre", Reads::Name),
    ("\u{43f}\u{430}\u{440}\u{43e}\u{43b}", Reads::Name),
    ("\u{41f}\u{430}\u{440}\u{43e}\u{43b}", Reads::Name),
    ("\u{5bc6}\u{7801}", Reads::Name),
    ("\u{5bc6}\u{78bc}", Reads::Name),
    ("\u{53e3}\u{4ee4}", Reads::Name),
    ("\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}", Reads::Name),
    ("\u{be44}\u{bc00}\u{bc88}\u{d638}", Reads::Name),
    ("securestring", Reads::NameEnd),
    // Tokens, keys and what else opens a door.
    ("secret", Reads::Name),
    ("token", Reads::NameEnd),
    ("key", Reads::NameEnd),
    ("auth", Reads::Name),
    ("credential", Reads::Name),
    ("creds", Reads::NameEnd),
    ("_cred", Reads::NameEnd),
    ("jwt", Reads::NameEnd),
    ("bearer_", Reads::Name),
    ("cookie", Reads::NameEnd),
    ("session_id", Reads::NameEnd),
    ("sessionid", Reads::NameEnd),
    ("sig=", Reads::Name),
    ("webhook", Reads::Name),
    ("mnemonic", Reads::NameEnd),
    ("connectionstring", Reads::NameEnd),
    ("connection_string", Reads::NameEnd),
    ("connection-string", Reads::NameEnd),
    ("_dsn", Reads::NameEnd),
    ("_pat", Reads::NameEnd),
    ("otp_seed", Reads::NameEnd),
    ("otpseed", Reads::NameEnd),
    // What is read in a way of its own.
    ("://", Reads::Address),
    ("basic ", Reads::Basic),
    ("bearer ", Reads::Bearer),
    ("identified ", Reads::Identified),
    ("\"kty\"", Reads::WebKey),
    ("'kty'", Reads::WebKey),
    ("kty:", Reads::WebKey),
    ("$2a$", Reads::Hash),
    ("$2b$", Reads::Hash),
    ("$2y$", Reads::Hash),
    ("$1$", Reads::Hash),
    ("$5$", Reads::Hash),
    ("$6$", Reads::Hash),
    ("$y$", Reads::Hash),
    ("$7$", Reads::Hash),
    ("$apr1$", Reads::Hash),
    ("$argon2", Reads::Hash),
    ("$pbkdf2", Reads::Hash),
    ("pbkdf2_sha", Reads::Hash),
    ("{ssha", Reads::Hash),
    ("{sha}", Reads::Hash),
    ("{crypt}", Reads::Hash),
    ("scram-sha-256$", Reads::Hash),
    ("curl ", Reads::Program),
    ("mysql", Reads::Program),
    ("mariadb", Reads::Program),
    ("sshpass ", Reads::Program),
    ("login ", Reads::Program),
    ("redis-cli ", Reads::Program),
    ("ldapsearch ", Reads::Program),
    ("ldapadd ", Reads::Program),
    ("ldapmodify ", Reads::Program),
    ("ldapwhoami ", Reads::Program),
    ("sqlcmd", Reads::Program),
    ("mongo", Reads::Program),
    ("plink ", Reads::Program),
    ("pscp ", Reads::Program),
    ("smbclient ", Reads::Program),
    ("htpasswd ", Reads::Program),
    ("zip -", Reads::Program),
    ("7z ", Reads::Program),
    ("twine upload", Reads::Program),
    ("mosquitto_", Reads::Program),
    ("skopeo ", Reads::Program),
    ("keytool ", Reads::Program),
    ("influx ", Reads::Program),
    ("xfreerdp ", Reads::Program),
    ("lftp ", Reads::Program),
    ("ipmitool ", Reads::Program),
    ("openssl enc ", Reads::Program),
    ("rpcclient ", Reads::Program),
    ("winexe ", Reads::Program),
    ("ncftp", Reads::Program),
    ("unzip -", Reads::Program),
    ("@tcp(", Reads::Driver),
    ("login(", Reads::Login),
    ("wifi.begin(", Reads::Login),
    ("wifi.softap(", Reads::Login),
    ("wifimulti.addap(", Reads::Login),
    ("jwt.sign(", Reads::Sign),
    ("jwt.verify(", Reads::Sign),
    ("jwt.encode(", Reads::Sign),
    ("jwt.decode(", Reads::Sign),
    ("omniauth :", Reads::Connect),
    ("mysqli_connect(", Reads::Connect),
    ("mysql_connect(", Reads::Connect),
    ("new mysqli(", Reads::Connect),
    ("new pdo(", Reads::Connect),
    ("dbi->connect(", Reads::Connect),
    ("getconnection(", Reads::Connect),
    ("mysqldb.connect(", Reads::Connect),
    ("jdbc:oracle:", Reads::Oracle),
    ("sqlplus ", Reads::Oracle),
    ("sqlldr ", Reads::Oracle),
    ("expdp ", Reads::Oracle),
    ("impdp ", Reads::Oracle),
    ("chpasswd", Reads::Piped),
    ("--password-stdin", Reads::Piped),
    ("passwd --stdin", Reads::Piped),
    ("sudo -s", Reads::Piped),
    ("net user ", Reads::Operand),
    ("net use ", Reads::Operand),
    ("mc alias set ", Reads::Operand),
    ("mc config host add ", Reads::Operand),
    ("vault login ", Reads::Operand),
    ("nickserv identify ", Reads::Operand),
    ("rabbitmqctl add_user ", Reads::Operand),
    ("rabbitmqctl change_password ", Reads::Operand),
    ("htpasswd -", Reads::Operand),
    ("wpa_passphrase ", Reads::Operand),
    ("insert into ", Reads::Insert),
];

const COUNT: usize = WORDS.len();

const SPELLED: [&str; COUNT] = {
    let mut spelled = [""; COUNT];
    let mut at = 0;
    while at < COUNT {
        spelled[at] = WORDS[at].0;
        at += 1;
    }
    spelled
};

/// Every word, by its number.
pub(super) const TRIGGERS: &[&str] = &SPELLED;
