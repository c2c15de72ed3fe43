//! Literals that the place tells: of languages with signs of their own, of calls, commands and tables.

use super::*;

#[test]
fn languages_choose_the_signs_around_a_literal() {
    assert_rows(&[
        ("a.rb", "password = %q(Pa55w0rd)\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.rb", "password = %w[Pa55w0rd]\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.rb", "  password { \"Pa55w0rd\" }\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.rb", "set :password, 'Pa55w0rd'\n", "password", "Pa55w0rd", Argument, Quoted),
        ("a.pl", "my $password = q{Pa55w0rd};\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.pl", "$password = qq/Pa55w0rd/;\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.exs", "@password \"Pa55w0rd\"\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.exs", "password = ~s(Pa55w0rd)\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.nix", "password = ''Pa55w0rd'';\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.clj", "(def password \"Pa55w0rd\")\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.clj", "{:password \"Pa55w0rd\"}\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.el", "(setq password \"Pa55w0rd\")\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("build.gradle", "storePassword 'Pa55w0rd'\n", "storePassword", "Pa55w0rd", Assignment, Quoted),
        ("a.kt", "\"password\" to \"Pa55w0rd\"\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.cpp", "const std::string password{\"Pa55w0rd\"};\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.cs", "string Password { get; set; } = \"Pa55w0rd\";\n", "Password", "Pa55w0rd", Assignment, Quoted),
        ("a.ps1", "New-It -Password 'Pa55w0rd'\n", "Password", "Pa55w0rd", Flag, Quoted),
        ("a.ps1", "if ($password -eq 'Pa55w0rd') {\n", "password", "Pa55w0rd", Comparison, Quoted),
        ("a.c", "strcpy(password, \"Pa55w0rd\");\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.tf", "variable \"password\" {\n  default = \"Pa55w0rd\"\n}\n", "password", "Pa55w0rd", Assignment, Quoted),
        ("a.json", "{\"adminPassword\": {\"value\": \"Pa55w0rd\"}}", "adminPassword", "Pa55w0rd", Assignment, Quoted),
        ("a.go", "flag.String(\"password\", \"Pa55w0rd\", \"of x\")", "password", "Pa55w0rd", Argument, Quoted),
        ("a.py", "f(\"--password\", default=\"Pa55w0rd\")", "password", "Pa55w0rd", Flag, Quoted),
        ("a.js", "cy.get('#password').type('Pa55w0rd')", "password", "Pa55w0rd", Argument, Quoted),
        ("a.rb", "fill_in 'password', with: 'Pa55w0rd'\n", "password", "Pa55w0rd", Argument, Quoted),
    ]);
}

#[test]
fn a_literal_may_stand_before_the_name() {
    assert_rows(&[
        ("a.py", "if \"Pa55w0rd\" == password:\n", "password", "Pa55w0rd", Comparison, Quoted),
        ("a.java", "if (\"Pa55w0rd\".equals(password)) {\n", "password", "Pa55w0rd", Comparison, Quoted),
        ("a.c", "if (!strcmp(\"Pa55w0rd\", password)) {\n", "password", "Pa55w0rd", Comparison, Quoted),
        ("a.php", "if ('Pa55w0rd' === $password) {\n", "password", "Pa55w0rd", Comparison, Quoted),
        ("a.sh", "[ \"Pa55w0rd\" = \"$PASSWORD\" ]\n", "PASSWORD", "Pa55w0rd", Comparison, Quoted),
    ]);
    for text in ["x = \"Pa55w0rd\"; f(password)", "if y == password:\n", "print(\"Pa55w0rd\", password)"] {
        assert!(pairs("a.py", text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn a_variable_may_have_a_default() {
    assert_rows(&[
        ("a.sh", "x ${PASSWORD:-\"Pa55w0rd\"}\n", "PASSWORD", "Pa55w0rd", Assignment, Bare),
        ("a.properties", "app.password=${X:Pa55w0rd}\n", "app.password", "Pa55w0rd", Assignment, Bare),
        ("a.yaml", "password: ${X:-Pa55w0rd}\n", "password", "Pa55w0rd", Assignment, Bare),
    ]);
    for text in ["case \"${PASSWORD:+has-one}\" in", ": \"${PASSWORD:?is missing}\"\n"] {
        assert!(pairs("a.sh", text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn a_call_takes_a_user_and_a_password() {
    assert_rows(&[
        ("a.go", "r.SetBasicAuth(\"bob\", \"Pa55w0rd\")", "basic", "Pa55w0rd", Basic, Quoted),
        ("a.py", "get(u, auth=(\"bob\", \"Pa55w0rd\"))", "basic", "Pa55w0rd", Basic, Quoted),
        ("a.py", "c.login(\"bob\", \"Pa55w0rd\")", "basic", "Pa55w0rd", Basic, Quoted),
        ("a.cs", "new NetworkCredential(\"bob\", \"Pa55w0rd\")", "basic", "Pa55w0rd", Basic, Quoted),
        ("a.php", "new PDO($dsn, 'bob', 'Pa55w0rd');", "password", "Pa55w0rd", Argument, Quoted),
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
        ("a.sh", "sqlplus -s bob/Pa55w0rd@db1 @x.sql\n", "oracle", "Pa55w0rd", Userinfo, Bare),
        ("a.py", "u = \"jdbc:oracle:thin:bob/Pa55w0rd@db:1521:x\"\n", "oracle", "Pa55w0rd", Userinfo, Bare),
        ("a.go", "x(\"bob:Pa55w0rd@tcp(db:3306)/x\")", "mysql", "Pa55w0rd", Userinfo, Bare),
        ("Dockerfile", "RUN echo \"bob:Pa55w0rd\" | chpasswd\n", "-p", "Pa55w0rd", Flag, Bare),
        ("a.sh", "echo Pa55w0rd | docker login --password-stdin\n", "-p", "Pa55w0rd", Flag, Bare),
        ("a.sh", "htpasswd -b users bob Pa55w0rd\n", "-p", "Pa55w0rd", Flag, Bare),
        ("a.bat", "net user bob Pa55w0rd /add\n", "-p", "Pa55w0rd", Flag, Bare),
        ("a.sh", "lftp -u bob,Pa55w0rd x\n", "u", "Pa55w0rd", Flag, Bare),
        ("a.yaml", "args:\n  - --password\n  - Pa55w0rd\n", "password", "Pa55w0rd", Flag, Bare),
        ("a.cfg", "x = \"cache:6380,password=Pa55w0rd,ssl=True\"\n", "password", "Pa55w0rd", ConnectionString, Bare),
    ]);
    for text in ["sqlplus / as sysdba\n", "sqlplus /nolog @x\n", "net user bob /delete\n", "cat x | chpasswd\n"] {
        assert!(pairs("a.sh", text.as_bytes()).is_empty(), "{text}");
    }
}

#[test]
fn the_first_line_of_a_table_names_its_columns() {
    assert_rows(&[
        ("a.csv", "user,password,x\nbob,Pa55w0rd,1\n", "password", "Pa55w0rd", Assignment, Bare),
        ("a.sql", "INSERT INTO u (id, password) VALUES (1, 'Pa55w0rd');", "password", "Pa55w0rd", Assignment, Quoted),
    ]);
    assert!(pairs("a.csv", b"user,password\n").is_empty());
    assert!(pairs("a.sql", b"INSERT INTO u (id, password) SELECT id, p FROM v;").is_empty());
}

#[test]
fn the_names_of_secrets_are_none() {
    let text = "services:\n  a:\n    secrets:\n      - ssl-cert\n      - \"db-key-2\"\n";
    assert!(pairs("compose.yaml", text.as_bytes()).is_empty());
}
