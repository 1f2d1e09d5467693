use super::*;

fn rows(input: &str) -> Vec<String> {
    of(input).unwrap().rows().into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[test]
fn mail_has_addresses_and_headers() {
    for (input, expected) in [
        // RFC 6068 section 6.
        ("mailto:chris@example.com", &["to=chris@example.com"][..]),
        ("mailto:infobot@example.com?subject=current-issue", &["to=infobot@example.com", "subject=current-issue"]),
        (
            "mailto:joe@example.com?cc=bob@example.com&body=hello",
            &["to=joe@example.com", "cc=bob@example.com", "body=hello"],
        ),
        ("mailto:addr1@an.example,addr2@an.example", &["to=addr1@an.example", "to=addr2@an.example"]),
        ("mailto:?to=addr1@an.example,addr2@an.example", &["to=addr1@an.example", "to=addr2@an.example"]),
        ("mailto:gorby%25kremvax@example.com", &["to=gorby%kremvax@example.com"]),
        // Section 5: "+" is not decoded to a blank.
        ("mailto:bill+ietf@example.org?subject=a+b%20c", &["to=bill+ietf@example.org", "subject=a+b c"]),
        ("mailto:user@example.org?subject=caf%C3%A9", &["to=user@example.org", "subject=caf\u{e9}"]),
    ] {
        assert_eq!(rows(input), expected, "{input}");
        assert_eq!(of(input).unwrap().faults(), &[] as &[String], "{input}");
    }
    assert_eq!(of("mailto:a@b?body=c%0D%0Ad").unwrap().faults(), &[] as &[String]);
    for input in [
        "mailto://a@b.example",
        "mailto:a",
        "mailto:@b",
        "mailto:a@b?x",
        "mailto:a@b?subject=c%0D%0ABcc:d@e",
        "mailto:a@b%0D%0ABcc:d@e",
    ] {
        assert!(!of(input).unwrap().faults().is_empty(), "{input}");
    }
}

#[test]
fn data_has_a_media_type_and_a_length() {
    for (input, expected) in [
        // RFC 2397 section 4.
        (
            "data:,A%20brief%20note",
            &["media type=text/plain", "charset=US-ASCII", "encoding=percent-encoding", "content=12 octets"][..],
        ),
        (
            "data:text/plain;charset=iso-8859-7,%be%fa%be",
            &["media type=text/plain", "charset=iso-8859-7", "encoding=percent-encoding", "content=3 octets"],
        ),
        ("data:image/gif;base64,R0lGODdh", &["media type=image/gif", "encoding=base64", "content=6 octets"]),
        ("data:;base64,YQ==", &["media type=text/plain", "charset=US-ASCII", "encoding=base64", "content=1 octet"]),
        ("data:;base64,YWI", &["media type=text/plain", "charset=US-ASCII", "encoding=base64", "content=2 octets"]),
        ("data:text/html,a?b#c", &["media type=text/html", "encoding=percent-encoding", "content=3 octets"]),
        ("data:;x=1,", &["media type=text/plain", "x=1", "encoding=percent-encoding", "content=0 octets"]),
        ("data://x/y,z", &["media type=//x/y", "encoding=percent-encoding", "content=1 octet"]),
    ] {
        assert_eq!(rows(input), expected, "{input}");
    }
    for input in ["data:x", "data:;base64,a", "data:;base64,a_b=", "data:html,x", "data:text/html;x,y"] {
        assert!(!of(input).unwrap().faults().is_empty(), "{input}");
    }
}

#[test]
fn a_urn_has_a_namespace_and_components() {
    for (input, expected) in [
        // RFC 8141 sections 2.3 and 3.2.
        (
            "urn:example:a123,z456",
            &["namespace (NID)=example", "in it (NSS)=a123,z456", "equivalent to=urn:example:a123,z456"][..],
        ),
        (
            "URN:EXAMPLE:a123%2cz456",
            &["namespace (NID)=EXAMPLE", "in it (NSS)=a123%2cz456", "equivalent to=urn:example:a123%2Cz456"],
        ),
        (
            "urn:example:foo-bar-baz-qux?+CCResolve:cc=uk",
            &[
                "namespace (NID)=example",
                "in it (NSS)=foo-bar-baz-qux",
                "r-component=CCResolve:cc=uk",
                "equivalent to=urn:example:foo-bar-baz-qux",
            ],
        ),
        (
            "urn:example:weather?+r?=op=map&lat=39#f",
            &[
                "namespace (NID)=example",
                "in it (NSS)=weather",
                "r-component=r",
                "q-component=op=map&lat=39",
                "f-component=f",
                "equivalent to=urn:example:weather",
            ],
        ),
        (
            "urn:example:a?=q",
            &["namespace (NID)=example", "in it (NSS)=a", "q-component=q", "equivalent to=urn:example:a"],
        ),
    ] {
        assert_eq!(rows(input), expected, "{input}");
        assert_eq!(of(input).unwrap().faults(), &[] as &[String], "{input}");
    }
    for input in [
        "urn:a:b",
        "urn:-ab:b",
        "urn:ab-:b",
        "urn:a_b:c",
        "urn:ab:",
        "urn:ab:/c",
        "urn:ab",
        "urn:ab:c?d",
        "urn:ab:c?+",
        "urn://ab:1",
    ] {
        assert!(!of(input).unwrap().faults().is_empty(), "{input}");
    }
}

#[test]
fn without_a_comma_there_is_no_content() {
    assert!(rows("data:text/plain").contains(&"content=unknown".to_owned()));
    assert!(rows("data:text/plain,").contains(&"content=0 octets".to_owned()));
}

#[test]
fn a_file_is_here_or_on_a_host() {
    for (input, expected) in [
        // RFC 8089 appendices B, D and E.
        ("file:///path/to/file", &["host=this one", "path=/path/to/file"][..]),
        ("file:/path/to/file", &["host=this one", "path=/path/to/file"]),
        ("file://localhost/a%20b", &["host=this one", "path=/a b"]),
        (
            "file://host.example.com/path",
            &["host=host.example.com", "path=/path", "in Windows=\\\\host.example.com\\path"],
        ),
        ("file://h%41.example/x", &["host=hA.example", "path=/x", "in Windows=\\\\hA.example\\x"]),
        ("file:c:/path", &["host=this one", "path=/c:/path", "drive=c", "in Windows=c:\\path"]),
        ("file:///C|/x", &["host=this one", "path=/C:/x", "drive=C", "in Windows=C:\\x"]),
        ("file:///C|/x/../..", &["host=this one", "path=/C:/", "drive=C", "in Windows=C:\\"]),
        ("file:\\\\srv\\c?\\", &["host=srv", "path=/c", "in Windows=\\\\srv\\c"]),
        ("file://srv/c:/x", &["host=srv", "path=/c:/x", "drive=c", "in Windows=\\\\srv\\c:\\x"]),
    ] {
        assert_eq!(rows(input), expected, "{input}");
    }
}

#[test]
fn a_blob_has_an_inner_url_with_an_origin() {
    assert_eq!(
        rows("blob:https://h.example:8443/9115d58c-bcda-ff47"),
        [
            "inner URL=https://h.example:8443/9115d58c-bcda-ff47",
            "origin=https://h.example:8443",
            "identifier=9115d58c-bcda-ff47"
        ]
    );
    assert_eq!(rows("blob:null/x"), ["inner URL=null/x", "origin=opaque: of its own", "identifier=x"]);
    // As deep as it goes, not on the stack.
    let deep = "blob:".repeat(100_000);
    assert!(of(&deep).is_some());
}

#[test]
fn a_number_is_global_or_local() {
    // RFC 3966 section 6.
    assert_eq!(rows("tel:+1-201-555-0123"), ["global number=+12015550123"]);
    assert_eq!(rows("tel:7042;phone-context=example.com"), ["local number=7042", "phone-context=example.com"]);
    assert_eq!(of("tel:+1-201-555-0123").unwrap().faults(), &[] as &[String]);
    for input in ["tel:112", "tel:+", "tel:", "tel:+1x", "tel:xyz;phone-context=+1"] {
        assert!(!of(input).unwrap().faults().is_empty(), "{input}");
    }
}

#[test]
fn other_schemes_say_nothing_more() {
    for input in ["http://h/", "foo:bar", "a/b", ""] {
        assert_eq!(of(input), None, "{input}");
    }
    assert!(of(" MAILTO:a@b.example\n").is_some());
}
