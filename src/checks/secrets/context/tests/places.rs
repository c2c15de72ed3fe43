//! Literals that the place tells: of languages with signs of their own, of calls, commands and tables.

use super::*;

#[test]
fn languages_choose_the_signs_around_a_literal() {
    assert_rows(&[
        ("a.rb", "password = %q(kq7vTz2m)\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.rb", "password = %w[kq7vTz2m]\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.rb", "  password { \"kq7vTz2m\" }\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.rb", "set :password, 'kq7vTz2m'\n", "password", "kq7vTz2m", Argument, Quoted),
        ("a.pl", "my $password = q{kq7vTz2m};\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.pl", "$password = qq/kq7vTz2m/;\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.exs", "@password \"kq7vTz2m\"\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.exs", "password = ~s(kq7vTz2m)\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.nix", "password = ''kq7vTz2m'';\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.clj", "(def password \"kq7vTz2m\")\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.clj", "{:password \"kq7vTz2m\"}\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.el", "(setq password \"kq7vTz2m\")\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("build.gradle", "storePassword 'kq7vTz2m'\n", "storePassword", "kq7vTz2m", Assignment, Quoted),
        ("a.kt", "\"password\" to \"kq7vTz2m\"\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.cpp", "const std::string password{\"kq7vTz2m\"};\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.cs", "string Password { get; set; } = \"kq7vTz2m\";\n", "Password", "kq7vTz2m", Assignment, Quoted),
        ("a.ps1", "New-It -Password 'kq7vTz2m'\n", "Password", "kq7vTz2m", Flag, Quoted),
        ("a.ps1", "if ($password -eq 'kq7vTz2m') {\n", "password", "kq7vTz2m", Comparison, Quoted),
        ("a.c", "strcpy(password, \"kq7vTz2m\");\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.tf", "variable \"password\" {\n  default = \"kq7vTz2m\"\n}\n", "password", "kq7vTz2m", Assignment, Quoted),
        ("a.json", "{\"adminPassword\": {\"value\": \"kq7vTz2m\"}}", "adminPassword", "kq7vTz2m", Assignment, Quoted),
        ("a.go", "flag.String(\"password\", \"kq7vTz2m\", \"of x\")", "password", "kq7vTz2m", Argument, Quoted),
        ("a.py", "f(\"--password\", default=\"kq7vTz2m\")", "password", "kq7vTz2m", Flag, Quoted),
        ("a.js", "cy.get('#password').type('kq7vTz2m')", "password", "kq7vTz2m", Argument, Quoted),
        ("a.rb", "fill_in 'password', with: 'kq7vTz2m'\n", "password", "kq7vTz2m", Argument, Quoted),
    ]);
}

#[test]
fn a_literal_may_stand_before_the_name() {
    assert_rows(&[
        ("a.py", "if \"kq7vTz2m\" == password:\n", "password", "kq7vTz2m", Comparison, Quoted),
        ("a.java", "if (\"kq7vTz2m\".equals(password)) {\n", "password", "kq7vTz2m", Comparison, Quoted),
        ("a.c", "if (!strcmp(\"kq7vTz2m\", password)) {\n", "password", "kq7vTz2m", Comparison, Quoted),
        ("a.php", "if ('kq7vTz2m' === $password) {\n", "password", "kq7vTz2m", Comparison, Quoted),
        ("a.sh", "[ \"kq7vTz2m\" = \"$PASSWORD\" ]\n", "PASSWORD", "kq7vTz2m", Comparison, Quoted),
    ]);
    for text in ["x = \"kq7vTz2m\"; f(password)", "if y == password:\n", "print(\"kq7vTz2m\", password)"] {
        assert!(pairs("a.py", text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn a_variable_may_have_a_default() {
    assert_rows(&[
        ("a.sh", "x ${PASSWORD:-\"kq7vTz2m\"}\n", "PASSWORD", "kq7vTz2m", Assignment, Bare),
        ("a.properties", "app.password=${X:kq7vTz2m}\n", "app.password", "kq7vTz2m", Assignment, Bare),
        ("a.yaml", "password: ${X:-kq7vTz2m}\n", "password", "kq7vTz2m", Assignment, Bare),
    ]);
    for text in ["case \"${PASSWORD:+has-one}\" in", ": \"${PASSWORD:?is missing}\"\n"] {
        assert!(pairs("a.sh", text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn a_call_takes_a_user_and_a_password() {
    assert_rows(&[
        ("a.go", "r.SetBasicAuth(\"bob\", \"kq7vTz2m\")", "basic", "kq7vTz2m", Basic, Quoted),
        ("a.py", "get(u, auth=(\"bob\", \"kq7vTz2m\"))", "basic", "kq7vTz2m", Basic, Quoted),
        ("a.py", "c.login(\"bob\", \"kq7vTz2m\")", "basic", "kq7vTz2m", Basic, Quoted),
        ("a.cs", "new NetworkCredential(\"bob\", \"kq7vTz2m\")", "basic", "kq7vTz2m", Basic, Quoted),
        ("a.php", "new PDO($dsn, 'bob', 'kq7vTz2m');", "password", "kq7vTz2m", Argument, Quoted),
    ]);
    let list = pairs("a.php", b"'auth' => ['guards', 'providers', 'passwords'],");
    assert!(list.iter().all(|it| it.2 != Basic), "{list:?}");
    for text in ["login(\"bob\")", "new PDO($dsn, $user, $pass);"] {
        assert!(pairs("a.php", text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn commands_and_drivers_take_one_by_its_place() {
    assert_rows(&[
        ("a.sh", "sqlplus -s bob/kq7vTz2m@db1 @x.sql\n", "oracle", "kq7vTz2m", Userinfo, Bare),
        ("a.py", "u = \"jdbc:oracle:thin:bob/kq7vTz2m@db:1521:x\"\n", "oracle", "kq7vTz2m", Userinfo, Bare),
        ("a.go", "x(\"bob:kq7vTz2m@tcp(db:3306)/x\")", "mysql", "kq7vTz2m", Userinfo, Bare),
        ("Dockerfile", "RUN echo \"bob:kq7vTz2m\" | chpasswd\n", "-p", "kq7vTz2m", Flag, Bare),
        ("a.sh", "echo kq7vTz2m | docker login --password-stdin\n", "-p", "kq7vTz2m", Flag, Bare),
        ("a.sh", "htpasswd -b users bob kq7vTz2m\n", "-p", "kq7vTz2m", Flag, Bare),
        ("a.bat", "net user bob kq7vTz2m /add\n", "-p", "kq7vTz2m", Flag, Bare),
        ("a.sh", "lftp -u bob,kq7vTz2m x\n", "u", "kq7vTz2m", Flag, Bare),
        ("a.yaml", "args:\n  - --password\n  - kq7vTz2m\n", "password", "kq7vTz2m", Flag, Bare),
        ("a.cfg", "x = \"cache:6380,password=kq7vTz2m,ssl=True\"\n", "password", "kq7vTz2m", ConnectionString, Bare),
    ]);
    for text in ["sqlplus / as sysdba\n", "sqlplus /nolog @x\n", "net user bob /delete\n", "cat x | chpasswd\n"] {
        assert!(pairs("a.sh", text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn the_first_line_of_a_table_names_its_columns() {
    assert_rows(&[
        ("a.csv", "user,password,x\nbob,kq7vTz2m,1\n", "password", "kq7vTz2m", Assignment, Bare),
        ("a.sql", "INSERT INTO u (id, password) VALUES (1, 'kq7vTz2m');", "password", "kq7vTz2m", Assignment, Quoted),
    ]);
    assert!(pairs("a.csv", b"user,password\n").is_empty());
    assert!(pairs("a.sql", b"INSERT INTO u (id, password) SELECT id, p FROM v;").is_empty());
}

#[test]
fn the_names_of_secrets_are_none() {
    let text = "services:\n  a:\n    secrets:\n      - ssl-cert\n      - \"db-key-2\"\n";
    assert!(pairs("compose.yaml", text.as_bytes()).is_empty());
}
