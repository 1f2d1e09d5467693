//! Each row was given to dig 9.18 with `-k`.

use super::*;

const KEY: &str = "key k { algorithm hmac-sha256; secret \"YWJj\"; };";

fn read(text: &str) -> Result<(String, String, String), String> {
    let mut load = |path: &str| match path {
        "good" => Ok(KEY.as_bytes().to_vec()),
        "secret" => Ok(b"secret YWJj;\n".to_vec()),
        "loop" => Ok(b"include \"loop\";".to_vec()),
        _ => Err("file not found"),
    };
    parse(text.as_bytes().to_vec(), &mut load)
        .map(|key| (key.name, key.algorithm.unwrap_or_default(), key.secret))
        .map_err(|fault| fault.to_string())
}

#[test]
fn keys() {
    for text in [
        KEY,
        "key k { secret YWJj; algorithm \"hmac-sha256\"; };\n",
        "KEY\nk\n{\nALGORITHM\thmac-sha256\r\n;\nSECRET\nYWJj\n;\n}\n;\n",
        "/* c */ // d\n# e\nkey \"k\" { /* x */ algorithm hmac-sha256; # y\n secret \"YWJj\"; // z\n};# no end",
        "key k# c\n{algorithm hmac-sha256;secret YWJj;};",
        "key k//c\n{ algorithm hmac-sha256; secret YWJj; };",
        "include \"good\";\n",
        "include good;",
        "key k { algorithm hmac-sha256; include \"secret\"; };",
    ] {
        assert_eq!(read(text), Ok(("k".to_owned(), "hmac-sha256".to_owned(), "YWJj".to_owned())), "{text}");
    }
    // What the file says is kept as it is: the key is made of it elsewhere.
    let odd = read("key \"k\\\"\\046j\" { algorithm \"\"; secret \"YW\nJj\"; };").unwrap();
    assert_eq!(odd, ("k\"\\046j".to_owned(), String::new(), "YW\nJj".to_owned()));
    assert_eq!(read("key k=j:+ { algorithm a; secret b; };").unwrap().0, "k=j:+");
}

#[test]
fn faults() {
    for (words, texts) in [
        ("not found", &["", "\n\n", "# hi\n"][..]),
        (
            "failure",
            &[
                "key k { algorithm hmac-sha256; secret \"YWJj\"; }\n",
                "key k { algorithm hmac-sha256; foo bar; secret \"YWJj\"; };\n",
                "key k { foo { ; }; algorithm hmac-sha256; secret YWJj; };",
                "options { directory \".\"; };\n",
                "key k { algorithm hmac-sha256 secret YWJj; };\n",
                "key k { algorithm hmac-sha256 x; secret YWJj; };\n",
                "foo;\n",
                "secret YWJj;\n",
                "foo bar key k { algorithm hmac-sha256; secret YWJj; };",
                "include \"loop\";",
            ],
        ),
        (
            "already exists",
            &[
                "key k { algorithm a; secret YWJj; };\nkey j { foo };",
                "key k { algorithm a; secret YWJj; } key j {",
                "key k { algorithm a; secret YWJj; secret YWJj; };",
                "key k { algorithm a; algorithm b secret YWJj; };",
            ],
        ),
        (
            "unexpected token",
            &[
                "key k { algorithm hmac-sha256; secret \"YWJj\"\n",
                "key k {",
                "key k",
                "key",
                "key k;",
                "key { algorithm hmac-sha256; secret YWJj; };",
                "key k { algorithm hmac-sha256; secret a+b/c=; };",
                "key k/j { algorithm hmac-sha256; secret YWJj; };",
                "key k!j { algorithm hmac-sha256; secret YWJj; };",
                "\"key\" k { algorithm hmac-sha256; secret YWJj; };",
                "\"a",
                ";;",
                "key k { ; algorithm hmac-sha256; secret YWJj; };",
                "key k { algorithm { }; secret YWJj; };",
                "key k { algorithm ; secret YWJj; };",
                "key k { algorithm hmac-sha256; secret YWJj \"x\"; };",
                "key k { algorithm hmac-sha256; secret YWJj; }; }",
                "key k { algorithm hmac-sha256; secret YWJj; }; /",
                "include;",
                "foo",
                "foo { bar; ",
                "foo { bar }\n",
            ],
        ),
        ("unexpected end of input", &["key k { algorithm a; secret \"YWJj\n", "/* c \nkey k {};", "/* c *"][..]),
        (
            "key must have algorithm and secret",
            &["key k { };", "key k { secret YWJj; };", "key k { algorithm a; };"][..],
        ),
        ("file not found", &["include \"nosuch\";", "include nosuch"][..]),
    ] {
        for text in texts {
            assert_eq!(read(text), Err(words.to_owned()), "{text:?}");
        }
    }
}
