//! Settings and data.

use super::*;

#[test]
fn dotenv_ini_and_properties() {
    assert_rows(&[
        (".env", "DB_PASSWORD=open5esame\n", "DB_PASSWORD", "open5esame", Assignment, Bare),
        (".env.production", "export DB_PASS='open5 esame' # x\n", "DB_PASS", "open5 esame", Assignment, Quoted),
        (".env", "A=1\r\nAPI_KEY=\"open5esame\"\r\n", "API_KEY", "open5esame", Assignment, Quoted),
        (".env", "TOKEN=open5#esame", "TOKEN", "open5#esame", Assignment, Bare),
        ("a.ini", "[db]\npassword = open5esame ; note\n", "password", "open5esame", Assignment, Bare),
        ("a.ini", "password: open5esame\n", "password", "open5esame", Assignment, Bare),
        (
            "a.properties",
            "spring.datasource.password=open5esame\n",
            "spring.datasource.password",
            "open5esame",
            Assignment,
            Bare,
        ),
        ("a.properties", "db.password: open5\\:esame\n", "db.password", "open5:esame", Assignment, Bare),
        ("a.properties", "db.password open5esame\n", "db.password", "open5esame", Assignment, Bare),
        ("a.properties", "db.password = open5\\\n    esame\nx=1\n", "db.password", "open5esame", Assignment, Block),
        ("a.properties", "db.password=caf\\u00e9open5\n", "db.password", "café\u{6f}pen5", Assignment, Bare),
        ("redis.conf", "requirepass open5esame\n", "requirepass", "open5esame", Assignment, Bare),
        ("nginx.conf", "set $token open5esame;\n$password = open5esame;\n", "password", "open5esame", Assignment, Bare),
        ("app.conf", "db { user = a, password = open5esame }", "password", "open5esame", Assignment, Bare),
    ]);
}

#[test]
fn yaml() {
    assert_rows(&[
        ("a.yaml", "db:\n  password: open5esame # note\n", "password", "open5esame", Assignment, Bare),
        ("a.yaml", "password: 'open''5esame'\n", "password", "open'5esame", Assignment, Quoted),
        ("a.yaml", "password: \"open\\\"5\\u0065same\"\n", "password", "open\"5esame", Assignment, Quoted),
        ("a.yaml", "\"password\": open5esame\n", "password", "open5esame", Assignment, Bare),
        ("a.yaml", "- password: open5esame\n  x: y\n", "password", "open5esame", Assignment, Bare),
        ("a.yaml", "a: { user: b, password: open5esame, x: y }\n", "password", "open5esame", Assignment, Bare),
        ("a.yaml", "password: |\n  open5\n  esame\nnext: x\n", "password", "open5\nesame", Assignment, Block),
        ("a.yaml", "a:\n  password: >-\n    open5esame\n  next: x\n", "password", "open5esame", Assignment, Block),
        ("a.yaml", "password:\n  open5esame\n", "password", "open5esame", Assignment, Bare),
        ("a.yaml", "passwords:\n  - open5esame\n", "passwords", "open5esame", Assignment, Bare),
        ("a.yaml", "tokens: [open5esame]\n", "tokens", "open5esame", Assignment, Bare),
        ("a.yaml", "password: !!str open5esame\n", "password", "open5esame", Assignment, Bare),
        ("a.yaml", "password: &pw open5esame\n", "password", "open5esame", Assignment, Bare),
        ("a.yaml", "API key: open5esame\n", "API key", "open5esame", Assignment, Bare),
        ("a.yaml", "x: ${DB_PASSWORD:-open5esame}\n", "DB_PASSWORD", "open5esame", Assignment, Bare),
        ("compose.yaml", "environment:\n  - DB_PASSWORD=open5esame\n", "DB_PASSWORD", "open5esame", Assignment, Bare),
        (
            "compose.yaml",
            "environment:\n  - \"DB_PASSWORD=open5esame\"\n",
            "DB_PASSWORD",
            "open5esame",
            Assignment,
            Bare,
        ),
        (
            "d.yaml",
            "env:\n  - name: DB_PASSWORD\n    value: open5esame\n",
            "DB_PASSWORD",
            "open5esame",
            NameAndValue,
            Bare,
        ),
        (
            "d.yaml",
            "env:\n  - value: \"open5esame\"\n    name: DB_PASSWORD\n",
            "DB_PASSWORD",
            "open5esame",
            NameAndValue,
            Quoted,
        ),
        ("s.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  x: b3BlbjVlc2FtZQ==\n", "x", "open5esame", Assignment, Bare),
        ("s.yaml", "data:\n  password: b3BlbjVlc2FtZQ==\nkind: Secret\n", "password", "open5esame", Assignment, Bare),
        ("s.yaml", "kind: Secret\nstringData:\n  x: open5esame\ntype: Opaque\n", "x", "open5esame", Assignment, Bare),
    ]);
}

#[test]
fn json_toml_and_hcl() {
    assert_rows(&[
        ("a.json", r#"{"password": "open5\"esame"}"#, "password", "open5\"esame", Assignment, Quoted),
        ("a.json", "{\"password\":\n  \"open5esame\"}", "password", "open5esame", Assignment, Quoted),
        ("a.json", r#"{"password": 12345678}"#, "password", "12345678", Assignment, Bare),
        (
            "a.json",
            r#"{"name": "DB_PASSWORD", "value": "open5esame"}"#,
            "DB_PASSWORD",
            "open5esame",
            NameAndValue,
            Quoted,
        ),
        (
            "a.json",
            "{\n \"value\": \"open5esame\",\n \"name\": \"DB_PASSWORD\"\n}",
            "DB_PASSWORD",
            "open5esame",
            NameAndValue,
            Quoted,
        ),
        ("a.json", r#"{"x": "{\"password\":\"open5esame\"}"}"#, "password", "open5esame", Assignment, Quoted),
        ("a.json", r#"{"x": "{\"password\": \"open5\\nesame\"}"}"#, "password", "open5\\nesame", Assignment, Quoted),
        ("a.json", r#"{"env": ["DB_PASSWORD=open5esame"]}"#, "DB_PASSWORD", "open5esame", Assignment, Bare),
        ("a.json", r#"{"args": ["--password", "open5esame"]}"#, "password", "open5esame", Flag, Quoted),
        ("a.json", r#"{"tokens": ["open5esame"]}"#, "tokens", "open5esame", Assignment, Quoted),
        ("a.json", r#"{"kty":"oct","k":"open5esame"}"#, "k", "open5esame", Assignment, Quoted),
        ("a.toml", "[db]\npassword = \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.toml", "password = \"\"\"\nopen5\nesame\"\"\"\n", "password", "open5\nesame", Assignment, Block),
        ("a.toml", "db = { password = 'open5\\esame' }\n", "password", "open5\\esame", Assignment, Quoted),
        ("a.tf", "  password = \"open5esame\"\n", "password", "open5esame", Assignment, Quoted),
        ("a.tf", "password = <<EOF\nopen5esame\nEOF\n", "password", "open5esame", Assignment, Block),
        (
            "a.tf",
            "set {\n  name  = \"db.password\"\n  value = \"open5esame\"\n}",
            "db.password",
            "open5esame",
            NameAndValue,
            Quoted,
        ),
    ]);
}

#[test]
fn markup() {
    assert_rows(&[
        ("a.xml", "<password>open5&amp;esame</password>", "password", "open5&esame", Assignment, Element),
        (
            "a.xml",
            "<db:password enc=\"no\">\n open5esame\n</db:password>",
            "password",
            "open5esame",
            Assignment,
            Element,
        ),
        ("a.xml", "<password><![CDATA[open5esame]]></password>", "password", "open5esame", Assignment, Element),
        ("a.xml", "<db password=\"open5&lt;esame\"/>", "password", "open5<esame", Assignment, Quoted),
        (
            "a.config",
            "<add key=\"DbPassword\" value=\"open5esame\"/>",
            "DbPassword",
            "open5esame",
            NameAndValue,
            Quoted,
        ),
        (
            "a.xml",
            "<property value='open5esame' name='db.password'/>",
            "db.password",
            "open5esame",
            NameAndValue,
            Quoted,
        ),
        ("a.xml", "<entry key=\"password\">open5esame</entry>", "password", "open5esame", NameAndValue, Element),
        ("a.xml", "<string name=\"api_key\">open5esame</string>", "api_key", "open5esame", NameAndValue, Element),
        (
            "a.xml",
            "<setting name=\"Password\">\n<value>open5esame</value></setting>",
            "Password",
            "open5esame",
            NameAndValue,
            Element,
        ),
        (
            "a.plist",
            "<key>PASSWORD</key>\n\t<string>open5esame</string>",
            "PASSWORD",
            "open5esame",
            NameAndValue,
            Element,
        ),
        (
            "a.xml",
            "<name>db.password</name>\n<value>open5esame</value>",
            "db.password",
            "open5esame",
            NameAndValue,
            Element,
        ),
        ("a.xml", "<password value=\"open5esame\" />", "password", "open5esame", Assignment, Quoted),
    ]);
}
