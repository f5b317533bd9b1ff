//! Generated code as text: what `prettyplease` makes of it, and what it leaves out.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// The macros of the runtime that are told of variants, a line each: `prettyplease` would break
/// the lines anywhere.
const LISTS: [&str; 3] = ["open_enum", "row", "union"];

/// The code of a file, formatted.
pub fn text(file: &syn::File) -> String {
    let code = prettyplease::unparse(file);
    let mut lists = Vec::new();
    gather(&file.items, &mut lists);
    let mut lists = lists.into_iter();
    let mut text = String::with_capacity(code.len() + code.len() / 10);
    let mut above = "";
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        if is_apart(above, line) {
            text.push('\n');
        }
        above = line;
        if begins_list(line) {
            let indent = " ".repeat(indent(line));
            for line in lists.next().unwrap_or_default().lines() {
                text.extend([indent.as_str(), line, "\n"]);
            }
            // The call as `prettyplease` has it, to its end.
            while !above.ends_with(");") {
                let Some(next) = lines.next() else { break };
                above = next;
            }
            above = "});";
            continue;
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn begins_list(line: &str) -> bool {
    let call = line.trim_start().strip_prefix("crate::");
    call.is_some_and(|call| {
        LISTS.iter().any(|name| {
            call.strip_prefix(name)
                .is_some_and(|rest| rest.starts_with("!("))
        })
    })
}

/// Whether a blank line stands between two: after an item, but not between imports, nor between
/// the `impl`s that hold nothing.
fn is_apart(above: &str, below: &str) -> bool {
    // The end of a list is written at the indent of its beginning.
    if indent(above) != indent(below) && above != "});" {
        return false;
    }
    let (above, below) = (above.trim_start(), below.trim_start());
    let ends = ["}", ");", "{}", "});"].contains(&above)
        || above.starts_with("};")
        || above.starts_with("pub const ")
        || above.starts_with("use ")
        || above.starts_with("pub use ")
        || (above.starts_with("crate::") && above.ends_with(");"))
        || (above.ends_with(" {}") && !above.starts_with("//"));
    let follows = below.starts_with('}')
        || below.starts_with("use ")
        || above.starts_with("impl ") && below.starts_with("impl ");
    ends && !follows
}

/// The calls that list something, in their order.
fn gather(items: &[syn::Item], lists: &mut Vec<String>) {
    for item in items {
        match item {
            syn::Item::Mod(module) => {
                let items = module.content.as_ref().map(|(_, items)| items.as_slice());
                gather(items.unwrap_or_default(), lists);
            }
            syn::Item::Macro(call) => {
                let name = call
                    .mac
                    .path
                    .segments
                    .last()
                    .map(|part| part.ident.to_string());
                if let Some(name) = name.filter(|name| LISTS.contains(&name.as_str())) {
                    lists.push(list(&name, call.mac.tokens.clone()));
                }
            }
            _ => {}
        }
    }
}

/// A call with its variants, a line each.
fn list(name: &str, tokens: TokenStream) -> String {
    let mut head = TokenStream::new();
    let mut variants = TokenStream::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                variants = group.stream();
            }
            other => other.to_tokens(&mut head),
        }
    }
    let mut text = format!("crate::{name}!({} {{\n", compact(head));
    let mut variant = TokenStream::new();
    for token in variants {
        match &token {
            TokenTree::Punct(sign) if sign.as_char() == ',' => {
                text.push_str(&format!("    {},\n", compact(std::mem::take(&mut variant))));
            }
            _ => token.to_tokens(&mut variant),
        }
    }
    if !variant.is_empty() {
        text.push_str(&format!("    {},\n", compact(variant)));
    }
    text.push_str("});");
    text
}

/// Tokens as a person writes them; texts stay as they are.
fn compact(tokens: TokenStream) -> String {
    let mut text = String::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                text.push_str(&format!("({})", compact(group.stream())));
            }
            TokenTree::Punct(sign) => match sign.as_char() {
                sign @ ('=' | '|') => text.extend([' ', sign, ' ']),
                ',' => text.push_str(", "),
                sign => text.push(sign),
            },
            other => text.push_str(&other.to_string()),
        }
    }
    text
}
