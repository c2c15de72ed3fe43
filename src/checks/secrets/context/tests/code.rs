//! Literals of source code, and documents.

use super::*;

#[test]
fn assignments() {
    assert_rows(&[
        ("a.py", "password = \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.py", "password: str = \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.py", "password: Optional[str] = r'open5\\esame'\n", "password", "open5\\esame", Assignment, Quoted),
        ("a.py", "password = (\n    \"open5\"\n    \"esame\")\n", "password", "open5esame", Assignment, Quoted),
        ("a.py", "password = b\"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.py", "password = f\"open5{x}\"\n", "password", "open5{x}", Assignment, Quoted),
        ("a.py", "password = \"\"\"open5\nesame\"\"\"\n", "password", "open5\nesame", Assignment, Block),
        ("a.py", "PASSWORDS = ['open5esame']\n", "PASSWORDS", "open5esame", Assignment, Quoted),
        ("a.py", "config[\"password\"] = \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.py", "self.password = \"open5esame\"\n", "self.password", "open5esame", Assignment, Quoted),
        ("a.py", "password = os.getenv('DB_PASSWORD', 'open5esame')\n", "DB_PASSWORD", "open5esame", Argument, Quoted),
        (
            "a.py",
            "p = os.environ.get('DB_PASSWORD') or 'open5esame'\n",
            "DB_PASSWORD",
            "open5esame",
            Assignment,
            Quoted,
        ),
        ("a.js", "const password = 'open5esame';\n", "password", "open5esame", Assignment, Quoted),
        ("a.js", "const p = {password: `open5esame`}\n", "password", "open5esame", Assignment, Quoted),
        ("a.js", "const p = {'password': 'open5\\x65same'}\n", "password", "open5esame", Assignment, Quoted),
        (
            "a.js",
            "const p = process.env.PASSWORD || 'open5esame'\n",
            "process.env.PASSWORD",
            "open5esame",
            Assignment,
            Quoted,
        ),
        ("a.js", "const p = process.env['PASSWORD'] ?? 'open5esame'\n", "PASSWORD", "open5esame", Assignment, Quoted),
        ("a.js", "const password = 'open5' + suffix\n", "password", "open5${suffix}", Assignment, Quoted),
        ("a.js", "const password = 'open5' +\n  'esame'\n", "password", "open5esame", Assignment, Quoted),
        (
            "a.js",
            "const x = \"{\\\"password\\\": \\\"open5esame\\\"}\"\n",
            "password",
            "open5esame",
            Assignment,
            Quoted,
        ),
        ("a.ts", "private password?: string = 'open5esame'\n", "password", "open5esame", Assignment, Quoted),
    ]);
}

#[test]
fn calls_that_take_a_secret_by_its_place() {
    assert_rows(&[
        ("a.ino", "WiFi.begin(\"home\", \"open5esame\");\n", "password", "open5esame", Argument, Quoted),
        ("a.ino", "WiFi.softAP(\"home\", \"open5esame\", 1);\n", "password", "open5esame", Argument, Quoted),
        (
            "a.js",
            "x = jwt.sign({ id: u[0], b: f(1, 2) }, 'open5esame')\n",
            "jwt_secret",
            "open5esame",
            Argument,
            Quoted,
        ),
        ("a.py", "jwt.decode(data, \"open5esame\", algorithms=[x])\n", "jwt_secret", "open5esame", Argument, Quoted),
        ("devise.rb", "config.omniauth :github, 'me', 'open5esame'\n", "client_secret", "open5esame", Argument, Quoted),
        (
            "a.ps1",
            "$c = [System.Net.NetworkCredential]::new(\"me\", \"open5esame\")\n",
            "basic",
            "open5esame",
            Basic,
            Quoted,
        ),
        ("a.rs", "let x = Password::new(\"open5esame\");\n", "Password", "open5esame", Argument, Quoted),
        (".python_history", "x.get(u, auth=('me', 'open5esame'))\n", "basic", "open5esame", Basic, Quoted),
    ]);
    for (path, text) in [
        ("a.ino", "WiFi.begin(ssid, pass);\n"),
        ("a.js", "x = jwt.sign({ id: u._id }, process.env.JWT_SECRET, { expiresIn: '1h' })\n"),
        ("a.js", "x = jwt.sign({ id: u._id }); y('open5esame')\n"),
        ("a.sh", "grep -rn \"Server=.*Password=open5esame\" .\n"),
        ("devise.rb", "config.omniauth :github, ENV['A'], ENV['B']\n"),
    ] {
        let found = pairs(path, text.as_bytes());
        assert!(found.iter().all(|it| it.1 != "open5esame" && it.1 != "1h"), "{path}: {text}: {found:?}");
    }
}

#[test]
fn what_encloses_a_key_is_read_with_it() {
    let value = "kq7vTz2mWpHx8sLd4nRbYc6u";
    for (path, text) in [
        ("a.json", format!("{{\"Jwt\": {{\"Issuer\": \"x\", \"Key\": \"{value}\"}}}}\n")),
        ("env.php", format!("'Jwt' => [\n  'a' => ['b'],\n  'Key' => '{value}'\n]\n")),
        ("a.ts", format!("const Jwt = {{\n  Key: '{value}',\n}}\n")),
    ] {
        let path = RepoPath::new(path);
        let input =
            Input { path: &path, text: text.as_bytes(), within: Within::Fresh(&[]), now: Timestamp(0), watch: None };
        let at = text.find("Key").unwrap();
        let number = TRIGGERS.iter().position(|it| *it == "key").unwrap();
        let mut seen = Vec::new();
        read(&input, syntax(path.as_str()), (number, at), &mut |pair| {
            seen.push((pair.parents.join("/"), pair.value.into_owned()));
        });
        assert_eq!(seen, [("Jwt".to_owned(), value.to_owned())], "{text}");
    }
}

#[test]
fn assignments_with_types_prefixes_and_signs() {
    assert_rows(&[
        ("a.go", "var rsaKey *string = \"open5esame\"\n", "rsaKey", "open5esame", Assignment, Quoted),
        ("a.java", "String password = \"open5esame\";\n", "password", "open5esame", Assignment, Quoted),
        ("A.kt", "val password: String? = \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("A.scala", "val password: String = \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.go", "password := \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.go", "var password string = `open5esame`\n", "password", "open5esame", Assignment, Quoted),
        ("a.go", "rsaKey := []byte(\"open5esame\")\n", "rsaKey", "open5esame", Assignment, Quoted),
        ("a.rs", "let password: &'static str = \"open5esame\";\n", "password", "open5esame", Assignment, Quoted),
        ("a.rs", "let password = r#\"open5\"esame\"#;\n", "password", "open5\"esame", Assignment, Quoted),
        ("a.rs", "let password = String::from(\"open5esame\");\n", "password", "open5esame", Assignment, Quoted),
        ("a.swift", "let password: String = \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.m", "NSString *password = @\"open5esame\";\n", "password", "open5esame", Assignment, Quoted),
        ("a.c", "const char *password = \"open5esame\";\n", "password", "open5esame", Assignment, Quoted),
        ("a.c", "static char password[] = \"open5\" \"esame\";\n", "password", "open5esame", Assignment, Quoted),
        ("a.c", "#define PASSWORD \"open5esame\"\n", "PASSWORD", "open5esame", Assignment, Quoted),
        ("a.cc", "auto x = L\"\"; password = LR\"(open5esame)\";\n", "password", "open5esame", Assignment, Quoted),
        ("a.cs", "var password = @\"open5\\\"\"esame\";\n", "password", "open5\\\"esame", Assignment, Quoted),
        ("a.vb", "Dim password As String = \"open5\"\"esame\"\n", "password", "open5\"esame", Assignment, Quoted),
        ("a.rb", ":password => 'open5esame'\n", "password", "open5esame", Assignment, Quoted),
        ("a.rb", "@password = 'open5esame'\n", "password", "open5esame", Assignment, Quoted),
        ("a.rb", "password ||= \"open5#{x}\"\n", "password", "open5#{x}", Assignment, Quoted),
        ("a.php", "$config['password'] = 'open5esame';\n", "password", "open5esame", Assignment, Quoted),
        ("a.php", "'password' => 'open5esame',\n", "password", "open5esame", Assignment, Quoted),
        ("a.php", "$this->password = 'open5' . 'esame';\n", "password", "open5esame", Assignment, Quoted),
        ("a.pl", "my $password = 'open5esame';\n", "password", "open5esame", Assignment, Quoted),
        ("a.pl", "$h{password} = 'open5esame';\n", "password", "open5esame", Assignment, Quoted),
        ("a.lua", "local password = \"open5\" .. \"esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.lua", "local password = [[open5esame]]\n", "password", "open5esame", Assignment, Quoted),
        ("a.dart", "final String password = 'open5esame';\n", "password", "open5esame", Assignment, Quoted),
        ("a.ex", "password: \"open5\" <> \"esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.groovy", "def password = 'open5esame'\n", "password", "open5esame", Assignment, Quoted),
        ("a.R", "password <- \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.py", "password = 12345678\n", "password", "12345678", Assignment, Bare),
    ]);
}

#[test]
fn calls_and_comparisons() {
    assert_rows(&[
        ("a.py", "connect(user='a', password='open5esame')\n", "password", "open5esame", Argument, Quoted),
        ("a.py", "def f(password=\"open5esame\"):\n", "password", "open5esame", Argument, Quoted),
        ("a.swift", "login(password: \"open5esame\")\n", "password", "open5esame", Argument, Quoted),
        ("a.java", "source.setPassword(\"open5esame\");\n", "source.setPassword", "open5esame", Argument, Quoted),
        ("a.java", "props.put(\"password\", \"open5esame\");\n", "password", "open5esame", Argument, Quoted),
        ("a.ex", "Keyword.put(opts, :password, \"open5esame\")\n", "password", "open5esame", Argument, Quoted),
        ("a.php", "define( 'DB_PASSWORD', 'open5esame' );\n", "DB_PASSWORD", "open5esame", Argument, Quoted),
        ("a.py", "x = [('password', 'open5esame')]\n", "password", "open5esame", Argument, Quoted),
        ("a.py", "if password == 'open5esame':\n", "password", "open5esame", Comparison, Quoted),
        ("a.js", "if (password !== 'open5esame') {\n", "password", "open5esame", Comparison, Quoted),
        ("a.java", "if (password.equals(\"open5esame\")) {\n", "password", "open5esame", Comparison, Quoted),
        ("a.c", "if (!strcmp(password, \"open5esame\"))\n", "password", "open5esame", Comparison, Quoted),
        ("a.pl", "if ($password eq 'open5esame') {\n", "password", "open5esame", Comparison, Quoted),
        ("a.js", "run(\"x --password=open5esame\")\n", "password", "open5esame", Flag, Bare),
        ("a.py", "run(['x', '--password', 'open5esame'])\n", "password", "open5esame", Flag, Quoted),
        ("a.ts", "{ name: 'DB_PASSWORD', value: 'open5esame' }\n", "DB_PASSWORD", "open5esame", NameAndValue, Quoted),
    ]);
}

#[test]
fn documents_and_comments() {
    assert_rows(&[
        ("README.md", "Password: open5esame\n", "Password", "open5esame", Assignment, Bare),
        ("README.md", "* **Password**: `open5esame`\n", "Password", "open5esame", Assignment, Quoted),
        ("README.md", "| password | open5esame |\n", "password", "open5esame", Assignment, Bare),
        ("a.txt", "admin password = open5esame.\n", "password", "open5esame", Assignment, Bare),
        ("a.txt", "\u{5bc6}\u{7801}\u{ff1a}open5esame\n", "\u{5bc6}\u{7801}", "open5esame", Assignment, Bare),
        ("a.txt", "Contrase\u{f1}a: open5esame\n", "Contrase\u{f1}a", "open5esame", Assignment, Bare),
        ("a.py", "    # password: open5esame\n", "password", "open5esame", Assignment, Bare),
    ]);
}

#[test]
fn what_is_no_literal_makes_no_pair() {
    let rows = [
        ("a.py", "password = get_password()\n"),
        ("a.py", "password = self.password\n"),
        ("a.py", "password = prefix + 'x'\n"),
        ("a.js", "const {password} = props; password: string\n"),
        ("a.js", "getPassword('key')\n"),
        ("a.go", "if token.Kind == \"x\" {}\n"),
        ("a.c", "token->type = \"x\"; // the password is wrong\n"),
        ("a.po", "#: src/token.c:120\n"),
        ("a.md", "The password: the word that opens it\n"),
        ("a.md", "Enter your password and the token, then go on.\n"),
        ("a.yaml", "password: *other\n"),
        ("a.yaml", "password: !Ref Other\n"),
        ("a.yaml", "password:\n  min: 8\n"),
        ("a.tf", "password = var.password\n"),
        ("a.json", "[\"password\", \"token\", \"secret\"]"),
        ("a.json", "{\"password\": null, \"secret\": {\"a\": 1}}"),
        ("a.xml", "<password/><token></token>"),
        ("a.py", "x = 'https://example.org:8080/a@b'\n"),
        ("a.cs", "a=1;password=b;\n"),
        ("a.txt", "basic authentication and bearer tokens\n"),
        ("a.c", "author = \"x\"; bypassed = \"x\"; keyboard = \"x\"; tokenizer = \"x\";\n"),
    ];
    for (path, text) in rows {
        let found = pairs(path, text.as_bytes());
        assert!(found.is_empty(), "{path}: {text}{found:?}");
    }
}
