// A plug-in of TypeDoc: pages of Markdown are called by their headings, and stand under the parts of docs/index.md that link to them.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The part that links to each page, by the name of its file. */
const parts = new Map(
  readFileSync(join(import.meta.dirname, '..', 'docs', 'index.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .flatMap((part) => [...part.matchAll(/\]\(([^)#]+)\.md/g)].map(([, path]) => [basename(path), part.split('\n')[0]])),
);

export function load(app) {
  app.converter.on('createDocument', (_context, page) => {
    const [, heading = page.name] = /^# (.+)$/m.exec(page.content[0]?.text ?? '') ?? [];
    page.frontmatter.group = parts.get(basename(page.name)) ?? 'Others';
    page.name = heading;
    for (const [at, { kind }] of page.content.entries()) if (kind === 'code') withoutDollars(page.content[at - 1], page.content[at + 1]);
  });
}

/** GitHub knows formulas among words by the dollars around their code; here they are code. */
function withoutDollars(before, behind) {
  if (!before?.text.endsWith('$') || !behind?.text.startsWith('$')) return;
  before.text = before.text.slice(0, -1);
  behind.text = behind.text.slice(1);
}
