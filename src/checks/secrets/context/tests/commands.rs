//! Shells, commands, headers, addresses, statements.

use super::*;

#[test]
fn shells() {
    assert_rows(&[
        ("a.sh", "export DB_PASSWORD=open5esame\n", "DB_PASSWORD", "open5esame", Assignment, Bare),
        ("a.sh", "DB_PASSWORD='open5 esame' ./run\n", "DB_PASSWORD", "open5 esame", Assignment, Quoted),
        ("a.sh", "PGPASSWORD=\"open5\\$esame\" psql -h x\n", "PGPASSWORD", "open5$esame", Assignment, Quoted),
        ("a.sh", "PGPASSWORD=open5'es'ame psql\n", "PGPASSWORD", "open5esame", Assignment, Bare),
        ("a.sh", "if [ \"$PASSWORD\" = open5esame ]; then\n", "PASSWORD", "open5esame", Comparison, Bare),
        ("a.sh", "docker run -e DB_PASSWORD=open5esame x\n", "DB_PASSWORD", "open5esame", Assignment, Bare),
        ("a.sh", "run --password=open5esame x\n", "password", "open5esame", Flag, Bare),
        ("a.sh", "run --db-password open5esame\n", "db-password", "open5esame", Flag, Bare),
        ("a.sh", "run --password \"open5 esame\"\n", "password", "open5 esame", Flag, Quoted),
        ("a.sh", "java -Ddb.password=open5esame X\n", "Ddb.password", "open5esame", Flag, Bare),
        ("a.sh", "openssl x -passin pass:open5esame\n", "passin", "open5esame", Flag, Bare),
        ("a.sh", "mysql -u root -popen5esame db\n", "p", "open5esame", Flag, Bare),
        ("a.sh", "sshpass -p 'open5esame' ssh a@b\n", "p", "open5esame", Flag, Quoted),
        ("a.sh", "docker login -u a \\\n  -p open5esame\n", "p", "open5esame", Flag, Bare),
        ("a.sh", "curl -u me:open5esame https://x\n", "u", "open5esame", Flag, Bare),
        ("a.sh", "curl --user 'me:open5esame' https://x\n", "user", "open5esame", Flag, Quoted),
        ("a.sh", "curl -u open5esameopen5esame: https://x\n", "u", "open5esameopen5esame", Flag, Bare),
        ("a.sh", "ncftpput -u me -p open5esame h /www a.zip\n", "p", "open5esame", Flag, Bare),
        ("a.sh", "mc alias set s3 https://h.io AKEY open5esame\n", "-p", "open5esame", Flag, Bare),
        ("a.sh", "vault login open5esame\n", "-p", "open5esame", Flag, Bare),
        ("a.conf", "cmd = \"/msg nickserv identify open5esame\";\n", "-p", "open5esame", Flag, Bare),
        ("a.bat", "net use Z: \\\\h\\share open5esame /user:me\n", "-p", "open5esame", Flag, Bare),
        ("a.bat", "net use \\\\h\\share open5esame /user:me\n", "-p", "open5esame", Flag, Bare),
        ("a.sh", "redis-cli -h x -a open5esame ping\n", "a", "open5esame", Flag, Bare),
        ("a.sh", "ldapsearch -x -D cn=a -w open5esame\n", "w", "open5esame", Flag, Bare),
        ("Dockerfile", "ENV DB_PASSWORD open5esame\n", "DB_PASSWORD", "open5esame", Assignment, Bare),
        ("Dockerfile", "ENV A=b DB_PASSWORD=open5esame C=d\n", "DB_PASSWORD", "open5esame", Assignment, Bare),
        ("Dockerfile", "ARG DB_PASSWORD=\"open5esame\"\n", "DB_PASSWORD", "open5esame", Assignment, Quoted),
        ("Makefile", "PASSWORD := open5esame\n", "PASSWORD", "open5esame", Assignment, Bare),
        ("a.ps1", "$password = 'open5''esame'\n", "password", "open5'esame", Assignment, Quoted),
        (
            "a.ps1",
            "$x = ConvertTo-SecureString \"open5esame\" -AsPlainText\n",
            "securestring",
            "open5esame",
            Argument,
            Quoted,
        ),
        ("a.ps1", "$x = ConvertTo-SecureString -String 'open5esame'\n", "securestring", "open5esame", Argument, Quoted),
    ]);
}

#[test]
fn headers() {
    assert_rows(&[
        ("a.sh", "curl -H 'Authorization: Basic bWU6b3BlbjVlc2FtZQ==' x\n", "Authorization", "open5esame", Basic, Bare),
        (
            "a.py",
            "headers = {\"Authorization\": \"Basic bWU6b3BlbjVlc2FtZQ==\"}\n",
            "Authorization",
            "open5esame",
            Basic,
            Bare,
        ),
        ("a.http", "Authorization: Bearer open5esame\n", "Authorization", "open5esame", Header, Bare),
        ("a.js", "h.set('Authorization', 'Bearer open5esame')\n", "Authorization", "open5esame", Header, Bare),
        ("a.py", "h = {'Authorization': 'token open5esame'}\n", "Authorization", "open5esame", Header, Quoted),
        ("a.http", "X-Api-Key: open5esame\n", "X-Api-Key", "open5esame", Header, Bare),
        ("a.sh", "curl -H \"X-Api-Key: open5esame\" https://x\n", "X-Api-Key", "open5esame", Header, Bare),
        ("a.go", "x := \"X-Auth-Token: open5esame\"\n", "X-Auth-Token", "open5esame", Header, Bare),
        ("a.go", "r.Header.Set(\"X-Api-Key\", \"open5esame\")\n", "X-Api-Key", "open5esame", Header, Quoted),
    ]);
}

#[test]
fn addresses_and_connection_strings() {
    assert_rows(&[
        (".env", "U=postgres://me:open5esame@db/x\n", "postgres", "open5esame", Userinfo, Bare),
        ("a.py", "u = \"mongodb+srv://me:open5%40esame@db/x\"\n", "mongodb+srv", "open5@esame", Userinfo, Bare),
        ("a.py", "u = 'postgres://me:open5/esame@db/x'\n", "postgres", "open5/esame", Userinfo, Bare),
        ("a.js", "u = 'amqp://:open5esame@mq:5672'\n", "amqp", "open5esame", Userinfo, Bare),
        ("a.md", "see https://x.org/?a=b&token=open5esame#c\n", "token", "open5esame", Query, Bare),
        (
            "a.java",
            "String u = \"jdbc:mysql://h/d?user=a&password=open5esame\";\n",
            "password",
            "open5esame",
            Query,
            Bare,
        ),
        (
            "a.cs",
            "var c = \"Server=h;User Id=a;Password=open5esame;\";\n",
            "Password",
            "open5esame",
            ConnectionString,
            Bare,
        ),
        ("a.cs", "var c = \"Data Source=h;Uid=a;Pwd=open5esame\";\n", "Pwd", "open5esame", ConnectionString, Bare),
        (
            "a.json",
            "{\"c\": \"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=open5esame==;X=y\"}",
            "AccountKey",
            "open5esame==",
            ConnectionString,
            Bare,
        ),
        ("a.py", "c = \"host=h user=a password=open5esame\"\n", "password", "open5esame", ConnectionString, Bare),
    ]);
}

#[test]
fn statements_and_hashes() {
    assert_rows(&[
        ("a.sql", "CREATE USER a IDENTIFIED BY 'open5esame';\n", "IDENTIFIED BY", "open5esame", Sql, Quoted),
        (
            "a.sql",
            "alter user a identified with caching_sha2 by 'open5esame'",
            "identified with caching_sha2 by",
            "open5esame",
            Sql,
            Quoted,
        ),
        ("a.py", "q(\"CREATE USER a IDENTIFIED BY 'open5esame'\")", "IDENTIFIED BY", "open5esame", Sql, Quoted),
        ("a.sql", "CREATE ROLE a LOGIN PASSWORD 'open5esame';\n", "PASSWORD", "open5esame", Sql, Quoted),
        ("a.sql", "CREATE LOGIN a WITH PASSWORD = 'open5esame';\n", "PASSWORD", "open5esame", Assignment, Quoted),
        ("a.sql", "SET PASSWORD FOR 'a'@'h' = PASSWORD('open5esame');\n", "PASSWORD", "open5esame", Sql, Quoted),
        (
            "shadow",
            "root:$6$saltsalt$abcdefghijklmnopqrstuvwxyz:1:\n",
            "",
            "$6$saltsalt$abcdefghijklmnopqrstuvwxyz",
            Assignment,
            Bare,
        ),
    ]);
}
