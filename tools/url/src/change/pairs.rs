//! A query as pairs.

use super::spec::Trim;
use crate::percent;

/// The pairs of a query, each in its normal form: both sides decoded and encoded as forms are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    list: Vec<Vec<u8>>,
    separator: u8,
    rewritten: bool,
    /// Whether new pairs are written with capital digits, as RFC 3986 wants it, and not as libcurl does.
    capitals: bool,
}

impl Pairs {
    /// Takes a query apart. Empty pieces are no pairs, though they have their place where pairs are sorted.
    pub fn of(query: &[u8], separator: u8) -> Self {
        let mut pairs = Self { list: Vec::new(), separator, rewritten: false, capitals: false };
        let mut pieces = query.split(|octet| *octet == separator).peekable();
        while let Some(piece) = pieces.next() {
            let normal = normal(piece, separator);
            // trurl writes a query anew unless it is one pair in its normal form without blanks, perhaps behind separators.
            pairs.rewritten |=
                (pieces.peek().is_some() && !piece.is_empty()) || normal != piece || piece.contains(&b'+');
            pairs.list.push(normal);
        }
        pairs
    }

    /// Takes a query apart, and leaves its pairs as they are.
    pub fn verbatim(query: &[u8], separator: u8) -> Self {
        let list = query.split(|octet| *octet == separator).map(<[u8]>::to_vec).collect();
        Self { list, separator, rewritten: false, capitals: true }
    }

    /// Whether the query is to be written anew.
    pub fn is_rewritten(&self) -> bool {
        self.rewritten
    }

    /// The pairs, encoded.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.list.iter().map(Vec::as_slice).filter(|pair| !pair.is_empty())
    }

    /// Takes away the pairs whose name, as it is encoded, `trim` means; `decoded` too if that is wanted.
    pub fn trim(&mut self, trim: &Trim, decoded: bool) {
        self.retain(|name| !(trim.means(name) || (decoded && trim.means(&percent::decode_form_octets(name)))));
    }

    fn retain(&mut self, keep: impl Fn(&[u8]) -> bool) {
        for pair in self.list.iter_mut().filter(|pair| !pair.is_empty() && !keep(name(pair))) {
            pair.clear();
            self.rewritten = true;
        }
    }

    /// Puts `data` in the place of the first pair of its name, and takes the others of that name away. Without one it is
    /// appended, if `append`.
    pub fn replace(&mut self, data: &[u8], append: bool) {
        if data.is_empty() {
            return;
        }
        let wanted = percent::decode_form_octets(name(&encoded(data)));
        let is_it = |pair: &[u8]| !pair.is_empty() && percent::decode_form_octets(name(pair)) == wanted;
        let new = self.written(data);
        match self.list.iter().position(|pair| is_it(pair)) {
            Some(at) => {
                for pair in self.list.iter_mut().skip(at).filter(|pair| is_it(pair)) {
                    pair.clear();
                }
                if let Some(pair) = self.list.get_mut(at) {
                    *pair = new;
                }
                self.rewritten = true;
            }
            None if append => self.append(data),
            None => {}
        }
    }

    /// Appends a pair. Both sides of its first equals sign are encoded.
    pub fn append(&mut self, data: &[u8]) {
        if !data.is_empty() {
            self.list.push(self.written(data));
        }
        if !data.is_empty() || !self.capitals {
            self.rewritten = true;
        }
    }

    fn written(&self, data: &[u8]) -> Vec<u8> {
        let pair = encoded(data);
        if self.capitals { percent::with_capital_digits(&pair) } else { pair }
    }

    /// Sorts the pairs as trurl does: without regard to case, and by no more octets than the shorter one has. That is no
    /// order in the strict sense, so that the result is that of a certain algorithm: a merge of two halves.
    pub fn sort(&mut self) {
        self.list = merge_sort(std::mem::take(&mut self.list));
        self.rewritten = true;
    }

    /// The query with its empty pieces, but for those at its beginning.
    pub fn with_gaps(&self) -> Vec<u8> {
        let first = self.list.iter().position(|pair| !pair.is_empty()).unwrap_or_default();
        self.list.get(first..).unwrap_or_default().join(&self.separator)
    }

    /// The query, or `None` if there is no pair.
    pub fn query(&self) -> Option<Vec<u8>> {
        let pairs: Vec<&[u8]> = self.iter().collect();
        (!pairs.is_empty()).then(|| pairs.join(&self.separator))
    }
}

/// The side of a pair before its equals sign.
fn name(pair: &[u8]) -> &[u8] {
    pair.split(|octet| *octet == b'=').next().unwrap_or_default()
}

fn sides(pair: &[u8], side: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut halves = pair.splitn(2, |octet| *octet == b'=');
    let mut both = side(halves.next().unwrap_or_default());
    if let Some(value) = halves.next() {
        both.push(b'=');
        both.extend_from_slice(&side(value));
    }
    both
}

fn normal(pair: &[u8], separator: u8) -> Vec<u8> {
    // Where an equals sign separates pairs it has none inside.
    if separator == b'=' {
        return percent::encode_query(&percent::decode_form_octets(pair));
    }
    sides(pair, |side| percent::encode_query(&percent::decode_form_octets(side)))
}

fn encoded(data: &[u8]) -> Vec<u8> {
    sides(data, percent::encode_query)
}

fn merge_sort(mut list: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    if list.len() < 2 {
        return list;
    }
    let right = merge_sort(list.split_off(list.len() / 2));
    let left = merge_sort(list);
    let mut merged = Vec::with_capacity(left.len().saturating_add(right.len()));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let next = if is_behind(first, second) { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

fn is_behind(first: &[u8], second: &[u8]) -> bool {
    let upper = |pair: &[u8]| pair.to_ascii_uppercase();
    let length = first.len().min(second.len());
    let (Some(first), Some(second)) = (first.get(..length), second.get(..length)) else { return false };
    upper(first) > upper(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(query: &str, change: impl FnOnce(&mut Pairs)) -> String {
        let mut pairs = Pairs::of(query.as_bytes(), b'&');
        change(&mut pairs);
        String::from_utf8(pairs.query().unwrap_or_default()).unwrap()
    }

    #[test]
    fn a_query_is_rewritten_unless_it_is_one_normal_pair() {
        for (query, rewritten, normal) in [
            ("a", false, "a"),
            ("&&a=1", false, "a=1"),
            ("&+", true, "+"),
            ("a&", true, "a"),
            ("a&&b", true, "a&b"),
            ("%61", true, "a"),
            ("a=%2B", true, "a=%2b"),
            ("a+b=c%20d%26", true, "a+b=c+d%26"),
            ("&", false, ""),
            ("=&=", true, "=&="),
            ("a==*", true, "a=%3d*"),
        ] {
            let pairs = Pairs::of(query.as_bytes(), b'&');
            assert_eq!(pairs.is_rewritten(), rewritten, "{query}");
            assert_eq!(String::from_utf8(pairs.query().unwrap_or_default()).unwrap(), normal);
        }
    }

    #[test]
    fn pairs_are_trimmed_replaced_and_appended() {
        let query = "a=1&ab=2&A&a+b=3&=4";
        let trimmed = |text: &[u8], decoded| changed(query, |pairs| pairs.trim(&Trim::new(text), decoded));
        assert_eq!(trimmed(b"a", false), "ab=2&a+b=3&=4");
        assert_eq!(trimmed(b"a+b", false), "a=1&ab=2&A&=4");
        assert_eq!(trimmed(b"a b", false), query);
        assert_eq!(trimmed(b"a b", true), "a=1&ab=2&A&=4");
        assert_eq!(trimmed(b"*", false), "");
        let replaced = |data: &[u8], append| changed("a=1&ab=2&a", |pairs| pairs.replace(data, append));
        assert_eq!(replaced(b"a=9&", false), "a=9%26&ab=2");
        assert_eq!(replaced(b"b", false), "a=1&ab=2&a");
        assert_eq!(replaced(b"b=x y", true), "a=1&ab=2&a&b=x+y");
        assert_eq!(replaced(b"", true), "a=1&ab=2&a");
        assert_eq!(changed("", |pairs| pairs.append(b"a=b=c")), "a=b%3dc");
        assert_eq!(changed("a", |pairs| pairs.append(b"")), "a");
    }

    /// What trurl 0.16.1 makes of the same queries.
    #[test]
    fn sorting_compares_as_much_as_the_shorter_pair_has() {
        for (query, sorted) in [
            ("b=1&a=1&C=2&c=1&B", "a=1&b=1&B&c=1&C=2"),
            ("b=1&a=1&a&a=0", "a=1&a&a=0&b=1"),
            ("ab&aB&Ab&AA&a&b=1&b=0&B=5&ba&b", "AA&ab&aB&Ab&a&b=0&b=1&B=5&ba&b"),
            ("&x==y&=&&b=2", "=&x=%3dy&b=2"),
            ("b=2&a&_=b?&", "a&b=2&_=b%3f"),
            ("a-=1&a=2&a.=3&aa=4&a%20=5", "a+=5&a-=1&a.=3&a=2&aa=4"),
        ] {
            assert_eq!(changed(query, Pairs::sort), sorted);
        }
    }
}
