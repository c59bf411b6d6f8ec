//! The little Markdown that the error pages are written in: headings, paragraphs, lists, code, links.
//!
//! Invariant: text comes out escaped; nothing in a page can become markup but these forms.

/// Text as HTML text.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page as HTML.
pub(super) fn render(page: &str) -> String {
    let mut html = String::new();
    let mut lines = page.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let _ = language;
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            html += &format!("<pre><code>{}</code></pre>\n", escape(&code.join("\n")));
        } else if let Some(heading) = line.strip_prefix("## ") {
            html += &format!("<h2>{}</h2>\n", inline(heading));
        } else if let Some(heading) = line.strip_prefix("# ") {
            html += &format!("<h1>{}</h1>\n", inline(heading));
        } else if let Some(first) = line.strip_prefix("* ") {
            html += "<ul>\n";
            let mut item = first.to_owned();
            while let Some(next) = lines.next_if(|next| next.starts_with("* ") || next.starts_with("  ")) {
                match next.strip_prefix("* ") {
                    Some(begun) => {
                        html += &format!("<li>{}</li>\n", inline(&item));
                        begun.clone_into(&mut item);
                    }
                    None => item += &format!(" {}", next.trim()),
                }
            }
            html += &format!("<li>{}</li>\n</ul>\n", inline(&item));
        } else if !line.trim().is_empty() {
            let mut text = line.to_owned();
            while let Some(next) = lines.next_if(|next| is_text(next)) {
                text += &format!("\n{next}");
            }
            html += &format!("<p>{}</p>\n", inline(&text));
        }
    }
    html
}

fn is_text(line: &str) -> bool {
    !line.trim().is_empty() && !["#", "* ", "```"].iter().any(|start| line.starts_with(start))
}

/// Code between backticks, and links to our own pages.
fn inline(text: &str) -> String {
    let mut html = String::new();
    for (at, part) in text.split('`').enumerate() {
        html += &if at % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { links(part) };
    }
    html
}

fn links(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some((before, label, address, after)) = link(rest) {
        html += &escape(before);
        html += &format!("<a href=\"{}\">{}</a>", escape(address), escape(label));
        rest = after;
    }
    html + &escape(rest)
}

/// The first link to an address of this server: what is before it, its label, its address, what is after it.
fn link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, from_label) = text.split_once('[')?;
    let (label, from_address) = from_label.split_once("](/")?;
    let (_, after) = from_address.split_once(')')?;
    let address = &from_label[label.len() + 2..from_label.len() - after.len() - 1];
    Some((before, label, address, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_become_markup_and_everything_else_text() {
        let page = "# A <b>\n\nOne\ntwo `x<y` [a](/errors/b).\n\n* first\n  more\n* second\n\n```json\n{\"a\": 1}\n```\n";
        let html = "<h1>A &lt;b&gt;</h1>\n<p>One\ntwo <code>x&lt;y</code> <a href=\"/errors/b\">a</a>.</p>\n\
            <ul>\n<li>first more</li>\n<li>second</li>\n</ul>\n<pre><code>{&quot;a&quot;: 1}</code></pre>\n";
        assert_eq!(render(page), html);
        assert_eq!(render("[x](http://a) [y"), "<p>[x](http://a) [y</p>\n");
    }
}
