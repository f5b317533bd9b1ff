//! Generated code as text: what `prettyplease` makes of it, and what it leaves out.

use proc_macro2::Literal;

use super::model::Api;

/// The code of an API, formatted.
pub fn text(file: &syn::File, api: &Api) -> String {
    let code = prettyplease::unparse(file);
    let mut text = String::with_capacity(code.len() + code.len() / 10);
    let mut above = "";
    for line in code.lines() {
        if is_apart(above, line) {
            text.push('\n');
        }
        match enum_in(line) {
            Some(name) => pairs(name, api, &mut text),
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
        above = line;
    }
    text
}

/// Whether a blank line stands between two: after an item, but not between imports, nor between
/// the `impl`s that hold nothing.
fn is_apart(above: &str, below: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    if indent(above) != indent(below) {
        return false;
    }
    let (above, below) = (above.trim_start(), below.trim_start());
    let ends = ["}", ");", "{}"].contains(&above)
        || above.starts_with("};")
        || above.starts_with("pub const ")
        || above.starts_with("use ")
        || enum_in(above).is_some()
        || (above.ends_with(" {}") && !above.starts_with("//"));
    let follows = below.starts_with('}')
        || below.starts_with("use ")
        || above.starts_with("impl ") && below.starts_with("impl ");
    ends && !follows
}

/// The name in a call of the macro that gives an enum its texts.
fn enum_in(line: &str) -> Option<&str> {
    let call = line.trim_start().strip_prefix("crate::open_enum!(")?;
    call.strip_suffix(");")
}

/// The same call with the texts, a line each: `prettyplease` would break the lines anywhere.
fn pairs(name: &str, api: &Api, text: &mut String) {
    text.push_str(&format!("    crate::open_enum!({name} {{\n"));
    for variant in api
        .enums
        .get(name)
        .into_iter()
        .flat_map(|item| &item.variants)
    {
        let wire = Literal::string(&variant.wire);
        text.push_str(&format!("        {} = {wire},\n", variant.name));
    }
    text.push_str("    });\n");
}
