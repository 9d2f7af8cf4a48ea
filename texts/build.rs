//! Makes a function of every message of the catalogues, which are in Project
//! Fluent's syntax (<https://projectfluent.org/fluent/guide/>), and refuses to
//! build when a language lacks one.
//!
//! Functions rather than a catalogue that is read when it runs: what the browser
//! does not show is not sent to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey},
    parser,
};

/// The first is what the others are compared with.
const LANGUAGES: [(&str, &str); 2] = [("en", "English"), ("fr", "French")];

type Catalogue = BTreeMap<String, Pattern<String>>;

fn main() {
    println!("cargo::rerun-if-changed=en");
    println!("cargo::rerun-if-changed=fr");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    for file in names("en") {
        let catalogues = LANGUAGES.map(|(tag, language)| {
            (
                language,
                read(&Path::new(tag).join(&file).with_extension("ftl")),
            )
        });
        let (_, english) = &catalogues[0];
        for (language, catalogue) in &catalogues {
            let keys = |of: &Catalogue| of.keys().cloned().collect::<BTreeSet<_>>();
            let differ = &keys(english) ^ &keys(catalogue);
            assert!(differ.is_empty(), "{language} {file}: {differ:?}");
        }
        let functions: String = english
            .keys()
            .map(|key| function(key, &catalogues))
            .collect();
        fs::write(Path::new(&out).join(file).with_extension("rs"), functions).expect("writes");
    }
    for (tag, language) in LANGUAGES {
        assert_eq!(names("en"), names(tag), "the files of {language}");
    }
}

fn names(folder: &str) -> BTreeSet<String> {
    let files = fs::read_dir(folder).expect("the folder of a language");
    files
        .map(|file| {
            let path = file.expect("readable").path();
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

fn read(path: &Path) -> Catalogue {
    let name = path.display();
    println!("cargo::rerun-if-changed={name}");
    let source = fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let resource = parser::parse(source).unwrap_or_else(|(_, errors)| panic!("{name}: {errors:?}"));
    let mut catalogue = Catalogue::new();
    for entry in resource.body {
        match entry {
            Entry::Message(message) if message.attributes.is_empty() => {
                let key = message.id.name;
                let text = message
                    .value
                    .unwrap_or_else(|| panic!("{name}: {key} is empty"));
                assert!(
                    catalogue.insert(key.clone(), text).is_none(),
                    "{name}: {key} twice"
                );
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            other => panic!("{name}: only messages and comments, not {other:?}"),
        }
    }
    catalogue
}

/// A function that returns the message in a language.
fn function(key: &str, catalogues: &[(&str, Catalogue)]) -> String {
    let mut arguments: BTreeMap<String, bool> = BTreeMap::new();
    for (_, catalogue) in catalogues {
        collect(&catalogue[key], &mut arguments);
    }
    for (language, catalogue) in catalogues {
        let mut used = BTreeMap::new();
        collect(&catalogue[key], &mut used);
        assert!(
            used.keys().eq(arguments.keys()),
            "{language} {key}: not the arguments {arguments:?}"
        );
    }
    let name = key.replace('-', "_");
    let plain = arguments.is_empty();
    let typed: String = arguments
        .iter()
        .map(|(argument, counted)| {
            let kind = if *counted { "usize" } else { "&str" };
            format!(", {argument}: {kind}")
        })
        .collect();
    let arms: String = catalogues
        .iter()
        .map(|(language, catalogue)| {
            let said = if plain {
                literal(&catalogue[key])
            } else {
                format!("{{ {} }}", written(&catalogue[key], language, &arguments))
            };
            format!("Language::{language} => {said},\n")
        })
        .collect();
    let doc = summary(&catalogues[0].1[key]);
    if plain {
        format!(
            "/// {doc}\n#[must_use]\npub const fn {name}(language: Language) -> &'static str {{\n\
             match language {{\n{arms}}}\n}}\n"
        )
    } else {
        format!(
            "/// {doc}\n#[must_use]\npub fn {name}(language: Language{typed}) -> String {{\n\
             let mut text = String::new();\nmatch language {{\n{arms}}}\ntext\n}}\n"
        )
    }
}

/// The arguments of a message, and whether they are numbers: those that choose
/// a plural are.
fn collect(pattern: &Pattern<String>, arguments: &mut BTreeMap<String, bool>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => {
                if let Some(name) = variable(inline) {
                    arguments.entry(name).or_default();
                }
            }
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            } => {
                let name = variable(selector).expect("chooses by an argument");
                arguments.insert(name, true);
                for variant in variants {
                    collect(&variant.value, arguments);
                }
            }
        }
    }
}

fn variable(inline: &InlineExpression<String>) -> Option<String> {
    match inline {
        InlineExpression::VariableReference { id } => Some(id.name.replace('-', "_")),
        InlineExpression::StringLiteral { .. } => None,
        other => panic!("only arguments and texts, not {other:?}"),
    }
}

fn literal(pattern: &Pattern<String>) -> String {
    format!("{:?}", summary(pattern))
}

/// The message with the names of its arguments.
fn summary(pattern: &Pattern<String>) -> String {
    pattern
        .elements
        .iter()
        .map(|element| match element {
            PatternElement::TextElement { value } => value.clone(),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => value.clone(),
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => format!("`{}`", variable(inline).expect("an argument")),
            PatternElement::Placeable {
                expression: Expression::Select { variants, .. },
            } => summary(&variants.last().expect("the default").value),
        })
        .collect()
}

/// Statements that write the message.
fn written(
    pattern: &Pattern<String>,
    language: &str,
    arguments: &BTreeMap<String, bool>,
) -> String {
    pattern
        .elements
        .iter()
        .map(|element| match element {
            PatternElement::TextElement { value } => format!("text += {value:?};"),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => format!("text += {value:?};"),
            PatternElement::Placeable {
                expression: Expression::Inline(inline),
            } => {
                let name = variable(inline).expect("an argument");
                if arguments[&name] {
                    format!("text += &{name}.to_string();")
                } else {
                    format!("text += {name};")
                }
            }
            PatternElement::Placeable {
                expression: Expression::Select { selector, variants },
            } => {
                let name = variable(selector).expect("an argument");
                let arms: String = variants
                    .iter()
                    .map(|variant| {
                        let VariantKey::Identifier { name } = &variant.key else {
                            panic!("only plural categories, not {:?}", variant.key);
                        };
                        let said = written(&variant.value, language, arguments);
                        match (name.as_str(), variant.default) {
                            ("one", false) => format!("crate::Plural::One => {{ {said} }}\n"),
                            ("other", true) => format!("crate::Plural::Other => {{ {said} }}\n"),
                            _ => panic!("one, then other, which is the default: not {name}"),
                        }
                    })
                    .collect();
                format!("match Language::{language}.plural({name}) {{\n{arms}}}")
            }
        })
        .collect()
}
