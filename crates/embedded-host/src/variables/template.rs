//! Text with `{{ name }}` expressions, the only expression language a Spin manifest has.

/// Parsed text: literals and names, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable(String),
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("the expression {{{{ in {text:?} is not closed with }}}}")]
    Unclosed { text: String },
    #[error("the expression {{{{ {name} }}}} names no declared variable")]
    Undefined { name: String },
}

impl Template {
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, expression)) = rest.split_once("{{") {
            let Some((name, after)) = expression.split_once("}}") else {
                return Err(TemplateError::Unclosed { text: text.to_owned() });
            };
            parts.push(Part::Literal(literal.to_owned()));
            parts.push(Part::Variable(name.trim().to_owned()));
            rest = after;
        }
        parts.push(Part::Literal(rest.to_owned()));
        Ok(Self(parts))
    }

    pub(crate) fn render<'v>(
        &self,
        value_of: impl Fn(&str) -> Option<&'v str>,
    ) -> Result<String, TemplateError> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Variable(name) => {
                    let undefined = || TemplateError::Undefined { name: name.clone() };
                    text.push_str(value_of(name).ok_or_else(undefined)?);
                }
            }
        }
        Ok(text)
    }
}
