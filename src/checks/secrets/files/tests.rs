//! A row a format: a path, a recipe of its content in which `«` and `»` mark what must be found, and what that is.

use super::*;
use crate::checks::secrets::input::Within;
use crate::formats::sample;
use crate::model::{RepoPath, Timestamp};

/// The content of a recipe, and where its marked parts stand.
fn made(recipe: &str) -> (String, Vec<Range<usize>>) {
    use ::base64::Engine as _;
    let packed = |_: &str, before: &str| {
        let line = before.rsplit('\n').next().unwrap();
        let user = line.len();
        Some(::base64::prelude::BASE64_STANDARD.encode(format!("me:pw{user}Kq8vT")))
    };
    let text = sample::make(recipe, &packed).unwrap();
    let (mut plain, mut marked, mut start) = (String::new(), Vec::new(), 0);
    for symbol in text.chars() {
        match symbol {
            '«' => start = plain.len(),
            '»' => marked.push(start..plain.len()),
            other => plain.push(other),
        }
    }
    (plain, marked)
}

fn found(path: &str, text: &str) -> Vec<(Range<usize>, &'static str, Tier)> {
    let path = RepoPath::new(path);
    let input = Input { path: &path, text: text.as_bytes(), within: Within::Whole, now: Timestamp(0), watch: None };
    read(&input).iter().map(|hit| (hit.span.start..hit.span.end, hit.kind.id(), hit.tier)).collect()
}

#[test]
fn each_format_tells_its_secrets() {
    let mut wrong = Vec::new();
    for (path, recipe, id) in ROWS {
        let (text, marked) = made(recipe);
        let found = found(path, &text);
        let is_right = found.iter().map(|it| it.0.clone()).eq(marked.iter().cloned());
        if !is_right || found.iter().any(|it| it.1 != *id || it.2 < Tier::Likely) {
            let told: Vec<_> =
                found.iter().map(|(range, id, tier)| (text.get(range.clone()).unwrap(), id, tier)).collect();
            wrong.push(format!("{path}\n{text}\n{told:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

const ROWS: &[(&str, &str, &str)] = &[
    (".curlrc", "user = \"me:«{any:10}»\"\nurl = \"https://h.io:443\"\n", "password"),
    (
        "secret.json",
        "{{\"items\": [{{\"kind\": \"Secret\", \"data\": {{\"user\": \"bWU=\"}, \"stringData\": {{\"x\": \"«{an:20}»\"}}]}",
        "kubernetes-secret",
    ),
    ("map.json", "{{\"kind\": \"ConfigMap\", \"data\": {{\"x\": \"{an:20}\"}, \"y\": \"Secret\"}", "kubernetes-secret"),
    (
        "list.yaml",
        "items:\n- kind: Secret\n  stringData:\n    x: «{an:20}»\n- kind: ConfigMap\n  data:\n    x: y\n",
        "kubernetes-secret",
    ),
    ("fold.yaml", "kind: Secret\nstringData:\n  x: >-\n    «{an:20}»\n  y: true\n", "kubernetes-secret"),
    ("secrets.yml", "production:\n  secret_key_base: |\n    «{hex:64}»\n", "application-secret"),
    (".netrc", "machine h.io login me password «{any:12}»\nmachine b\n\tlogin x\n\tpassword «{an:9}»\n", "password"),
    ("_netrc", "default login me password ${PW}\n", "password"),
    (".pgpass", "# c:o:m:m:ent\ndb:5432:*:me:«{an:10}»\n*:*:*:u:\n", "password"),
    (".my.cnf", "[client]\nuser=root\npassword=\"«{any:10}»\"\n#password=old\n", "password"),
    (
        ".npmrc",
        "//r.io/:_authToken=«{lower:36}»\n_auth=«{login}»\n//r.io/:_authToken=${{NPM_TOKEN}\n",
        "registry-login",
    ),
    (".pypirc", "[pypi]\nusername: __token__\npassword: «{any:16}»\n", "registry-login"),
    ("pip.conf", "[global]\nindex-url = https://me:«{an:12}»@pypi.io/simple\n", "password"),
    (".docker/config.json", "{{\"auths\": {{\"r.io\": {{\"auth\": \"«{login}»\"}}}", "registry-login"),
    (".dockercfg", "{{\"r.io\": {{\"auth\": \"«{login}»\", \"email\": \"a@b.c\"}}", "registry-login"),
    (
        "auth.json",
        "{{\"http-basic\": {{\"a.io\": {{\"username\": \"x\", \"password\": \"«{an:12}»\"}}}",
        "registry-login",
    ),
    (".cargo/credentials.toml", "[registry]\ntoken = \"«{an:32}»\"\n", "registry-login"),
    (
        "m2/settings.xml",
        "<servers><server><id>a</id><password>«{an:9}»</password></server></servers>",
        "registry-login",
    ),
    (
        "m2/settings.xml",
        "<server><password>{{{b64:40}=}</password><!-- <password>x1</password> --></server>",
        "registry-login",
    ),
    (
        "NuGet.Config",
        "<add key=\"ClearTextPassword\" value=\"«{an:20}»\" />\n<add key=\"Username\" value=\"me\"/>",
        "registry-login",
    ),
    (
        ".aws/credentials",
        "[default]\naws_access_key_id = {upper:20}\naws_secret_access_key = «{b64:40}»\n",
        "configured-token",
    ),
    (".s3cfg", "access_key = {upper:20}\nsecret_key = «{b64:40}»\ngpg_passphrase =\n", "configured-token"),
    (".vault-token", "«hvs.{an:24}»\n", "configured-token"),
    (".vault_pass", "«{any:12}»\n", "vault-password"),
    (".vault_pass", "#!/bin/sh\npass show vault\n", "vault-password"),
    (
        ".kube/config",
        "users:\n- name: a\n  user:\n    token: «{an:32}» # mine\n    client-certificate-data: {b64:80}\n",
        "configured-token",
    ),
    (
        "a/terraform.tfstate",
        "{{\"resources\": [{{\"instances\": [{{\"attributes\": {{\"id\": \"{an:9}\", \"master_password\": \"«{any:14}»\"}}]}]}",
        "password",
    ),
    ("prod.tfvars", "region = \"eu\"\ndb_password = \"«{an:14}»\"\nother_password = var.x\n", "password"),
    (
        "wp-config.php",
        "define( 'DB_NAME', 'wp' );\ndefine( 'DB_PASSWORD', '«{an:12}»' );\n// define('DB_PASSWORD', 'old1');\n",
        "password",
    ),
    ("wp-config.php", "define('AUTH_KEY',         '«{any:64}»');\n", "application-secret"),
    ("sites/settings.php", "  'password' => '«{an:12}»',\n", "password"),
    ("configuration.php", "public $password = '«{an:12}»';\npublic $user = 'me';", "password"),
    ("config/master.key", "«{hex:32}»\n", "rails-key-file"),
    ("config/credentials/production.key", "«{hex:32}»", "rails-key-file"),
    (
        "config/secrets.yml",
        "production:\n  secret_key_base: «{hex:128}»\ntest:\n  secret_key_base: <%= ENV['X'] %>\n",
        "application-secret",
    ),
    (
        "config/initializers/secret_token.rb",
        "App::Application.config.secret_key_base = '«{hex:128}»'\n# x.secret_token = '{hex:99}'\n",
        "application-secret",
    ),
    ("config/database.yml", "production:\n  password: \"«{an:11}»\"\n  username: x\ndev:\n  password:\n", "password"),
    ("site/settings.py", "SECRET_KEY = '«{any:50}»'\nDATABASES = {{'NAME': 'x'}\n", "application-secret"),
    (".env", "APP_KEY=«base64:{b64:43}=»\nAPP_DEBUG=true\n", "application-secret"),
    (".env.local", "DATABASE_URL=postgres://me:«{an:12}»@db/x\nNODE_ENV=production\n", "password"),
    ("tomcat-users.xml", "<user username=\"x\" password=\"«{an:9}»\" roles=\"r\"/>", "password"),
    (".ftpconfig", "{{ // mine\n \"host\": \"h\", \"pass\": \"«{any:9}»\", \"passphrase\": \"\"}", "password"),
    (".vscode/sftp.json", "{{\"password\": \"«{any:9}»\"}", "password"),
    ("recentservers.xml", "<Server><Host>h</Host><Pass encoding=\"base64\">«{login}»</Pass></Server>", "password"),
    ("sitemanager.xml", "<Server><Pass>«{an:9}»</Pass></Server>", "password"),
    (".idea/WebServers.xml", "<fileTransfer host=\"h\" password=\"«{hex:24}»\" />", "password"),
    ("dbeaver-data-sources.xml", "<connection user=\"u\" password=\"«{b64:12}»\"/>", "password"),
    (".git-credentials", "https://me:«{an:20}»@github.com\n", "password"),
    (".gitconfig", "[github]\n\tuser = me\n\ttoken = «{hex:40}»\n", "configured-token"),
    (".config/gh/hosts.yml", "github.com:\n    user: me\n    oauth_token: «{an:40}»\n", "configured-token"),
    (
        ".bash_history",
        "ls -la\nmysql -u root -p«{an:9}» db\nexport API_TOKEN=«{an:20}»\ncurl -u me:«{an:9}» https://h\nmkdir -p a/b\n",
        "password",
    ),
    (
        ".zsh_history",
        ": 1700000000:0;sshpass -p «{an:9}» ssh h\n: 1700000000:0;git clone https://me:«{an:12}»@h/x\nssh -p 22 h\n",
        "password",
    ),
    (".psql_history", "ALTER USER me WITH PASSWORD '«{an:12}»';\nselect password from x where a = 'b';\n", "password"),
    (".bash_profile", "export PATH=$PATH:/x\nexport DB_PASSWORD=\"«{an:12}»\"\n", "password"),
    (".htpasswd", "me:«$apr1${an:8}${an:22}»\n", "password-hash"),
    (
        "etc/shadow",
        "root:«$6${an:8}${an:86}»:17000:0:99999:7:::\ndaemon:*:17000::::::\nbin:!:1::::::\n",
        "password-hash",
    ),
    (".esmtprc", "username \"me\"\npassword = \"«{an:9}»\"\n", "password"),
    (".fetchmailrc", "poll h proto imap user \"me\" password \"«{any:9}»\"\n", "password"),
    (".muttrc", "set smtp_pass = `pass show mail`\nset imap_pass = \"«{any:9}»\"\n", "password"),
    (".authinfo", "machine imap.h.io login me port 993 password «{an:12}»\n", "password"),
    (".lftprc", "set ssl:verify yes\nopen -u me,«{an:12}» ftp.h.io\n", "password"),
    (".ncftp/bookmarks", "NcFTP bookmark-file version: 8\nh,ftp.h.io,me,*encoded*«{login}»,,/,I,21\n", "password"),
    (
        ".bundle/config",
        "BUNDLE_PATH: \"vendor/bundle\"\nBUNDLE_BUILD__X: \"a:b\"\nBUNDLE_GEMS__H__IO: \"me:«{an:16}»\"\n",
        "registry-login",
    ),
    (".rclone.conf", "[b2]\ntype = b2\naccount = {hex:12}\nkey = «{an:31}»\nkey_file = a\n", "configured-token"),
    ("etc/racoon/psk.txt", "# peers\n10.0.0.9 «{an:12}»\n", "network-key"),
    ("postfix/sasl_passwd", "# relays\n[smtp.h.io]:587 me:«{any:12}»\n", "password"),
    ("exim4/passwd.client", "# host:user:password\nsmtp.h.io:me:«{an:12}»\n", "password"),
    ("raddb/clients.conf", "client ap {{\n  ipaddr = 10.0.0.5\n  secret = «{an:10}»\n}\n", "network-key"),
    ("snmp/snmpd.conf", "createUser me SHA \"«{an:10}»\" AES \"«{an:12}»\"\nrouser me\n", "password"),
    ("openvpn/auth.txt", "me\n«{an:12}»\n", "password"),
    ("dc.rdp", "full address:s:10.0.0.2\npassword «51:b:{HEX:80}»\n", "password"),
    ("r2.cfg", "hostname r2\ninterface x\nenable secret 9 «$9${an:14}${an:43}»\n", "password-hash"),
    (".muttrc", "set imap_user=me\nset imap_pass=\"«{an:9}»\"\n", "password"),
    (".offlineimaprc", "[Repository R]\nremotepass = «{an:9}»\nremotepasseval = get()\n", "password"),
    ("ventrilo_srv.ini", "[Server]\nName=x\nAdminPassword=«{an:9}»\nPassword=\n", "password"),
    (".irssi/config", "servers = (\n {{ address = \"h\"; password = \"«{an:9}»\"; }\n);\n", "password"),
    (
        "logins.json",
        "{{\"logins\": [{{\"hostname\": \"https://h\", \"encryptedPassword\": \"«{b64:60}»\"}]}",
        "password",
    ),
    ("client.ovpn", "remote h 1194\n<auth-user-pass>\nme\n«{an:12}»\n</auth-user-pass>\n", "password"),
    (
        "wg0.conf",
        "[Interface]\nPrivateKey = «{b64:42}A=»\nAddress = 10.0.0.1/24\n[Peer]\nPublicKey = {b64:42}A=\n",
        "network-key",
    ),
    ("wpa_supplicant.conf", "network={{\n  ssid=\"x\"\n  psk=\"«{an:12}»\"\n}\n", "network-key"),
    ("chap-secrets", "# client server secret\nme * \"«{an:9}»\" *\n", "password"),
    ("redis.conf", "port 6379\nrequirepass «{an:24}»\n# requirepass foo1\n", "password"),
    ("Groups.xml", "<Properties cpassword=\"«{b64:43}»\" userName=\"a\"/>", "password"),
    ("auth/svn.simple/0a1b", "K 8\npassword\nV 9\n«{an:9}»\nK 8\nusername\nV 2\nme\nEND\n", "password"),
    ("r1.cfg", "version 15\nhostname r1\nenable secret 5 «$1${an:4}${an:22}»\nline vty 0\n", "password-hash"),
    (
        "r1.cfg",
        "!\nhostname r1\ninterface x\nusername me password 7 «{HEX:18}»\nsnmp-server community «{an:9}» RO\n",
        "password",
    ),
    ("srx.conf", "x {{\n root-authentication {{\n  encrypted-password \"«$6${an:8}${an:40}»\";\n", "password-hash"),
    (
        "k8s/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  username: bWU=\n  key: «{login}»\n---\nkind: ConfigMap\ndata:\n  key: {login}\n",
        "kubernetes-secret",
    ),
    (
        "k8s/secret.yaml",
        "kind: Secret\nstringData:\n  password: «{an:14}»\n  other: {{{{ .Values.x }}\n",
        "kubernetes-secret",
    ),
];

#[test]
fn what_is_no_secret_is_left_alone() {
    for (path, recipe) in [
        ("README.md", "machine h login me password {an:12}"),
        (".netrc.example", "machine h login me password {an:12}"),
        (".env", "NODE_ENV=production\nPORT=3000\nDEBUG=true\n"),
        ("config/master.key", "not a key\n"),
        ("k8s/sealed.yaml", "kind: SealedSecret\nspec:\n  encryptedData:\n    key: {b64:80}\n"),
        ("config.json", "{{\"auth\": \"{b64:40}\", \"password\": \"{an:12}\"}"),
        ("app.conf", "[Interface]\nPrivateKey = <your key>\n"),
        ("docs/notes.txt", "hostname x\nenable secret 5 {an:20}\n"),
    ] {
        let (text, _) = made(recipe);
        assert_eq!(found(path, &text), [], "{path}\n{text}");
    }
}

#[test]
fn examples_and_tests_are_possible_only() {
    for (path, recipe) in [
        (".netrc", "machine h login me password changeme"),
        ("tests/.netrc", "machine h login me password {an:12}"),
        ("wp-config.php", "define('DB_PASSWORD', 'your_password_here');"),
    ] {
        let (text, _) = made(recipe);
        assert_eq!(found(path, &text).iter().map(|it| it.2).collect::<Vec<_>>(), [Tier::Possible], "{path}");
    }
}
