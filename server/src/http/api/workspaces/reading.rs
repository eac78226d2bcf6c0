//! Reads a body member by member, so that everything that is wrong is told at once and where it is.

use domain::{Fault, Field, subscriber::bounded};

use super::{Object, Refusal};

/// A body that is being read.
pub struct Reading<'a> {
    body: &'a Object,
    wrong: Vec<(&'static str, Fault)>,
}

impl<'a> Reading<'a> {
    /// Begins to read.
    pub const fn of(body: &'a Object) -> Self {
        Self { body, wrong: Vec::new() }
    }

    /// Notes what is wrong with a member.
    pub fn wrong(&mut self, name: &'static str, fault: Fault) {
        self.wrong.push((name, fault));
    }

    /// What a member says; `None` when it is not there, or wrong.
    pub fn member<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        let parsed = self.body.written(name).and_then(|text| text.map(parse).transpose());
        parsed.unwrap_or_else(|fault| {
            self.wrong(name, fault);
            None
        })
    }

    /// What a member says that has to be there.
    pub fn needed<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        if matches!(self.body.written(name), Ok(None)) {
            self.wrong(name, Fault::MissingParameter);
        }
        self.member(name, parse)
    }

    /// A phone number or an extension: an empty one is `Some(None)`.
    pub fn clearable(&mut self, field: Field, read: fn(&str) -> Result<String, Fault>) -> Option<Option<String>> {
        self.member(field.property(), |text| match bounded(text, field.longest()) {
            Ok(text) => read(text).map(Some),
            Err(Fault::MissingParameter) => Ok(None),
            Err(fault) => Err(fault),
        })
    }

    /// What was read, unless something was wrong.
    pub fn end<T>(self, read: Option<T>) -> Result<T, Refusal> {
        match read {
            Some(read) if self.wrong.is_empty() => Ok(read),
            _ => Err(self.wrong.into()),
        }
    }
}
