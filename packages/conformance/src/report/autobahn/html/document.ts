import { escapeText } from "../../escape.js";

/**
 * Text as it may stand in HTML. Underscores are escaped too: scripts count names of classes such as those below in the
 * whole file, and an agent of that name must not be counted.
 */
export function html(text: string): string {
  return escapeText(text).replaceAll(/[&<>"'_]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A page without scripts and without anything from elsewhere. `title` is text, `body` HTML. */
export function document(title: string, body: string, style = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)}</title>
<style>
${STYLE}${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

const STYLE = `:root { color-scheme: light dark; --paper: #fcfcfb; --ink: #1c2127; --soft: #59626d; --line: #d5d9dc; --sunken: #f1f2f1; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --ink: #e4e7ea; --soft: #a0a9b3; --line: #353c43; --sunken: #20252a; } }
body { max-width: 80rem; margin: 0 auto; padding: 1.5rem; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: inherit; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.05rem; margin: 1.4rem 0 0.3rem; }
p { max-width: 60rem; }
pre { margin: 0; padding: 0.7rem 0.9rem; background: var(--sunken); border-radius: 6px; overflow-x: auto; font-size: 0.85rem; }
small { color: var(--soft); }
`;
