use std::ops::Range;

use crate::edit::{KeyPath, Step, Value};

/// A value where it stands in the text.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Its bytes. A TOML table that has no braces of its own spans its header, or nothing.
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Scalar(Value),
    List(Vec<Node>),
    Table(Vec<Member>),
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) key: String,
    pub(crate) key_span: Range<usize>,
    pub(crate) node: Node,
}

/// A value that is no table, with the way to it.
pub(crate) struct Leaf<'n> {
    pub(crate) keys: Vec<&'n str>,
    pub(crate) span: Range<usize>,
    pub(crate) value: Value,
}

impl Node {
    pub(crate) fn table(span: Range<usize>, members: Vec<Member>) -> Self {
        Self { span, kind: Kind::Table(members) }
    }

    pub(crate) fn value(&self) -> Value {
        match &self.kind {
            Kind::Scalar(value) => value.clone(),
            Kind::List(items) => Value::List(items.iter().map(Node::value).collect()),
            Kind::Table(members) => Value::Table(
                members.iter().map(|member| (member.key.clone(), member.node.value())).collect(),
            ),
        }
    }

    /// One step down. Of keys that stand twice the last one counts, as every tool's parser has it.
    pub(crate) fn step(&self, step: &Step) -> Option<&Node> {
        match (step, &self.kind) {
            (Step::Key(key), Kind::Table(members)) => {
                members.iter().rev().find(|member| member.key == *key).map(|member| &member.node)
            }
            (Step::Item { field, is }, Kind::List(items)) => {
                items.iter().find(|item| item.reads(field, is))
            }
            (Step::Key(_) | Step::Item { .. }, _) => None,
        }
    }

    pub(crate) fn find(&self, path: &KeyPath) -> Option<&Node> {
        path.steps().iter().try_fold(self, |node, step| node.step(step))
    }

    /// How many steps of the way exist.
    pub(crate) fn depth_of(&self, path: &KeyPath) -> usize {
        let mut node = self;
        for (at, step) in path.steps().iter().enumerate() {
            match node.step(step) {
                Some(next) => node = next,
                None => return at,
            }
        }
        path.steps().len()
    }

    fn reads(&self, field: &str, is: &str) -> bool {
        let Kind::Table(members) = &self.kind else { return false };
        members.iter().rev().find(|member| member.key == field).is_some_and(
            |member| matches!(&member.node.kind, Kind::Scalar(Value::Text(text)) if text == is),
        )
    }

    /// How many keys of the last step's table read the same.
    pub(crate) fn times(&self, key: &str) -> usize {
        match &self.kind {
            Kind::Table(members) => members.iter().filter(|member| member.key == key).count(),
            Kind::Scalar(_) | Kind::List(_) => 0,
        }
    }

    /// Every value that is neither table nor list, each with the keys on its way.
    pub(crate) fn leaves(&self) -> Vec<Leaf<'_>> {
        let mut out = Vec::new();
        self.gather(&mut Vec::new(), &mut out);
        out
    }

    fn gather<'n>(&'n self, keys: &mut Vec<&'n str>, out: &mut Vec<Leaf<'n>>) {
        match &self.kind {
            Kind::Scalar(value) => {
                out.push(Leaf {
                    keys: keys.clone(),
                    span: self.span.clone(),
                    value: value.clone(),
                });
            }
            Kind::List(items) => {
                for item in items {
                    item.gather(keys, out);
                }
            }
            Kind::Table(members) => {
                for member in members {
                    keys.push(&member.key);
                    member.node.gather(keys, out);
                    keys.pop();
                }
            }
        }
    }

    /// The value without what stands at `path`, and without tables on the way that are empty then:
    /// equal before and after an edit there, if the edit touched nothing else.
    pub(crate) fn apart_from(&self, path: &KeyPath) -> Option<Value> {
        apart(self, path.steps())
    }
}

fn apart(node: &Node, steps: &[Step]) -> Option<Value> {
    let (step, rest) = steps.split_first()?;
    match (step, &node.kind) {
        // A file that holds nothing yet may become a list.
        (_, Kind::Table(members)) if members.is_empty() => None,
        (Step::Key(key), Kind::Table(members)) => {
            let mut pairs = Vec::new();
            for member in members {
                let value = if member.key == *key {
                    apart(&member.node, rest)
                } else {
                    Some(member.node.value())
                };
                pairs.extend(value.map(|value| (member.key.clone(), value)));
            }
            (!pairs.is_empty()).then_some(Value::Table(pairs))
        }
        (Step::Item { field, is }, Kind::List(items)) => {
            let mut values = Vec::new();
            for item in items {
                let value =
                    if item.reads(field, is) { apart(item, rest) } else { Some(item.value()) };
                values.extend(value);
            }
            (!values.is_empty()).then_some(Value::List(values))
        }
        // A key with nothing behind it is a table to be (YAML's `env:`).
        (Step::Key(_) | Step::Item { .. }, Kind::Scalar(Value::Null)) => None,
        (Step::Key(_) | Step::Item { .. }, _) => Some(node.value()),
    }
}
