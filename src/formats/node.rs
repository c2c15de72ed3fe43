//! One tree for every structured format: values with the span of each key and value.
//!
//! YAML, JSON and TOML become this tree, so that a schema violation or a failing condition finds its
//! place in the user's own file. [`from_node`] turns it into a typed value.

use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use sha2::{Digest as _, Sha256};

use super::problem::Problem;
use crate::model::Span;

/// A value and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Where.
    pub span: Span,
    /// What.
    pub value: Value,
}

/// A value of YAML's core schema, which JSON and TOML fit into.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the order of the file. Keys are unique: the parser reports a second one and drops it.
    Mapping(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value under a key of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a mapping; none for anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Mapping(entries) => entries,
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Sequence(_) => {
                &[]
            }
        }
    }

    /// The items of a sequence; none for anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::Sequence(items) => items,
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Mapping(_) => {
                &[]
            }
        }
    }

    /// A digest of the values, wherever they stand in their file.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        self.add_to(&mut hash);
        hash.finalize().into()
    }

    fn add_to(&self, hash: &mut Sha256) {
        let mut add = |kind: u8, bytes: &[u8]| {
            hash.update([kind]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        match &self.value {
            Value::Null => add(0, &[]),
            Value::Bool(value) => add(1, &[u8::from(*value)]),
            Value::Int(value) => add(2, &value.to_be_bytes()),
            Value::Float(value) => add(3, &value.to_bits().to_be_bytes()),
            Value::String(text) => add(4, text.as_bytes()),
            Value::Sequence(items) => {
                add(5, &(items.len() as u64).to_be_bytes());
                items.iter().for_each(|item| item.add_to(hash));
            }
            Value::Mapping(entries) => {
                add(6, &(entries.len() as u64).to_be_bytes());
                for entry in entries {
                    hash.update((entry.key.len() as u64).to_be_bytes());
                    hash.update(entry.key.as_bytes());
                    entry.value.add_to(hash);
                }
            }
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Sequence(_) | Value::Mapping(_) => {
                None
            }
        }
    }

    /// What the value is, in a policy author's words.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Bool(_) => "true or false",
            Value::Int(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::String(_) => "text",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }

    /// The node that a list of keys and indexes leads to, as JSON Pointer means it.
    #[must_use]
    pub fn pointer(&self, pointer: &str) -> Option<&Self> {
        pointer.split('/').skip(1).try_fold(self, |node, token| {
            let token = token.replace("~1", "/").replace("~0", "~");
            node.get(&token).or_else(|| token.parse::<usize>().ok().and_then(|index| node.items().get(index)))
        })
    }

    /// The same tree without the innermost item or entry that holds a span, and where that stood; nothing when no item
    /// and no entry holds it.
    #[must_use]
    pub fn without(&self, span: Span) -> Option<(Self, Span)> {
        let holds = |start: usize, end: usize| start <= span.start && span.end <= end;
        let (value, gap) = match &self.value {
            Value::Sequence(items) => {
                let at = items.iter().position(|item| holds(item.span.start, item.span.end))?;
                let mut items = items.clone();
                let item = items.remove(at);
                let gap = match item.without(span) {
                    Some((rest, gap)) => {
                        items.insert(at, rest);
                        gap
                    }
                    None => item.span,
                };
                (Value::Sequence(items), gap)
            }
            Value::Mapping(entries) => {
                let at = entries.iter().position(|it| holds(it.key_span.start, it.value.span.end))?;
                let mut entries = entries.clone();
                let entry = entries.remove(at);
                let gap = match entry.value.without(span) {
                    Some((value, gap)) => {
                        entries.insert(at, Entry { value, ..entry });
                        gap
                    }
                    None => Span::new(entry.key_span.start, entry.value.span.end),
                };
                (Value::Mapping(entries), gap)
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) => return None,
        };
        Some((Self { span: self.span, value }, gap))
    }

    /// The same value as JSON, spans left out.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(it) => Json::Bool(*it),
            Value::Int(it) => Json::from(*it),
            Value::Float(it) => Json::from(*it),
            Value::String(it) => Json::String(it.clone()),
            Value::Sequence(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Value::Mapping(entries) => {
                Json::Object(entries.iter().map(|it| (it.key.clone(), it.value.to_json())).collect())
            }
        }
    }
}

/// Reads a typed value out of a node.
///
/// # Errors
/// The first thing that does not fit, at its place.
pub fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, Problem> {
    T::deserialize(Reader(node)).map_err(|error| Problem::new(error.span.unwrap_or(node.span), error.message))
}

struct Reader<'a>(&'a Node);

/// A message of serde, and the innermost place that it is about.
#[derive(Debug)]
struct Misfit {
    span: Option<Span>,
    message: String,
}

impl Misfit {
    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { span: None, message: message.to_string() }
    }
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let span = self.0.span;
        let read = match &self.0.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(it) => visitor.visit_bool(*it),
            Value::Int(it) => visitor.visit_i64(*it),
            Value::Float(it) => visitor.visit_f64(*it),
            Value::String(it) => visitor.visit_str(it),
            Value::Sequence(items) => visitor.visit_seq(Items(items.iter())),
            Value::Mapping(entries) => visitor.visit_map(Pairs { entries: entries.iter(), value: None }),
        };
        read.map_err(|misfit| misfit.at(span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let span = self.0.span;
        match self.0.value {
            Value::Null => visitor.visit_none(),
            Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Sequence(_)
            | Value::Mapping(_) => visitor.visit_some(self),
        }
        .map_err(|misfit| misfit.at(span))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        let span = self.0.span;
        visitor.visit_newtype_struct(self).map_err(|misfit| misfit.at(span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let span = self.0.span;
        let read = match &self.0.value {
            Value::String(name) => visitor.visit_enum(name.as_str().into_deserializer()),
            Value::Mapping(entries) => match entries.as_slice() {
                [entry] => visitor.visit_enum(Variant(entry)),
                _ => Err(de::Error::custom("exactly one key is expected here")),
            },
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Sequence(_) => Err(
                de::Error::custom(format!("a name or a mapping with one key is expected here, not {}", self.0.kind())),
            ),
        };
        read.map_err(|misfit| misfit.at(span))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<'a>(std::slice::Iter<'a, Node>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        self.0.next().map(|node| seed.deserialize(Reader(node)).map_err(|misfit| misfit.at(node.span))).transpose()
    }
}

struct Pairs<'a> {
    entries: std::slice::Iter<'a, Entry>,
    value: Option<&'a Node>,
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        self.value = Some(&entry.value);
        let key: de::value::StrDeserializer<'_, Misfit> = entry.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some).map_err(|misfit| misfit.at(entry.key_span))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit> {
        let node =
            self.value.take().ok_or_else(|| <Misfit as de::Error>::custom("a value was asked for before its key"))?;
        seed.deserialize(Reader(node)).map_err(|misfit| misfit.at(node.span))
    }
}

struct Variant<'a>(&'a Entry);

impl<'de, 'a> de::EnumAccess<'de> for Variant<'a> {
    type Error = Misfit;
    type Variant = VariantValue<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant), Misfit> {
        let key: de::value::StrDeserializer<'_, Misfit> = self.0.key.as_str().into_deserializer();
        let name = seed.deserialize(key).map_err(|misfit| misfit.at(self.0.key_span))?;
        Ok((name, VariantValue(&self.0.value)))
    }
}

struct VariantValue<'a>(&'a Node);

impl<'de> de::VariantAccess<'de> for VariantValue<'_> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        match self.0.value {
            Value::Null => Ok(()),
            Value::Bool(_)
            | Value::Int(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Sequence(_)
            | Value::Mapping(_) => Err(<Misfit as de::Error>::custom("this name takes no value").at(self.0.span)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Misfit> {
        seed.deserialize(Reader(self.0)).map_err(|misfit| misfit.at(self.0.span))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misfit> {
        de::Deserializer::deserialize_any(Reader(self.0), visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Misfit> {
        de::Deserializer::deserialize_any(Reader(self.0), visitor)
    }
}
